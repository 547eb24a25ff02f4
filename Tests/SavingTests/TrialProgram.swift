import Foundation
import Testing

/// The program beside the tests that saves and trains in a process of its own.
enum TrialProgram {
  static func process(_ arguments: [String]) throws -> (process: Process, output: Pipe) {
    let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: own).deletingLastPathComponent().appendingPathComponent("SavingTrial")
    process.arguments = arguments
    let output = Pipe()
    process.standardOutput = output
    return (process, output)
  }

  /// What a run to the end has said, and how it ended.
  static func run(_ arguments: [String], environment: [String: String] = [:]) throws -> (text: String, process: Process)
  {
    let (process, output) = try process(arguments)
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (String(decoding: data, as: UTF8.self), process)
  }

  /// Runs until the first line, then so long, then kills.
  static func runAndKill(_ arguments: [String], after microseconds: Int, environment: [String: String] = [:]) throws {
    let (process, output) = try process(arguments)
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    try process.run()
    let first = output.fileHandleForReading.availableData
    #expect(String(decoding: first, as: UTF8.self).hasPrefix("ready"))
    usleep(useconds_t(microseconds))
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    #expect(process.terminationReason == .uncaughtSignal)
  }
}
