import Foundation

/// The program under test, run as a person runs it.
struct CajalProcess {
  struct Result {
    let status: Int32
    let output: String
    let errors: String
  }

  private let process = Process()
  private let files: ScratchDirectory
  private let name = UUID().uuidString

  /// Starts the program in a directory, with nothing of this process's environment but the path and the library folders.
  init(_ arguments: [String], in directory: ScratchDirectory, environment: [String: String] = [:]) throws {
    files = directory
    let own = ProcessInfo.processInfo.environment
    var all = ["PATH": own["PATH"] ?? "/usr/bin:/bin", "HOME": directory.path, "LANG": "C.UTF-8"]
    for name in ["LD_LIBRARY_PATH", "CAJAL_ONEDNN", "CAJAL_NUM_THREADS"] { all[name] = own[name] }
    all.merge(environment) { $1 }
    process.executableURL = URL(fileURLWithPath: try Self.path())
    process.arguments = arguments
    process.environment = all
    process.currentDirectoryURL = URL(fileURLWithPath: directory.path)
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try Self.file(files.file(".output-\(name)"))
    process.standardError = try Self.file(files.file(".errors-\(name)"))
    try process.run()
  }

  /// Sends Ctrl-C.
  func interrupt() { process.interrupt() }

  var isRunning: Bool { process.isRunning }

  /// What it has said so far.
  var output: String { (try? files.text(".output-\(name)")) ?? "" }

  /// Waits for the end, at most so long.
  func finish(withinSeconds limit: Double = 300) throws -> Result {
    let end = Date(timeIntervalSinceNow: limit)
    while process.isRunning, Date() < end { Thread.sleep(forTimeInterval: 0.01) }
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    process.waitUntilExit()
    return Result(
      status: process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus,
      output: try files.text(".output-\(name)"), errors: try files.text(".errors-\(name)"))
  }

  private static func file(_ path: String) throws -> FileHandle {
    _ = FileManager.default.createFile(atPath: path, contents: nil)
    return try FileHandle(forWritingTo: URL(fileURLWithPath: path))
  }

  /// Beside the tests.
  private static func path() throws -> String {
    let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    return URL(fileURLWithPath: own).deletingLastPathComponent().appendingPathComponent("cajal").path
  }
}

/// Runs the program to its end.
func cajal(_ arguments: [String], in directory: ScratchDirectory) throws -> CajalProcess.Result {
  try CajalProcess(arguments, in: directory, environment: [:]).finish()
}

/// Runs the program to its end.
func cajal(
  _ arguments: String..., in directory: ScratchDirectory, environment: [String: String] = [:]
) throws -> CajalProcess.Result {
  try CajalProcess(arguments, in: directory, environment: environment).finish()
}

/// A directory that goes away with its owner.
final class ScratchDirectory: Sendable {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.appendingPathComponent("cajal-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { path + "/" + name }
  func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: file(name)) }
  func text(_ name: String) throws -> String { try String(contentsOfFile: file(name), encoding: .utf8) }
  func write(_ text: String, to name: String) throws {
    try text.write(toFile: file(name), atomically: true, encoding: .utf8)
  }
}
