// IDX: the format of the MNIST files.
import Cajal

/// Arrays in IDX files, plain or gzip.
///
/// Magic 0, 0, type, rank; then the sizes and the elements, all big-endian. 16-bit integers become `int32`.
public enum IDX {
  /// Most bytes an array may take unless told otherwise.
  public static let defaultLimit = 8 << 30

  /// The array in a file; errors (`.format`) name the file and the byte.
  public static func read(_ path: String, limit: Int = defaultLimit) throws -> Tensor {
    try read(try openStream(path), limit: limit)
  }

  /// The array in bytes already read.
  public static func decode(_ bytes: [UInt8], name: String = "IDX data", limit: Int = defaultLimit) throws -> Tensor {
    try read(try openStream(bytes, name: name), limit: limit)
  }

  private static func read(_ stream: any ByteStream, limit: Int) throws -> Tensor {
    let magic = try stream.readBytes(4, "the IDX header")
    guard magic[0] == 0, magic[1] == 0, let type = ElementFormat(idx: magic[2]), (1...8).contains(magic[3]) else {
      throw CajalError(
        .format, stream.name, expected: "an IDX file (0, 0, element type, rank 1…8)",
        given: "it begins with \(magic.map { String($0) }.joined(separator: ", "))")
    }
    let sizes = try stream.readBytes(4 * Int(magic[3]), "the sizes")
    let dimensions = stride(from: 0, to: sizes.count, by: 4).map { at in
      sizes[at..<(at + 4)].reduce(0) { $0 << 8 | Int($1) }
    }
    let storage = try type.readElements(stream, dimensions: dimensions, limit: limit)
    try stream.expectEnd()
    return try Tensor(storage, shape: Shape(dimensions))
  }
}

extension ElementFormat {
  init?(idx code: UInt8) {
    switch code {
    case 0x08: self.init(dtype: .uint8, byteCount: 1, isBigEndian: true)
    case 0x09: self.init(dtype: .int8, byteCount: 1, isBigEndian: true)
    case 0x0B: self.init(dtype: .int32, byteCount: 2, isSigned: true, isBigEndian: true)
    case 0x0C: self.init(dtype: .int32, byteCount: 4, isBigEndian: true)
    case 0x0D: self.init(dtype: .float32, byteCount: 4, isBigEndian: true)
    case 0x0E: self.init(dtype: .float64, byteCount: 8, isBigEndian: true)
    default: return nil
    }
  }
}
