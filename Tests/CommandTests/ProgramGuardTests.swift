import Foundation
import Testing

/// Programs of the benchmark are made of as many kernels, conversions, forks and bytes as the file says: nothing grows unnoticed,
/// and nothing that shrank grows back.
@Suite struct ProgramGuardTests {
  private static let programs = [
    ["w01", "--train"], ["w02", "--train"], ["w04", "--train"], ["w07", "--train"], ["w03-predict"], ["w07-infer1"],
    ["w08-infer1"],
  ]
  private static let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Golden/programs.txt")

  @Test func programsAreMadeOfWhatTheyWere() throws {
    let known = try ProgramGuard(String(contentsOf: Self.file, encoding: .utf8))
    var found: [String: [ProgramMake]] = [:]
    for (level, environment) in Self.levels() {
      for program in Self.programs {
        let (version, make) = try Self.compiled(program, environment)
        found["\(level) oneDNN \(version)", default: []].append(make)
      }
    }
    if ProcessInfo.processInfo.environment["CAJAL_GUARD_UPDATE"] == "1" {
      return try known.replacing(found).text.write(to: Self.file, atomically: true, encoding: .utf8)
    }
    for (machine, makes) in found {
      if known.machines[machine] == nil {
        print("ProgramGuardTests: half is known of \(machine); 'make guard-update' adds the rest.")
      }
      for make in makes { #expect(known.differences(machine, make).isEmpty) }
    }
  }

  /// Instruction sets that this processor can be told to use, each with the environment that does so.
  private static func levels() -> [(String, [String: String])] {
    let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    func fact(_ name: String) -> String {
      let parts = text.split(separator: "\n").lazy.map { $0.split(separator: ":", maxSplits: 1) }
      let found = parts.first { $0.count == 2 && $0[0].trimmingCharacters(in: .whitespaces) == name }
      return found?[1].trimmingCharacters(in: .whitespaces) ?? ""
    }
    let flags = Set(fact("flags").split(separator: " ").map(String.init))
    // oneDNN decides by the sizes of caches too, so each model has numbers of its own.
    let processor = [fact("vendor_id"), fact("cpu family"), fact("model")].joined(separator: "-")
    var levels: [(String, [String: String])] = []
    if flags.isSuperset(of: ["avx512f", "avx512bw", "avx512vl", "avx512dq"]) {
      levels.append(("\(processor) avx512", ["ONEDNN_MAX_CPU_ISA": "AVX512_CORE"]))
    }
    if flags.isSuperset(of: ["avx2", "fma"]) {
      levels.append(("\(processor) avx2", ["ONEDNN_MAX_CPU_ISA": "AVX2", "CAJAL_VECTOR_LEVEL": "middle"]))
    }
    return levels
  }

  private static func compiled(
    _ program: [String], _ environment: [String: String]
  ) throws -> (version: String, make: ProgramMake) {
    struct Counts: Decodable {
      var oneDNN: String
      var products, maps, conversions, others, forks, arenaBytes: Int
    }
    // Working memory grows with the number of threads.
    let all = environment.merging(["CAJAL_NUM_THREADS": "2"]) { $1 }
    let words = ["program"] + program + ["--json"]
    let result = try CajalProcess(words, in: ScratchDirectory(), environment: all).finish()
    try #require(result.status == 0, "\(result.errors)")
    let counts = try JSONDecoder().decode(Counts.self, from: Data(result.output.utf8))
    let numbers = [
      counts.products, counts.maps, counts.conversions, counts.others, counts.forks, counts.arenaBytes,
    ]
    return (counts.oneDNN, ProgramMake(name: program.joined(separator: " "), numbers: numbers))
  }

  // MARK: - The guard itself

  private static let sample = """
    # machine              program  products  maps  conversions  others  forks  arena
    A-1-2 avx2 oneDNN 3.2  w01 --train   8   11    0            1       0      2432

    """

  @Test func growthSaysWhichKindAndHowToAccept() throws {
    let known = try ProgramGuard(Self.sample)
    func differences(_ numbers: [Int], _ name: String = "w01 --train") -> [String] {
      known.differences("A-1-2 avx2 oneDNN 3.2", ProgramMake(name: name, numbers: numbers))
    }
    #expect(differences([8, 11, 0, 1, 0, 2432]) == [])
    #expect(
      differences([8, 11, 2, 1, 0, 2432]) == [
        "w01 --train on A-1-2 avx2 oneDNN 3.2: conversions grew from 0 to 2. If that is meant, 'make guard-update' accepts it."
      ])
    #expect(
      differences([8, 10, 0, 1, 0, 2432]) == [
        "w01 --train on A-1-2 avx2 oneDNN 3.2: maps shrank from 11 to 10. 'make guard-update' keeps them from growing back."
      ])
    #expect(differences([9, 11, 0, 1, 1, 2496]).count == 3)
    let other = ProgramMake(name: "w01 --train", numbers: [8, 12, 5, 1, 5, 9999])
    #expect(known.differences("B-3-4 avx2 oneDNN 3.2", other).map { $0.contains("maps grew from 11 to 12") } == [true])
    #expect(differences([8, 11, 0, 1, 0, 2432], "w09").first?.contains("is not in Tests/Golden/programs.txt") == true)
  }

  @Test func theFileIsWrittenAsItIsRead() throws {
    let known = try ProgramGuard(Self.sample)
    let more = known.replacing(["A-1-2 avx512 oneDNN 3.9": [ProgramMake(name: "w02", numbers: [1, 2, 3, 4, 5, 6])]])
    let again = try ProgramGuard(more.text)
    #expect(again.machines == more.machines && again.machines.count == 2)
    #expect(throws: ProgramGuard.Damaged.self) { try ProgramGuard("A-1-2 avx2 oneDNN 3.2 w01 1 2 x 4 5 6") }
  }
}

