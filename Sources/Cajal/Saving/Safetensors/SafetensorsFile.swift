/// A safetensors file open for reading: the header is read at once, each tensor when it is asked for.
///
/// The header is checked in full before anything else: lengths, names, types, and that the tensors fill the file
/// without overlaps or gaps. Memory is bounded by the file's own size.
///
/// Errors: `.missing` or `.system` where the file cannot be read, `.format` where it is not what it claims to be.
/// Example: `let file = try SafetensorsFile("weights.safetensors"); print(file.entries.map(\.name))`
public final class SafetensorsFile: @unchecked Sendable {  // the descriptor is read at offsets, which threads may share
  /// The file.
  public let path: String
  /// Tensors in the order they lie in the file.
  public let entries: [SafetensorsEntry]
  /// Text that the writer has left.
  public let metadata: [String: String]
  private let file: OpenFile
  private let dataStart: Int
  private let byName: [String: Int]

  /// Opens a file and checks its header.
  public convenience init(_ path: String) throws { try self.init(OpenFile.reading(path)) }

  init(_ file: OpenFile) throws {
    self.file = file
    path = file.path
    let size = try file.byteCount()
    guard size >= 8 else {
      throw CajalError(
        .format, path, expected: "a safetensors file of at least 8 bytes", given: "it has \(size)",
        advice: SafetensorsHeader.advice)
    }
    let length = try file.bytes(at: 0, count: 8).withUnsafeBytes {
      UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self))
    }
    guard length <= UInt64(min(size - 8, SafetensorsHeader.mostBytes)) else {
      throw CajalError(
        .format, path, expected: "a header of at most \(min(size - 8, SafetensorsHeader.mostBytes)) bytes",
        given: "its length is said to be \(length)", advice: SafetensorsHeader.advice)
    }
    dataStart = 8 + Int(length)
    let header = try SafetensorsHeader(
      parsing: file.bytes(at: 8, count: Int(length)), dataBytes: size - dataStart, file: path)
    entries = header.entries
    metadata = header.metadata
    byName = Dictionary(uniqueKeysWithValues: entries.enumerated().map { ($1.name, $0) })
  }

  /// The tensor of that name, if there is one.
  public subscript(name: String) -> SafetensorsEntry? { byName[name].map { entries[$0] } }

  /// The values of a tensor.
  ///
  /// Errors: `.missing` for an unknown name.
  public func tensor(_ name: String) throws -> Tensor {
    guard let entry = self[name] else {
      throw CajalError(
        .missing, path, expected: "a tensor of the file", given: "the name is \"\(name)\"",
        advice: "There are \(entries.prefix(6).map(\.name).joined(separator: ", "))\(entries.count > 6 ? ", …" : "").")
    }
    return try Tensor(storage(entry), shape: entry.type.shape)
  }

  /// The values of a tensor, in row-major order.
  func storage(_ entry: SafetensorsEntry) throws -> Storage {
    let storage = Storage(entry.type.dtype, count: entry.type.shape.count)
    try storage.withMutableBytes { bytes in
      try file.read(into: bytes, at: dataStart + entry.range.lowerBound)
      // Any byte but 0 is true; Swift's Bool is only 0 or 1.
      if entry.type.dtype == .bool { for index in bytes.indices where bytes[index] > 1 { bytes[index] = 1 } }
    }
    return storage
  }
}
