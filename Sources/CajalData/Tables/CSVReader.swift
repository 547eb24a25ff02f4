import Cajal

/// Reads records of separated values one after another: RFC 4180 with quotes, line ends inside quotes, LF, CR LF or
/// CR, and a byte order mark. Memory is one record, whatever the file's size.
final class CSVReader {
  /// No field may be longer: an opening quote without its partner would swallow the file.
  static let longestField = 16 << 20

  private let stream: any ByteStream
  private let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 64)
  private var position = 0
  private var available = 0
  private var nextLine = 1

  /// Line on which the current record begins, from 1.
  private(set) var line = 1
  /// Bytes of the current record's fields, one behind the other, without quotes.
  private(set) var bytes: [UInt8] = []
  /// Where each field ends in `bytes`.
  private(set) var ends: [Int] = []
  var separator: UInt8 = 0x2C

  init(_ stream: any ByteStream) throws {
    self.stream = stream
    available = try stream.read(into: chunk)
    while available < 4 {  // a mark may come in pieces
      let count = try stream.read(into: UnsafeMutableRawBufferPointer(rebasing: chunk[available...]))
      if count == 0 { break }
      available += count
    }
    if available >= 3, chunk[0] == 0xEF, chunk[1] == 0xBB, chunk[2] == 0xBF { position = 3 }
    if available >= 2, (chunk[0] == 0xFF && chunk[1] == 0xFE) || (chunk[0] == 0xFE && chunk[1] == 0xFF) {
      throw CajalError(
        .format, stream.name, expected: "UTF-8 text", given: "it is UTF-16", advice: "Save the table as UTF-8.")
    }
  }

  deinit { chunk.deallocate() }

  var name: String { stream.name }

  func field(_ index: Int) -> ArraySlice<UInt8> { bytes[(index == 0 ? 0 : ends[index - 1])..<ends[index]] }

  /// The most frequent of the usual separators on the first line outside quotes; nothing is consumed.
  func guessSeparator() -> UInt8 {
    var counts: [UInt8: Int] = [:]
    var isQuoted = false
    var isNumeric = true
    for at in position..<available {
      let byte = chunk[at]
      if byte == 0x22 { isQuoted.toggle() }
      if isQuoted { continue }
      if byte == 0x0A || byte == 0x0D { break }
      if [0x2C, 0x3B, 0x09, 0x7C, 0x20].contains(byte) { counts[byte, default: 0] += 1 }
      if !(0x30...0x39).contains(byte), ![0x20, 0x2B, 0x2D, 0x2E, 0x45, 0x65].contains(byte) { isNumeric = false }
    }
    for candidate: UInt8 in [0x09, 0x3B, 0x2C, 0x7C] where counts[candidate, default: 0] > 0 {
      let most = [0x09, 0x3B, 0x2C, 0x7C].map { counts[$0, default: 0] }.max()
      if counts[candidate] == most { return candidate }
    }
    return isNumeric && counts[0x20, default: 0] > 0 ? 0x20 : 0x2C
  }

  /// Moves to the next record; false at the end. Empty lines are passed over.
  func next() throws -> Bool {
    while true {
      bytes.removeAll(keepingCapacity: true)
      ends.removeAll(keepingCapacity: true)
      line = nextLine
      guard try readRecord() else { return false }
      if ends.count > 1 || !bytes.isEmpty || wasQuoted { return true }
    }
  }

  private var wasQuoted = false

  /// The next byte without consuming it; nil at the end.
  @inline(__always)
  private func peek() throws -> UInt8? {
    if position == available {
      available = try stream.read(into: chunk)
      position = 0
      if available == 0 { return nil }
    }
    return chunk[position]
  }

  private func readRecord() throws -> Bool {
    wasQuoted = false
    guard try peek() != nil else { return false }
    let joinsSeparators = separator == 0x20
    if joinsSeparators { try skipSpaces() }
    while true {
      if try peek() == 0x22 {
        try readQuoted()
        wasQuoted = true
      } else {
        try readPlain()
      }
      ends.append(bytes.count)
      guard let byte = try peek() else { return true }
      position += 1
      if byte == separator {
        if joinsSeparators {
          try skipSpaces()
          let after = try peek()
          if after == 0x0A || after == 0x0D || after == nil {
            _ = try endOfLine()
            return true
          }
        }
        guard ends.count < 1 << 20 else {
          throw CajalError(
            .format, "\(name), line \(line)", expected: "at most 1048576 fields", given: "there are more")
        }
        continue
      }
      position -= 1
      _ = try endOfLine()
      return true
    }
  }

  private func skipSpaces() throws { while try peek() == 0x20 { position += 1 } }

  /// Consumes LF, CR or CR LF.
  private func endOfLine() throws -> Bool {
    guard let byte = try peek(), byte == 0x0A || byte == 0x0D else { return false }
    position += 1
    nextLine += 1
    if byte == 0x0D, try peek() == 0x0A { position += 1 }
    return true
  }

  /// Up to the separator or the end of the line.
  private func readPlain() throws {
    let start = bytes.count
    while try peek() != nil {
      let separator = separator
      var at = position
      while at < available {
        let byte = chunk[at]
        if byte == separator || byte == 0x0A || byte == 0x0D { break }
        if byte == 0 { throw binary() }
        at += 1
      }
      bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: chunk[position..<at]))
      let isDone = at < available
      position = at
      if isDone { return }
      try check(start)
    }
  }

  /// Between quotes; two quotes stand for one.
  private func readQuoted() throws {
    let start = bytes.count
    position += 1
    while let byte = try peek() {
      if byte == 0x22 {
        position += 1
        let after = try peek()
        if after == 0x22 {
          position += 1
          bytes.append(0x22)
          continue
        }
        guard after == nil || after == separator || after == 0x0A || after == 0x0D else {
          throw CajalError(
            .format, "\(name), line \(nextLine), field \(ends.count + 1)",
            expected: "a separator after the closing quote", given: "something else follows",
            advice: "Write a quote inside quotes twice.")
        }
        return
      }
      if byte == 0 { throw binary() }
      if byte == 0x0A { nextLine += 1 }
      bytes.append(byte)
      position += 1
      if bytes.count & 0xFFFF == 0 { try check(start) }
    }
    throw CajalError(
      .format, "\(name), line \(line), field \(ends.count + 1)", expected: "a closing quote",
      given: "the file ends before it")
  }

  private func check(_ start: Int) throws {
    guard bytes.count - start <= Self.longestField else {
      throw CajalError(
        .format, "\(name), line \(line), field \(ends.count + 1)",
        expected: "at most \(Self.longestField) bytes in a field", given: "it is longer",
        advice: "Look for an opening quote without its partner, or another separator.")
    }
  }

  private func binary() -> CajalError {
    CajalError(.format, "\(name), line \(nextLine)", expected: "text", given: "there is a zero byte")
  }
}
