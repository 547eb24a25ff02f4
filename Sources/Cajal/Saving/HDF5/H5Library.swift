// HDF5 through the C library: files of the newer layouts, and all writing.
import Foundation
import HDF5Access

extension ByteSource {
  /// What the C library is given; the source must outlive it.
  var asH5Source: h5a_source {
    h5a_source(
      read: { context, offset, count, into in
        guard let context, let into else { return -1 }
        let box = Unmanaged<H5SourceBox>.fromOpaque(context).takeUnretainedValue()
        let memory = UnsafeMutableRawBufferPointer(start: into, count: count)
        return (try? box.source.read(into: memory, at: Int(clamping: offset))) == nil ? -1 : 0
      }, context: nil, size: UInt64(byteCount))
  }
}

private final class H5SourceBox {
  let source: any ByteSource
  init(_ source: any ByteSource) { self.source = source }
}

/// HDF5 files of the newer layouts.
final class H5Library: H5Contents {
  private let path: String
  private(set) var kinds: [String: H5File.Kind] = [:]
  private let file: h5a_file
  private let box: H5SourceBox
  /// The library is not made for threads.
  private static let lock = NSRecursiveLock()
  private static let mostMembers = 200_000
  private static let deepest = 40

  /// Errors: `.format` for what is no HDF5 file, or a damaged one.
  init(_ source: any ByteSource, path: String) throws {
    self.path = path
    box = H5SourceBox(source)
    Self.lock.lock()
    defer { Self.lock.unlock() }
    var access = source.asH5Source
    access.context = Unmanaged.passUnretained(box).toOpaque()
    file = h5a_open(&access)
    guard file >= 0 else {
      throw CajalError(
        .format, path, expected: "an HDF5 file", given: "it is none, or it is damaged",
        advice: "Copy or save the file again.")
    }
    do {
      try list("", depth: 0)
    } catch {
      h5a_close(file)
      throw error
    }
  }

  deinit { Self.locked { _ = h5a_close(file) } }

  static func locked<Result>(_ body: () throws -> Result) rethrows -> Result {
    lock.lock()
    defer { lock.unlock() }
    return try body()
  }

  private final class Members {
    var found: [(name: String, kind: Int32)] = []
  }

  private func list(_ group: String, depth: Int) throws {
    kinds[group] = .group
    guard depth < Self.deepest else { throw damaged("at most \(Self.deepest) groups inside one another") }
    let members = Members()
    let status = h5a_members(
      file, "/" + group,
      { context, name, kind in
        guard let context, let name else { return 1 }
        let members = Unmanaged<Members>.fromOpaque(context).takeUnretainedValue()
        guard members.found.count < 100_000 else { return -1 }
        members.found.append((String(cString: name), kind))
        return 0
      }, Unmanaged.passUnretained(members).toOpaque())
    guard status >= 0 else { throw damaged("readable groups") }
    for (name, kind) in members.found {
      let inner = group.isEmpty ? name : group + "/" + name
      guard kinds.count < Self.mostMembers else { throw damaged("at most \(Self.mostMembers) members") }
      switch kind {
      case 0: try list(inner, depth: depth + 1)
      case 1: kinds[inner] = .dataset
      default: kinds[inner] = .other
      }
    }
  }

  private func damaged(_ expected: String) -> CajalError {
    CajalError(
      .format, path, expected: expected, given: "the file is damaged or of another kind",
      advice: "Copy or save the file again.")
  }

  // MARK: - Arrays

  func entry(_ name: String) throws -> H5File.Entry? {
    guard kinds[name] != nil else { return nil }
    return H5File.Entry(path: name, type: try described(name).type, place: .library)
  }

  private func described(_ name: String) throws -> (type: TensorType, about: h5a_dataset) {
    var about = h5a_dataset()
    let kind = kinds[name]
    guard kind == .dataset, Self.locked({ h5a_describe(file, "/" + name, &about) }) == 0 else {
      throw CajalError(
        .format, path, expected: "an uncompressed array of numbers inside the file", given: "\(name) is something else",
        advice: "Save the file again.")
    }
    let sizes = withUnsafeBytes(of: about.sizes) { Array($0.bindMemory(to: UInt64.self).prefix(Int(about.rank))) }
    var count: UInt64 = 1
    for size in sizes {
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      guard !overflow, product <= 1 << 36 else { throw damaged("arrays of at most 2^36 elements") }
      count = product
    }
    // An array is as large in the file as it says, so that memory is bounded by the file.
    guard count == 0 || about.stored == count * UInt64(about.bytes), about.stored <= UInt64(box.source.byteCount) else {
      throw damaged("\(name.prefix(120)) with \(count) elements in the file")
    }
    let dtype: DType
    switch (about.type, about.bytes) {
    case (0, 2): dtype = .float16
    case (0, 4): dtype = .float32
    case (0, 8): dtype = .float64
    case (1, 1): dtype = .int8
    case (2, 1): dtype = .uint8
    case (1, 4): dtype = .int32
    case (1, 8), (2, 8): dtype = .int64
    default: throw damaged("numbers of a known kind in \(name.prefix(120))")
    }
    return (TensorType(Shape(sizes.map { Int($0) }), dtype), about)
  }

  func read(_ entry: H5File.Entry, into memory: UnsafeMutableRawBufferPointer) throws {
    var (type, about) = try described(entry.path)
    guard type == entry.type, memory.count == type.byteCount else { throw damaged("\(entry.path) as before") }
    let status = Self.locked { h5a_read(file, "/" + entry.path, &about, memory.baseAddress) }
    guard status == 0 else { throw damaged("readable values of \(entry.path.prefix(120))") }
  }

  // MARK: - Texts

  private final class Texts { var found: [String] = [] }

  func texts(_ name: String, of object: String) throws -> [String] {
    let texts = Texts()
    let status = Self.locked {
      h5a_texts(
        file, "/" + object, name, UInt64(64 << 20),
        { context, text, count in
          guard let context, let text else { return }
          let texts = Unmanaged<Texts>.fromOpaque(context).takeUnretainedValue()
          texts.found.append(
            String(decoding: UnsafeRawBufferPointer(start: text, count: count), as: UTF8.self))
        }, Unmanaged.passUnretained(texts).toOpaque())
    }
    guard status >= 0 else { throw damaged("readable texts in \(name)") }
    return texts.found
  }
}
