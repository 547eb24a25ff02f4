import Foundation

/// A folder that goes when nobody holds it any more.
final class ScratchFolder: Sendable {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.appendingPathComponent("cajal-" + UUID().uuidString).path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  static func / (folder: ScratchFolder, name: String) -> String { folder.path + "/" + name }
}

func text(of path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }
