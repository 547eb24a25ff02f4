import Foundation
import Testing

/// The commands that measure, run as processes.
@Suite struct ProfilingTests {
  @Test func aProfileIsAPlainTableWithLimits() throws {
    let place = try ScratchDirectory()
    let result = try cajal(
      "profile", "lenet5", "--train", "--batch", "2", "--runs", "2", "--trace", "trace.json", in: place)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.errors.isEmpty && !result.output.contains("\u{1B}"))
    #expect(result.output.hasPrefix("lenet5, training step of 2: medians of 2 runs\n"))
    for part in ["GF/s, copies", "fork and join", "\nKernel ", "Bound by", "\ntotal ", "arena ", "compiled in "] {
      #expect(result.output.contains(part), "\(part) is missing in \(result.output)")
    }
    let lines = result.output.split(separator: "\n")
    let head = try #require(lines.firstIndex { $0.hasPrefix("Kernel ") })
    let rules = lines.indices.filter { lines[$0].hasPrefix("──") }
    #expect(rules.count == 2 && rules[0] == head + 1)
    // Columns begin at the same place in every row.
    let second = lines[head].distance(
      from: lines[head].startIndex, to: try #require(lines[head].range(of: "Layer")).lowerBound)
    for line in lines[(head + 2)..<rules[1]] { #expect(Array(line)[second - 1] == " ") }

    let trace = try JSONSerialization.jsonObject(with: Data(place.text("trace.json").utf8)) as? [String: Any]
    let events = try #require(trace?["traceEvents"] as? [[String: Any]])
    #expect(events.contains { $0["ph"] as? String == "X" && $0["dur"] is Double })
  }

  @Test func coloursFollowTheEnvironment() throws {
    let place = try ScratchDirectory()
    let words = ["program", "w01", "--passes"]
    let coloured = try CajalProcess(words, in: place, environment: ["CLICOLOR_FORCE": "1"]).finish()
    #expect(coloured.output.contains("\u{1B}["))
    let plain = try CajalProcess(words, in: place, environment: ["CLICOLOR_FORCE": "1", "NO_COLOR": "1"]).finish()
    #expect(!plain.output.contains("\u{1B}"))
    #expect(plain.output.contains("\nPass ") && plain.output.contains("\nfuse-epilogues "))
  }

  @Test func aWorkloadIsCountedAsJSON() throws {
    let place = try ScratchDirectory()
    for words in [["w02", "--train"], ["w02"], ["W02"], ["w02", "--batch", "64"]] {
      let result = try CajalProcess(["program"] + words + ["--json"], in: place).finish()
      #expect(result.status == (words == ["W02"] ? 1 : 0), "\(words): \(result.errors)")
      guard result.status == 0 else { continue }
      let counts = try #require(
        JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any], "\(result.output)")
      #expect(counts["products"] as? Int == 8 && counts["name"] as? String == "w02")
      #expect(counts["program"] as? String == "training step of \(words.last == "64" ? 64 : 128)")
    }
  }

  @Test func aSavedModelIsProfiled() throws {
    let place = try ScratchDirectory()
    #expect(try cajal("train", "digits", "--epochs", "1", "--output", "run", in: place).status == 0)
    for words in [["run"], ["run", "--train", "--batch", "16"], ["run/model.keras"]] {
      let result = try CajalProcess(["profile"] + words + ["--runs", "1"], in: place).finish()
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.output.contains(words.count > 1 ? "training step of 16" : "prediction of 1"))
    }
    #expect(try cajal("program", "run", in: place).output.contains("\n  0: "))
  }

  @Test func aBenchmarkRowHasItsDetails() throws {
    let result = try cajal("bench", "w01", "--json", in: ScratchDirectory())
    #expect(result.status == 0, "\(result.errors)")
    let row = try #require(JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    #expect(row["workload"] as? String == "w01" && row["unit"] as? String == "ms")
    #expect(try #require(row["value"] as? Double) > 0)
    let detail = try #require(row["detail"] as? [String: Double])
    #expect(Set(detail.keys) == ["median", "samples", "compilations", "compile_ms", "fork_us"])
    #expect(try #require(detail["compilations"]) >= 2 && #require(detail["compile_ms"]) > 0)
    #expect(try #require(detail["fork_us"]) > 0)
  }
}
