// NPY: one NumPy array with a header that is a Python dictionary.
import Cajal

/// Arrays in NumPy's NPY files, format versions 1 to 3.
///
/// Both byte orders and both axis orders are read; int16, uint16 become `int32`, uint32 becomes `int64`; two raw bytes
/// (`V2`) are `bfloat16`, as ml_dtypes writes it. Pickled objects, complex numbers and text are refused
/// (`.unsupported`).
public enum NPY {
  /// Most bytes of an array unless told otherwise: 8 GiB.
  public static let defaultLimit = 8 << 30

  /// The array of a file; more than `limit` bytes is an error, so is anything damaged (`.format`).
  public static func read(_ path: String, limit: Int = defaultLimit) throws -> Tensor {
    try read(try openStream(path), limit: limit)
  }

  /// As `read`, from bytes; `name` stands for the file in messages.
  public static func decode(_ bytes: [UInt8], name: String = "NPY data", limit: Int = defaultLimit) throws -> Tensor {
    try read(try openStream(bytes, name: name), limit: limit)
  }

  /// Writes an array as NumPy would: version 1.0, row-major, little-endian.
  public static func write(_ tensor: Tensor, to path: String) throws { try writeFile(path, encode(tensor)) }

  /// The bytes of such a file.
  public static func encode(_ tensor: Tensor) -> [UInt8] {
    let sizes = tensor.shape.dimensions.map(String.init).joined(separator: ", ")
    let shape = tensor.rank == 1 ? "(\(sizes),)" : "(\(sizes))"
    var header = "{'descr': '\(descriptor(tensor.dtype))', 'fortran_order': False, 'shape': \(shape), }"
    let length = (10 + header.utf8.count + 1 + 63) / 64 * 64
    header += String(repeating: " ", count: length - 11 - header.utf8.count) + "\n"
    let text = Array(header.utf8)
    var bytes: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.count & 255), UInt8(text.count >> 8)]
    bytes.reserveCapacity(bytes.count + text.count + tensor.type.byteCount)
    bytes += text
    tensor.storage.withBytes { bytes.append(contentsOf: $0) }
    return bytes
  }

  static func read(_ stream: any ByteStream, limit: Int, endsFile: Bool = true) throws -> Tensor {
    let magic = try stream.readBytes(8, "the NPY header")
    guard magic.starts(with: [0x93] + Array("NUMPY".utf8)), (1...3).contains(magic[6]) else {
      throw CajalError(.format, stream.name, expected: "an NPY file, version 1 to 3", given: "it begins otherwise")
    }
    let lengthBytes = try stream.readBytes(magic[6] == 1 ? 2 : 4, "the header's length")
    let length = lengthBytes.reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= 1 << 16, length <= stream.mostRemaining else {
      throw CajalError(
        .format, stream.name, expected: "a header of at most 65536 bytes", given: "it claims \(length)")
    }
    let header = try NPYHeader(try stream.readBytes(length, "the header"), name: stream.name)
    let format = try elementFormat(header.descriptor, name: stream.name)
    let storage = try format.readElements(stream, dimensions: header.shape, limit: limit)
    if endsFile { try stream.expectEnd() }
    let ordered = header.isFortranOrder && header.shape.count > 1 ? rowMajor(storage, header.shape) : storage
    return try Tensor(ordered, shape: Shape(header.shape))
  }

  private static func descriptor(_ dtype: DType) -> String {
    switch dtype {
    case .float32: return "<f4"
    case .float64: return "<f8"
    case .float16: return "<f2"
    case .bfloat16: return "<V2"
    case .int8: return "|i1"
    case .uint8: return "|u1"
    case .int32: return "<i4"
    case .int64: return "<i8"
    case .bool: return "|b1"
    }
  }

  private static func elementFormat(_ descriptor: String, name: String) throws -> ElementFormat {
    let isBigEndian = descriptor.hasPrefix(">")
    let kind = descriptor.first.map { "<>|=".contains($0) } == true ? String(descriptor.dropFirst()) : descriptor
    func format(_ dtype: DType, _ size: Int, signed: Bool = true) -> ElementFormat {
      ElementFormat(dtype: dtype, byteCount: size, isSigned: signed, isBigEndian: isBigEndian)
    }
    switch kind {
    case "f4": return format(.float32, 4)
    case "f8": return format(.float64, 8)
    case "f2": return format(.float16, 2)
    case "V2": return format(.bfloat16, 2)
    case "i1": return format(.int8, 1)
    case "u1": return format(.uint8, 1)
    case "i2": return format(.int32, 2)
    case "u2": return format(.int32, 2, signed: false)
    case "i4": return format(.int32, 4)
    case "u4": return format(.int64, 4, signed: false)
    case "i8": return format(.int64, 8)
    case "b1": return format(.bool, 1)
    default:
      let advice =
        kind.hasPrefix("O")
        ? "It holds pickled Python objects; save a plain array of one type instead." : "Convert it with `astype` first."
      throw CajalError(
        .unsupported, name, expected: "numbers or booleans (f2, f4, f8, i1 to i8, u1 to u4, b1)",
        given: "the elements are '\(descriptor)'", advice: advice)
    }
  }

  /// Turns the first axis fastest into the last axis fastest.
  private static func rowMajor(_ storage: Storage, _ shape: [Int]) -> Storage {
    let result = Storage(storage.dtype, count: storage.count)
    let size = storage.dtype.byteCount
    var strides = [Int](repeating: 1, count: shape.count)
    for axis in 1..<shape.count { strides[axis] = strides[axis - 1] * shape[axis - 1] }
    var index = [Int](repeating: 0, count: shape.count)
    var source = 0
    for position in 0..<storage.count {
      (result.pointer + position * size).copyMemory(from: storage.pointer + source * size, byteCount: size)
      var axis = shape.count - 1
      while axis >= 0 {
        index[axis] += 1
        source += strides[axis]
        if index[axis] < shape[axis] { break }
        source -= strides[axis] * shape[axis]
        index[axis] = 0
        axis -= 1
      }
    }
    return result
  }
}
