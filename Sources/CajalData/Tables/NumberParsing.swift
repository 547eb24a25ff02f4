/// The decimal number that a field spells, spaces around it aside; nil if it is something else.
///
/// Exact: short numbers are one multiplication or division of whole numbers below 2⁵³, the rest goes to the library.
func parsedNumber(_ field: ArraySlice<UInt8>) -> Double? {
  var bytes = field
  while bytes.first == 0x20 || bytes.first == 0x09 { bytes.removeFirst() }
  while bytes.last == 0x20 || bytes.last == 0x09 { bytes.removeLast() }
  guard bytes.count <= 64 else { return nil }
  var mantissa: UInt64 = 0
  var digits = 0
  var exponent = 0
  var isNegative = false
  var at = bytes.startIndex
  if let sign = bytes.first, sign == 0x2D || sign == 0x2B {
    isNegative = sign == 0x2D
    at += 1
  }
  var hasPoint = false
  while at < bytes.endIndex {
    let byte = bytes[at]
    if (0x30...0x39).contains(byte) {
      mantissa = mantissa &* 10 &+ UInt64(byte - 0x30)
      digits += 1
      if hasPoint { exponent -= 1 }
    } else if byte == 0x2E, !hasPoint {
      hasPoint = true
    } else {
      break
    }
    at += 1
  }
  guard digits > 0 else { return nil }
  if at < bytes.endIndex {
    guard bytes[at] == 0x65 || bytes[at] == 0x45 else { return nil }
    return slowNumber(bytes)
  }
  guard digits <= 15, exponent >= -22 else { return slowNumber(bytes) }
  let value = exponent == 0 ? Double(mantissa) : Double(mantissa) / powersOfTen[-exponent]
  return isNegative ? -value : value
}

private func slowNumber(_ bytes: ArraySlice<UInt8>) -> Double? {
  var text = String(decoding: bytes, as: UTF8.self)
  if text.hasPrefix("+") { text.removeFirst() }
  guard let value = Double(text), value.isFinite else { return nil }
  return value
}

/// 10⁰ to 10²², all exact.
private let powersOfTen: [Double] = {
  var powers = [1.0]
  for _ in 0..<22 { powers.append((powers.last ?? 1) * 10) }
  return powers
}()
