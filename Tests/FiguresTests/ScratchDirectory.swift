import Foundation

/// A directory that goes away with its owner; kept, and named by `CAJAL_KEEP_FIGURES`, for a person who wants to look.
final class ScratchDirectory {
  let path: String
  private let isKept: Bool

  init() throws {
    if let kept = ProcessInfo.processInfo.environment["CAJAL_KEEP_FIGURES"] {
      path = kept
      isKept = true
    } else {
      path = FileManager.default.temporaryDirectory.appendingPathComponent("figures-\(UUID().uuidString)").path
      isKept = false
    }
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit {
    if !isKept { try? FileManager.default.removeItem(atPath: path) }
  }

  func file(_ name: String) -> String { path + "/" + name }

  /// The bytes of a file in the directory.
  func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: file(name))))
  }

  var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
  }
}

/// Width and height from the header of a PNG; `nil` if the bytes are no PNG or end too early.
func pngSize(_ bytes: [UInt8]) -> [Int]? {
  guard bytes.count > 45, Array(bytes[..<8]) == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A],
    Array(bytes[(bytes.count - 8)..<(bytes.count - 4)]) == Array("IEND".utf8)
  else { return nil }
  return [16, 20].map { offset in bytes[offset..<(offset + 4)].reduce(0) { $0 << 8 | Int($1) } }
}
