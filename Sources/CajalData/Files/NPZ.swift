// NPZ: several NumPy arrays in one file.
import Cajal

/// Named arrays in NumPy's NPZ files: a ZIP archive of NPY files.
public enum NPZ {
  /// All arrays of a file by name (without `.npy`).
  ///
  /// - Parameter limit: most bytes of all arrays together.
  /// Errors: `.format` naming file and array for anything damaged, `.unsupported` for pickled objects and ZIP64.
  public static func read(_ path: String, limit: Int = NPY.defaultLimit) throws -> [String: Tensor] {
    try decode(try FileStream(path).readAll(limit: 8 << 30), name: path, limit: limit)
  }

  /// As `read`, from bytes; `name` stands for the file in messages.
  public static func decode(
    _ bytes: [UInt8], name: String = "NPZ data", limit: Int = NPY.defaultLimit
  ) throws -> [String: Tensor] {
    let archive = try ZipArchive(bytes, name: name)
    var arrays: [String: Tensor] = [:]
    var left = limit
    for entry in archive.entries {
      guard entry.name.hasSuffix(".npy") else {
        throw CajalError(.format, name, expected: "only NPY files inside", given: "there is '\(entry.name)'")
      }
      let stream = try archive.open(entry)
      let array = try NPY.read(stream, limit: left)
      try archive.check(entry, stream)
      left -= array.type.byteCount
      guard arrays.updateValue(array, forKey: String(entry.name.dropLast(4))) == nil else {
        throw CajalError(.format, name, expected: "every array once", given: "there are two '\(entry.name)'")
      }
    }
    return arrays
  }

  /// Writes arrays under their names, sorted; packed with deflate unless `compressed` is false.
  public static func write(_ arrays: [String: Tensor], to path: String, compressed: Bool = true) throws {
    try writeFile(path, encode(arrays, compressed: compressed))
  }

  /// The bytes of such a file.
  public static func encode(_ arrays: [String: Tensor], compressed: Bool = true) throws -> [UInt8] {
    var writer = ZipWriter()
    for (name, tensor) in arrays.sorted(by: { $0.key < $1.key }) {
      try writer.add("\(name).npy", NPY.encode(tensor), compressed: compressed)
    }
    return try writer.finished()
  }
}
