import Foundation
import Testing

/// The main job, run as a process on the digits that come along.
@Suite(.serialized) struct TrainingRunTests {
  private static let isGnuplotHere = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    .contains { FileManager.default.isExecutableFile(atPath: "\($0)/gnuplot") }

  @Test func digitsAreLearnedToTheirGoal() throws {
    let place = try ScratchDirectory()
    let result = try cajal("train", "digits", in: place)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.errors.isEmpty)
    let accuracy = try #require(result.output.firstMatch(of: /held-out digits: accuracy ([0-9.]+) %/))
    #expect(try #require(Double(accuracy.1)) >= 98, "\(result.output)")
    for name in ["labels.json", "log.csv", "example.png", "model.keras"] {
      #expect(place.has("output/digits/\(name)"), "\(name) is missing")
    }
    for name in ["curves.png", "confusion.png", "mistakes.png"] where Self.isGnuplotHere {
      #expect(place.has("output/digits/\(name)"), "\(name) is missing")
    }
    #expect(try place.text("output/digits/log.csv").split(separator: "\n").count == 41)

    // What the last lines say to try works as written.
    let lines = result.output.split(separator: "\n")
    let next = try #require(lines.firstIndex(of: "Next:"))
    let commands = lines[(next + 1)...].compactMap { line -> [String]? in
      let words = line.split(separator: "  ")[0].split(separator: " ").map(String.init)
      return words.first == "cajal" && ["predict", "evaluate"].contains(words[1]) ? Array(words.dropFirst()) : nil
    }
    #expect(commands.count == 2)
    for command in commands {
      let answer = try CajalProcess(command, in: place).finish()
      #expect(answer.status == 0, "\(command): \(answer.errors)")
    }
    // Judged again, it is as good as when it was saved.
    let again = try cajal("evaluate", "output/digits", "digits", in: place)
    #expect(again.output.contains("held-out digits: accuracy \(accuracy.1) %"))
    #expect(try cajal("summary", "output/digits", in: place).output.contains("trained for 'digits'"))
  }

  @Test func aFileGetsNoControlCharacters() throws {
    let place = try ScratchDirectory()
    let plain = try cajal("train", "digits", "--epochs", "1", in: place)
    #expect(plain.status == 0)
    #expect(!plain.output.contains("\u{1B}") && !plain.output.contains("\r"))
    let coloured = try cajal("tasks", in: place, environment: ["CLICOLOR_FORCE": "1"])
    #expect(coloured.output.contains("\u{1B}["))
    let plainAgain = try cajal("tasks", in: place, environment: ["CLICOLOR_FORCE": "1", "NO_COLOR": "1"])
    #expect(!plainAgain.output.contains("\u{1B}"))
  }

  @Test func aSeedFixesTheRun() throws {
    let place = try ScratchDirectory()
    for (name, seed) in [("a", "5"), ("b", "5"), ("c", "6")] {
      #expect(try cajal("train", "digits", "--epochs", "2", "--seed", seed, "--output", name, in: place).status == 0)
    }
    #expect(try place.text("a/log.csv") == place.text("b/log.csv"))
    #expect(try place.text("a/log.csv") != place.text("c/log.csv"))
  }

  @Test func withoutGnuplotTrainingGoesOnAndSaysSo() throws {
    let place = try ScratchDirectory()
    let result = try cajal("train", "digits", "--epochs", "1", in: place, environment: ["PATH": "/nonexistent"])
    #expect(result.status == 0)
    #expect(result.output.contains("gnuplot is not on the PATH"))
    #expect(!place.has("output/digits/curves.png"))
    #expect(place.has("output/digits/mistakes.png"), "it needs no letters")
  }

  @Test func controlCKeepsTheBestModel() throws {
    let place = try ScratchDirectory()
    let run = try CajalProcess(["train", "digits", "--epochs", "1000000"], in: place)
    let end = Date(timeIntervalSinceNow: 120)
    while !place.has("output/digits/model.keras"), run.isRunning, Date() < end {
      Thread.sleep(forTimeInterval: 0.02)
    }
    run.interrupt()
    let result = try run.finish(withinSeconds: 60)
    #expect(result.status == 130)
    #expect(result.errors.contains("Stopping after this step"))
    #expect(result.output.contains("Interrupted in epoch"))
    #expect(result.output.contains("held-out digits: accuracy"))
    #expect(try cajal("predict", "output/digits", "output/digits/example.png", in: place).status == 0)
    let left = try FileManager.default.contentsOfDirectory(atPath: place.file("output/digits"))
    #expect(!left.contains { $0.hasPrefix("model.keras.") }, "what was written aside is gone: \(left)")
  }

  @Test func aSecondControlCEndsAtOnce() throws {
    let place = try ScratchDirectory()
    let run = try CajalProcess(["train", "digits", "--epochs", "1000000"], in: place)
    let end = Date(timeIntervalSinceNow: 120)
    while !place.has("output/digits/model.keras"), run.isRunning, Date() < end {
      Thread.sleep(forTimeInterval: 0.02)
    }
    for _ in 0..<50 where run.isRunning { run.interrupt() }
    #expect(try run.finish(withinSeconds: 60).status == 130)
    #expect(place.has("output/digits/model.keras"))
  }
}
