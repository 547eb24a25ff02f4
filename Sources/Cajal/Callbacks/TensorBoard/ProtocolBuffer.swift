/// As much of the protocol buffers' encoding as event files need: fields by number, one after another.
struct ProtocolBuffer {
  private(set) var bytes: [UInt8] = []

  /// A whole number of variable length.
  mutating func add(_ field: Int, _ value: Int) {
    tag(field, wire: 0)
    varint(UInt64(bitPattern: Int64(value)))
  }

  mutating func add(_ field: Int, _ value: Double) {
    tag(field, wire: 1)
    append(value.bitPattern)
  }

  mutating func add(_ field: Int, _ value: Float) {
    tag(field, wire: 5)
    append(value.bitPattern)
  }

  mutating func add(_ field: Int, _ text: String) { add(field, Array(text.utf8)) }
  mutating func add(_ field: Int, _ message: ProtocolBuffer) { add(field, message.bytes) }

  /// Several numbers in one field.
  mutating func add(_ field: Int, _ values: [Double]) {
    tag(field, wire: 2)
    varint(UInt64(values.count * 8))
    for value in values { append(value.bitPattern) }
  }

  private mutating func add(_ field: Int, _ content: [UInt8]) {
    tag(field, wire: 2)
    varint(UInt64(content.count))
    bytes += content
  }

  private mutating func tag(_ field: Int, wire: UInt64) { varint(UInt64(field) << 3 | wire) }

  private mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  private mutating func append(_ value: some FixedWidthInteger) {
    withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
  }
}
