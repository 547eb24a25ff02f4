// HDF5 files of weights.
import Foundation

/// Bytes that can be read anywhere: a file, an entry of an archive, memory.
protocol ByteSource: AnyObject {
  var byteCount: Int { get }
  func read(into memory: UnsafeMutableRawBufferPointer, at offset: Int) throws
}

/// A file on the disk as a source.
final class FileSource: ByteSource {
  private let file: OpenFile
  let byteCount: Int
  init(_ file: OpenFile) throws {
    self.file = file
    byteCount = try file.byteCount()
  }
  func read(into memory: UnsafeMutableRawBufferPointer, at offset: Int) throws {
    try file.read(into: memory, at: offset)
  }
}

/// Bytes in memory as a source.
final class MemorySource: ByteSource {
  private let bytes: Data
  init(_ bytes: Data) { self.bytes = bytes }
  var byteCount: Int { bytes.count }
  func read(into memory: UnsafeMutableRawBufferPointer, at offset: Int) throws {
    guard offset >= 0, offset + memory.count <= bytes.count else {
      throw CajalError(.format, "file", expected: "\(memory.count) bytes at \(offset)", given: "the file ends")
    }
    bytes.copyBytes(to: memory, from: bytes.startIndex + offset..<bytes.startIndex + offset + memory.count)
  }
}

/// What a reader of HDF5 gives.
protocol H5Contents: AnyObject {
  var kinds: [String: H5File.Kind] { get }
  func entry(_ name: String) throws -> H5File.Entry?
  func read(_ entry: H5File.Entry, into memory: UnsafeMutableRawBufferPointer) throws
  func texts(_ name: String, of object: String) throws -> [String]
}

/// An HDF5 file open for reading. What is in it is listed at once: groups and plain arrays of numbers that are reached
/// without links out of their group; everything else is refused when it is asked for.
///
/// Files of the classic layout, which Keras writes, are read by `H5Classic`; those of newer layouts by the C library, which a
/// damaged file can bring down: only where a person trusts them.
final class H5File {
  enum Kind { case group, dataset, other }

  /// Where the bytes of an array are.
  enum Place {
    case at(Int)
    case inside([UInt8])
    case library
  }

  /// An array of numbers in the file.
  struct Entry {
    let path: String
    let type: TensorType
    let place: Place
  }

  let path: String
  private let contents: any H5Contents

  /// Errors: `.format` for what is no HDF5 file, or a damaged one.
  init(_ source: any ByteSource, path: String, isTrusted: Bool = H5File.trustsAll) throws {
    self.path = path
    var head = [UInt8](repeating: 0, count: 9)
    let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a]
    if source.byteCount >= 96 { try head.withUnsafeMutableBytes { try source.read(into: $0, at: 0) } }
    guard head.starts(with: signature) else {
      throw CajalError(
        .format, path, expected: "an HDF5 file", given: "it does not begin like one",
        advice: "Copy or save the file again.")
    }
    guard head[8] <= 1 || isTrusted else {
      throw CajalError(
        .unsupported, path, expected: "HDF5's classic layout, as Keras writes it", given: "the layout is a newer one",
        advice:
          "If you trust the file, set CAJAL_TRUST_HDF5=1 to read it with the C library, which damaged files can crash; "
          + "or write it again with h5repack --low=0 --high=0.")
    }
    contents = head[8] <= 1 ? try H5Classic(source, path: path) : try H5Library(source, path: path)
  }

  private static var trustsAll: Bool { ProcessInfo.processInfo.environment["CAJAL_TRUST_HDF5"] == "1" }

  var kinds: [String: Kind] { contents.kinds }

  func entry(_ name: String) throws -> Entry? { try contents.entry(name) }

  func storage(_ entry: Entry) throws -> Storage {
    let storage = Storage(entry.type.dtype, count: entry.type.shape.count)
    if storage.count > 0 { try storage.withMutableBytes { try contents.read(entry, into: $0) } }
    return storage
  }

  /// Sets a variable of the array's shape; in place where nothing is converted, so that no weight is held twice.
  func read(_ entry: Entry, into variable: Variable) throws {
    guard entry.type == variable.type, variable.layout.isRowMajor(variable.type.shape) else {
      variable.value = try Tensor(storage(entry), shape: entry.type.shape).cast(to: variable.type.dtype).storage
      return
    }
    defer { variable.noteChange() }
    if entry.type.shape.count > 0 { try variable.storage.withMutableBytes { try contents.read(entry, into: $0) } }
  }

  /// The texts of an attribute; empty where there is none.
  func texts(_ name: String, of object: String = "") throws -> [String] { try contents.texts(name, of: object) }
}
