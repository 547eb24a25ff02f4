/// What a safetensors file says about itself: names, types and places of its tensors, and some text.
///
/// A file is 8 bytes with the header's length (little-endian), the header in JSON, and the bytes of all tensors in
/// row-major order, without gaps. Format: github.com/huggingface/safetensors.
struct SafetensorsHeader {
  static let advice = "The file is damaged or of another kind: write or fetch it again."
  /// The format's own limit.
  static let mostBytes = 100_000_000
  private static let mostAxes = 64

  /// In the order of their bytes.
  private(set) var entries: [SafetensorsEntry]
  private(set) var metadata: [String: String]

  // MARK: - Reading

  /// Reads a header and demands that its tensors fill the data exactly.
  ///
  /// Errors: `.format` with the file and the tensor.
  init(parsing bytes: [UInt8], dataBytes: Int, file: String) throws {
    var scanner = HeaderScanner(bytes, file: file)
    var entries: [SafetensorsEntry] = []
    var metadata: [String: String] = [:]
    try scanner.object("the header") { scanner, name in
      if name == "__metadata__" {
        try scanner.object("__metadata__") { scanner, key in metadata[key] = try scanner.string(in: "__metadata__") }
      } else {
        entries.append(try Self.entry(name, &scanner, dataBytes))
      }
    }
    try scanner.end()
    entries.sort { ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound) }
    var end = 0
    for entry in entries {
      guard entry.range.lowerBound == end else {
        throw scanner.misfit(
          "tensors one after another", "\"\(entry.name.prefix(80))\" begins at \(entry.range.lowerBound), not at \(end)"
        )
      }
      end = entry.range.upperBound
    }
    guard end == dataBytes else {
      throw scanner.misfit("\(end) bytes of tensors, as the header says", "there are \(dataBytes)")
    }
    self.entries = entries
    self.metadata = metadata
  }

  private static func entry(_ name: String, _ scanner: inout HeaderScanner, _ dataBytes: Int) throws -> SafetensorsEntry
  {
    let what = "\"\(name.prefix(80))\""
    var dtype: DType?
    var shape: [Int]?
    var offsets: [Int]?
    try scanner.object(what) { scanner, key in
      switch key {
      case "dtype":
        let text = try scanner.string(in: what)
        guard let type = SafetensorsType(rawValue: text) else {
          let known = SafetensorsType.allCases.map(\.rawValue).joined(separator: ", ")
          throw scanner.misfit("one of the types \(known) for \(what)", "it is \(text.prefix(20))")
        }
        dtype = type.dtype
      case "shape": shape = try scanner.integers("the shape of \(what)", most: mostAxes)
      case "data_offsets": offsets = try scanner.integers("the offsets of \(what)", most: 2)
      default: throw scanner.misfit("dtype, shape and data_offsets of \(what)", "there is \"\(key.prefix(40))\"")
      }
    }
    guard let dtype, let shape, let offsets, offsets.count == 2 else {
      throw scanner.misfit("dtype, shape and two data_offsets of \(what)", "something is missing")
    }
    guard offsets[0] <= offsets[1], offsets[1] <= dataBytes else {
      throw scanner.misfit("offsets of \(what) in 0 … \(dataBytes), the bytes there are", "they are \(offsets)")
    }
    var bytes = dtype.byteCount
    for size in shape {
      let (product, overflow) = bytes.multipliedReportingOverflow(by: size)
      guard !overflow else { throw scanner.misfit("a shape of \(what) that fits in memory", "it is \(shape)") }
      bytes = product
    }
    // A size of 0 must not hide sizes whose product would overflow later.
    guard shape.allSatisfy({ $0 <= 1 << 40 }), bytes == offsets[1] - offsets[0] else {
      throw scanner.misfit(
        "\(bytes) bytes for \(what), \(dtype.rawValue)\(Shape(shape))", "its offsets are \(offsets)")
    }
    return SafetensorsEntry(name: name, type: TensorType(Shape(shape), dtype), range: offsets[0]..<offsets[1])
  }

  // MARK: - Writing

  /// Places tensors one after another, those of wide elements first so that all are aligned; else in the order given.
  init(_ tensors: [(name: String, type: TensorType)], metadata: [String: String]) {
    self.metadata = metadata
    let widths = tensors.map { $0.type.dtype.byteCount }
    let order = tensors.indices.sorted { (-widths[$0], $0) < (-widths[$1], $1) }
    var end = 0
    entries = order.map { index in
      defer { end += tensors[index].type.byteCount }
      return SafetensorsEntry(
        name: tensors[index].name, type: tensors[index].type, range: end..<(end + tensors[index].type.byteCount))
    }
  }

  /// The header's bytes with the length in front, padded with blanks so that the tensors begin at a multiple of 64.
  var bytes: [UInt8] {
    var members: [String] = []
    if !metadata.isEmpty {
      let pairs = metadata.sorted { $0.key < $1.key }.map { "\(Self.quoted($0.key)):\(Self.quoted($0.value))" }
      members.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
    }
    for entry in entries {
      let shape = entry.type.shape.dimensions.map(String.init).joined(separator: ",")
      let dtype = SafetensorsType(entry.type.dtype).rawValue
      members.append(
        "\(Self.quoted(entry.name)):{\"dtype\":\"\(dtype)\",\"shape\":[\(shape)],"
          + "\"data_offsets\":[\(entry.range.lowerBound),\(entry.range.upperBound)]}")
    }
    var text = Array("{\(members.joined(separator: ","))}".utf8)
    text += Array(repeating: UInt8(ascii: " "), count: (64 - (text.count + 8) % 64) % 64)
    return withUnsafeBytes(of: UInt64(text.count).littleEndian) { Array($0) } + text
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
