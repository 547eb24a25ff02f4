import Cajal
import CajalArguments
import CajalTerminal
import Foundation

/// `cajal program NAME [--train] [--batch N] [--passes] [--json]`
enum ProgramCommand {
  private static let form = CommandForm(
    "cajal program", "Prints what a network is compiled to, without running it.", [Subject.positional],
    Subject.options + [
      Option("--passes", .none, "what each pass of the compiler did, and how long it took"),
      Option("--json", .none, "counts and sizes as one line of JSON"),
    ],
    notes: [
      "A line is one kernel: its layer, what it computes, its operands with their layouts where they are not plain, what runs it, "
        + "bytes and flops. CAJAL_DUMP=1 prints the same of every program that any command compiles, and CAJAL_PASSES_OFF "
        + "switches passes off by name."
    ],
    examples: [
      ("cajal program lenet5 --train --passes", "how a step of training is made"),
      ("cajal program w07-train8 --json", "its kernels counted"),
    ])

  static let command = Command(form: form) { arguments in
    let subject = try Subject(arguments, hasValues: false)
    let profile = try subject.listed()
    let output = FileDescriptorOutput.standardOutput
    if arguments.has("--json") {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      return output.writeLine(
        String(decoding: try encoder.encode(try ProgramCounts(subject.name, profile)), as: UTF8.self))
    }
    output.write("\(subject.name), \(profile.listing)")
    if arguments.has("--passes") { output.write("\n" + profile.passTable(for: output.terminal)) }
  }
}

/// What a program is made of, counted: what the guard of the tests watches.
struct ProgramCounts: Codable {
  var name: String
  var program: String
  var products: Int
  var maps: Int
  var conversions: Int
  var others: Int
  var forks: Int
  var arenaBytes: Int
  var compileMilliseconds: Double
  var oneDNN: String

  init(_ name: String, _ profile: Profile) throws {
    self.name = name
    program = profile.title
    products = profile.count(of: .product)
    maps = profile.count(of: .map)
    conversions = profile.conversionCount
    others = profile.count(of: .other)
    forks = profile.forkCount
    arenaBytes = profile.arenaBytes
    oneDNN = try MachineLimits.libraryVersion()
    compileMilliseconds = (profile.compileSeconds * 1e5).rounded() / 1e2
  }
}
