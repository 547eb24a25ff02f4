import Cajal
import Foundation

/// Files that come with the library.
enum Resources {
  /// Beside the program, in the installation's share folder, then in the build folders above the program and above
  /// the current folder.
  static func path(_ name: String) throws -> String {
    let bundle = "Cajal_CajalData.resources/Resources"
    var places: [String] = []
    var folder = programFolder()
    places += ["\(folder)/\(bundle)", "\(folder)/../share/cajal"]
    for start in [folder, currentFolder()] {
      folder = start
      while folder.count > 1 {
        for build in ["release", "debug"] { places.append("\(folder)/.build/\(build)/\(bundle)") }
        folder = String(folder[..<(folder.lastIndex(of: "/") ?? folder.startIndex)])
      }
    }
    guard let found = places.first(where: { isFile("\($0)/\(name)") }) else {
      throw CajalError(
        .missing, name, expected: "the file beside the program, in \(bundle)", given: "it is not there",
        advice: "Install that folder together with the program.")
    }
    return "\(found)/\(name)"
  }

  private static func programFolder() -> String {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = readlink("/proc/self/exe", &buffer, buffer.count)
    let path =
      count > 0
      ? String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self) : CommandLine.arguments[0]
    return String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
  }

  private static func currentFolder() -> String { FileManager.default.currentDirectoryPath }
}