/// What one program is made of: products, maps, conversions, others, forks, bytes of working memory.
struct ProgramMake: Equatable {
  static let kinds = ["products", "maps", "conversions", "others", "forks", "arena"]
  var name: String
  var numbers: [Int]
}

/// The file of expected numbers: programs by machine.
struct ProgramGuard {
  struct Damaged: Error { var line: String }

  var machines: [String: [ProgramMake]] = [:]

  /// A line is `GenuineIntel-6-143 avx2 oneDNN 3.2  w01 --train  8 11 0 1 0 2432`.
  init(_ text: String) throws {
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      let words = line.split(separator: " ").map(String.init)
      let numbers = words.suffix(ProgramMake.kinds.count).compactMap { Int($0) }
      guard words.count > 10, numbers.count == ProgramMake.kinds.count else { throw Damaged(line: String(line)) }
      let name = words[4..<(words.count - numbers.count)].joined(separator: " ")
      machines[words[..<4].joined(separator: " "), default: []].append(ProgramMake(name: name, numbers: numbers))
    }
  }

  /// What is not as the file says, in sentences. A machine that is not in it is held against any other, in what oneDNN does not
  /// decide: products, maps and others.
  func differences(_ machine: String, _ make: ProgramMake) -> [String] {
    let place = "\(make.name) on \(machine)"
    let programs = machines[machine] ?? machines.min { $0.key < $1.key }?.value ?? []
    guard let expected = programs.first(where: { $0.name == make.name }) else {
      return ["\(place) is not in Tests/Golden/programs.txt. 'make guard-update' adds it."]
    }
    let watched = machines[machine] == nil ? [0, 1, 3] : Array(ProgramMake.kinds.indices)
    return watched.compactMap { index in
      let (old, new) = (expected.numbers[index], make.numbers[index])
      guard old != new else { return nil }
      return "\(place): \(ProgramMake.kinds[index]) "
        + (new > old
          ? "grew from \(old) to \(new). If that is meant, 'make guard-update' accepts it."
          : "shrank from \(old) to \(new). 'make guard-update' keeps them from growing back.")
    }
  }

  /// With new numbers for some machines.
  func replacing(_ found: [String: [ProgramMake]]) -> ProgramGuard {
    var result = self
    result.machines.merge(found) { $1 }
    return result
  }

  var text: String {
    func columns(_ words: [String]) -> String {
      let widths = [42, 13, 10, 6, 13, 8, 7]
      return words.enumerated().map { index, word in
        index < widths.count ? word.padding(toLength: widths[index], withPad: " ", startingAt: 0) : word
      }.joined()
    }
    var lines = [
      "# What programs of the benchmark are made of, for 2 threads: 'make guard-update' writes this file.",
      columns(["# machine", "program"] + ProgramMake.kinds),
    ]
    for (machine, makes) in machines.sorted(by: { $0.key < $1.key }) {
      lines += makes.map { columns([machine, $0.name] + $0.numbers.map(String.init)) }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
