// The two 16-bit floats, which Swift does not have on every processor.
import CajalGraph

extension DType {
  /// The number that the bits of a `bfloat16` or `float16` stand for.
  func float(bits16 bits: UInt16) -> Float {
    if self == .bfloat16 { return Float(bitPattern: UInt32(bits) << 16) }
    let (exponent, fraction) = (Int(bits >> 10) & 0x1f, Float(bits & 0x3ff))
    let size: Float
    switch exponent {
    case 0: size = fraction * 0x1p-24
    case 31: size = fraction == 0 ? .infinity : .nan
    default: size = (1 + fraction * 0x1p-10) * Float(sign: .plus, exponent: exponent - 15, significand: 1)
    }
    return bits & 0x8000 == 0 ? size : -size
  }

  /// A number as the bits of a `bfloat16` or `float16`, rounded to nearest even.
  func bits16(_ value: Float) -> UInt16 {
    let bits = value.bitPattern
    if self == .bfloat16 {
      guard !value.isNaN else { return 0x7fc0 }
      return UInt16((bits &+ 0x7fff &+ ((bits >> 16) & 1)) >> 16)
    }
    let sign = UInt16(truncatingIfNeeded: bits >> 16) & 0x8000
    let size = abs(value)
    if value.isNaN { return 0x7e00 }
    if size >= 65520 { return sign | 0x7c00 }
    // Whole multiples of the last place; a carry runs on into the exponent.
    let exponent = size < 0x1p-14 ? -14 : Int(size.exponent)
    let places = Float(sign: .plus, exponent: 10 - exponent, significand: 1)
    return sign | (UInt16(exponent + 14) << 10 &+ UInt16((size * places).rounded(.toNearestOrEven)))
  }
}
