import HDF5Access

/// An HDF5 file being written.
final class H5Writer {
  private var file: h5a_file
  private let path: String

  init(_ path: String) throws {
    self.path = path
    file = H5Library.locked { h5a_create(path) }
    guard file >= 0 else { throw CajalError(.system, path, expected: "to write it", given: "the system refuses") }
  }

  deinit { try? close() }

  /// Writes what is left to the disk. Errors: `.system` where that fails, as on a full disk.
  func close() throws {
    let open = file
    file = -1
    try demand(H5Library.locked { h5a_close(open) })
  }

  private func demand(_ status: Int32) throws {
    guard status == 0 else {
      throw CajalError(.system, path, expected: "to write it", given: "the system refuses", advice: "Is the disk full?")
    }
  }

  func makeGroup(_ name: String) throws { try demand(H5Library.locked { h5a_make_group(file, "/" + name) }) }

  func setText(_ text: String, _ name: String, of object: String) throws {
    try demand(H5Library.locked { h5a_write_text(file, "/" + object, name, text) })
  }

  func write(_ storage: Storage, _ shape: Shape, as name: String) throws {
    var about = h5a_dataset()
    about.rank = Int32(shape.rank)
    about.bytes = Int32(storage.dtype.byteCount)
    about.type = storage.dtype.isFloating ? 0 : storage.dtype == .uint8 || storage.dtype == .bool ? 2 : 1
    guard shape.rank <= 16, storage.dtype != .bfloat16 else {
      throw CajalError(.unsupported, name, expected: "float32 weights", given: "they are \(storage.dtype.rawValue)")
    }
    withUnsafeMutableBytes(of: &about.sizes) { bytes in
      let sizes = bytes.bindMemory(to: UInt64.self)
      for (axis, size) in shape.dimensions.enumerated() { sizes[axis] = UInt64(size) }
    }
    try demand(
      storage.withBytes { bytes in H5Library.locked { h5a_write(file, "/" + name, &about, bytes.baseAddress) } })
  }
}
