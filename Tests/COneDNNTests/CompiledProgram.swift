import Foundation

/// Places in the checkout, found from this file.
enum Checkout {
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  static let sources = root.appendingPathComponent("Sources/COneDNN")
  static let pool = root.appendingPathComponent("Sources/ThreadPool")
  static let include = sources.appendingPathComponent("include")
  static let vendor = root.appendingPathComponent(".vendor")

  static var hasOfficialHeaders: Bool {
    FileManager.default.fileExists(atPath: vendor.appendingPathComponent("include/oneapi/dnnl/dnnl.h").path)
  }
}

/// What a program said and how it ended.
struct Outcome {
  var status: Int32
  var output: String
}

/// The C compiler that comes with the Swift toolchain.
enum Clang {
  static let path = ProcessInfo.processInfo.environment["PATH", default: ""].split(separator: ":")
    .map { "\($0)/clang" }.first { FileManager.default.isExecutableFile(atPath: $0) }

  static func run(_ arguments: [String]) throws -> Outcome {
    try execute(path ?? "clang", arguments, environment: ProcessInfo.processInfo.environment)
  }
}

/// Runs a program to its end; its output and its errors come back as one text.
func execute(_ path: String, _ arguments: [String] = [], environment: [String: String]) throws -> Outcome {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: path)
  process.arguments = arguments
  process.environment = environment
  let pipe = Pipe()
  process.standardOutput = pipe
  process.standardError = pipe
  try process.run()
  let data = pipe.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  return Outcome(status: process.terminationStatus, output: String(decoding: data, as: UTF8.self))
}

/// A folder that lives as long as the value does.
final class TemporaryFolder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("onednn-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func write(_ text: String, to name: String) throws -> String {
    let file = url.appendingPathComponent(name)
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
    return file.path
  }
}
