// Keras's archives, read through libzip.
import CZip
import Foundation

/// A ZIP archive open for reading. Entries are never unpacked to the disk.
final class ZipReader {
  let path: String
  private let archive: OpaquePointer
  private static let mostEntries = 10_000

  /// Errors: `.missing`, `.system` where it cannot be read; `.format` for a damaged archive, or one with paths that lead out.
  init(_ path: String) throws {
    self.path = path
    var code: Int32 = 0
    guard let archive = zip_open(path, Int32(ZIP_RDONLY), &code) else {
      throw CajalError(
        .format, path, expected: "a .keras archive", given: "it is none, or it is damaged",
        advice: "Copy or save the file again.")
    }
    self.archive = archive
    let count = zip_get_num_entries(archive, 0)
    guard count >= 0, count <= Self.mostEntries else {
      throw misfit("at most \(Self.mostEntries) entries", "there are \(count)")
    }
    var names: Set<String> = []
    for index in 0..<UInt64(count) {
      guard let text = zip_get_name(archive, index, 0) else { throw misfit("names of entries", "one has none") }
      let name = String(cString: text)
      let parts = name.split(separator: "/", omittingEmptySubsequences: false)
      guard !name.hasPrefix("/"), !name.contains("\\"), !parts.contains(".."), names.insert(name).inserted else {
        throw misfit("paths inside the archive, each once", "there is \(name.prefix(80))")
      }
    }
  }

  deinit { zip_discard(archive) }

  private func misfit(_ expected: String, _ given: String) -> CajalError {
    CajalError(.format, path, expected: expected, given: given, advice: "Copy or save the file again.")
  }

  private func status(_ name: String) throws -> zip_stat_t? {
    var status = zip_stat_t()
    zip_stat_init(&status)
    guard zip_stat(archive, name, 0, &status) == 0 else { return nil }
    // Below 4 KiB any ratio is harmless; deflate reaches 1:1032 on zeros alone.
    guard status.size < 1 << 40, status.size <= 4096 || status.size / 200 <= max(status.comp_size, 1) else {
      throw misfit("an entry \(name) of believable size", "\(status.comp_size) bytes claim to be \(status.size)")
    }
    return status
  }

  /// The bytes of an entry; nil where there is none.
  func bytes(_ name: String, most: Int) throws -> Data? {
    guard let status = try status(name) else { return nil }
    guard status.size <= UInt64(most) else { throw misfit("\(name) of at most \(most) bytes", "it has \(status.size)") }
    let source = try ZipEntrySource(self, archive, name, Int(status.size))
    var data = Data(count: Int(status.size))
    try data.withUnsafeMutableBytes { try source.readAll(into: $0) }
    return data
  }

  /// An entry that is read where it is wanted: in place where it is stored as it is, else unpacked in memory.
  func source(_ name: String) throws -> (any ByteSource)? {
    guard let status = try status(name) else { return nil }
    if Int32(status.comp_method) == Int32(ZIP_CM_STORE) {
      let source = try ZipEntrySource(self, archive, name, Int(status.size))
      try source.checkContents()
      if source.isSeekable { return source }
    }
    return MemorySource(try bytes(name, most: 1 << 36) ?? Data())
  }
}

/// An entry of an archive.
private final class ZipEntrySource: ByteSource {
  let byteCount: Int
  private let reader: ZipReader
  private let archive: OpaquePointer
  private let name: String
  private var file: OpaquePointer
  private var position = 0

  init(_ reader: ZipReader, _ archive: OpaquePointer, _ name: String, _ byteCount: Int) throws {
    self.reader = reader
    self.archive = archive
    self.name = name
    self.byteCount = byteCount
    guard let file = zip_fopen(archive, name, 0) else {
      throw CajalError(.format, reader.path, expected: "a readable \(name)", given: "it is damaged")
    }
    self.file = file
  }

  deinit { zip_fclose(file) }

  private var damaged: CajalError {
    CajalError(
      .format, reader.path, expected: "\(byteCount) sound bytes of \(name)", given: "they are damaged or cut off",
      advice: "Copy or save the file again.")
  }

  /// Whether reading may begin anywhere.
  var isSeekable: Bool { zip_fseek(file, 0, SEEK_SET) == 0 }

  /// Reads to the end, so that the checksum is looked at.
  func readAll(into memory: UnsafeMutableRawBufferPointer) throws {
    var done = 0
    while done < memory.count {
      let count = zip_fread(file, memory.baseAddress.map { $0 + done }, UInt64(memory.count - done))
      guard count > 0 else { throw damaged }
      done += Int(count)
    }
    var rest: UInt8 = 0
    guard zip_fread(file, &rest, 1) == 0 else { throw damaged }
  }

  func checkContents() throws {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
    defer { buffer.deallocate() }
    var done = 0
    while true {
      let count = zip_fread(file, buffer.baseAddress, UInt64(buffer.count))
      guard count >= 0 else { throw damaged }
      if count == 0 { break }
      done += Int(count)
    }
    guard done == byteCount else { throw damaged }
    zip_fclose(file)
    guard let again = zip_fopen(archive, name, 0) else { throw damaged }
    file = again
    position = 0
  }

  func read(into memory: UnsafeMutableRawBufferPointer, at offset: Int) throws {
    guard offset >= 0, memory.count <= byteCount, offset <= byteCount - memory.count else { throw damaged }
    if position != offset {
      guard zip_fseek(file, zip_int64_t(offset), SEEK_SET) == 0 else { throw damaged }
      position = offset
    }
    var done = 0
    while done < memory.count {
      let count = zip_fread(file, memory.baseAddress.map { $0 + done }, UInt64(memory.count - done))
      guard count > 0 else { throw damaged }
      done += Int(count)
    }
    position += done
  }
}
