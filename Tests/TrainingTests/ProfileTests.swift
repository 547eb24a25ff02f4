import CajalTerminal
import Foundation
import Testing

@testable import Cajal

/// What profiles say of programs whose contents are known.
@Suite struct ProfileTests {
  private func network() throws -> Model {
    let model = try Model(
      Sequential {
        Conv2D(16, kernelSize: 3, activation: .relu)
        Conv2D(32, kernelSize: 3, activation: .relu)
        Flatten()
        Dense(10)
      }, inputShape: [12, 12, 16])
    model.compile(optimizer: .adam(), loss: .sparseCategoricalCrossentropy(fromLogits: true))
    return model
  }

  private func step(_ model: Model, _ batch: Int) throws -> TrainingStep {
    try model.trainingStep(.ones([batch, 12, 12, 16]), .zeros([batch], dtype: .int32))
  }

  @Test func kernelsAreCounted() throws {
    let profile = try network().profile(batchSize: 4)
    #expect(profile.count(of: .product) == 3)
    #expect(profile.runs == 0 && profile.machine == nil && profile.seconds == 0)
    let products = profile.kernels.filter { $0.kind == .product }
    #expect(products.map(\.layer) == ["conv2d", "conv2d_1", "dense"])
    #expect(products[0].flops == 2 * 4 * 10 * 10 * 16 * 9 * 16)
    #expect(products[2].flops == 2 * 4 * 64 * 32 * 10)
    #expect(products[2].outputs == [.init(type: "float32[4, 10]", layout: "plain")])
    let text = profile.description
    #expect(text.contains("Kernel") && !text.contains("GF/s"))
    #expect(profile.listing.contains("\n  0: "))
  }

  @Test func smallWorkStartsNoThreads() throws {
    let small = try Model(Sequential { Dense(4) }, inputShape: [4])
    #expect(try small.profile(batchSize: 2).forkCount == 0)
    let large = try Model(Sequential { Dense(512) }, inputShape: [512])
    #expect(try large.profile(batchSize: 64).forkCount > 0)
  }

  @Test func timesAddUp() throws {
    let profile = try step(network(), 8).profile(runs: 3)
    #expect(profile.title == "training step of 8" && profile.runs == 3)
    #expect(profile.kernels.filter { !$0.isPreparation }.allSatisfy { $0.seconds > 0 })
    #expect(profile.kernels.allSatisfy { $0.conversionSeconds <= $0.seconds })
    #expect(profile.kernels.allSatisfy { ($0.conversionSeconds > 0) == ($0.conversions > 0 || $0.kind == .conversion) })
    var end = 0.0
    for event in profile.events {
      #expect(event.start >= end - 1e-12 && event.seconds >= 0)
      end = event.start + event.seconds
    }
    #expect(profile.events.count == profile.kernels.filter { !$0.isPreparation }.reduce(0) { $0 + $1.calls })
    let limits = try #require(profile.machine)
    #expect(limits.flopsPerSecond > 1e8 && limits.forkSeconds > 0 && limits.memories.last?.name == "memory")
  }

  @Test func theTableIsSortedAndSmallOnesAreOneLine() throws {
    let profile = try step(network(), 8).profile(runs: 3)
    let lines = profile.table(least: 0).split(separator: "\n").map(String.init)
    let head = try #require(lines.firstIndex { $0.hasPrefix("Kernel ") })
    let names = profile.kernels.sorted { $0.seconds > $1.seconds }.map(\.name)
    #expect(names.indices.allSatisfy { lines[head + 2 + $0].hasPrefix(names[$0].prefix(40)) })
    #expect(lines.contains { $0.hasPrefix("total ") && $0.contains("100.0") })

    let short = profile.table(least: 2)
    #expect(short.contains("\(profile.kernels.count) smaller kernels"))
    let columns = Set(
      short.split(separator: "\n").filter { $0.contains("smaller") || $0.hasPrefix("total") }.map(\.count))
    #expect(columns.count == 1, "the numbers of both lines end in one column")
    let window = Terminal(isInteractive: true, width: 80)
    #expect(profile.table(for: window).split(separator: "\n").contains { $0.hasPrefix("Kernel") && $0.count <= 80 })
    #expect(!profile.table().contains("\u{1B}"))
  }

  @Test func theTraceIsJSON() throws {
    let profile = try step(network(), 8).profile(runs: 2)
    let file = try #require(
      JSONSerialization.jsonObject(with: Data(profile.trace().utf8)) as? [String: Any])
    let events = try #require(file["traceEvents"] as? [[String: Any]])
    let rows = events.filter { $0["ph"] as? String == "X" && $0["tid"] as? Int == 1 }
    #expect(rows.count == profile.kernels.count { !$0.isPreparation })
    var end = 0.0
    for row in rows {
      let start = try #require(row["ts"] as? Double)
      let length = try #require(row["dur"] as? Double)
      #expect(start >= end - 1e-6 && row["pid"] as? Int == 1)
      let arguments = try #require(row["args"] as? [String: Any])
      #expect(arguments["implementation"] is String && arguments["bytes"] is Double)
      end = start + length
    }
    #expect(abs(end - profile.events.reduce(0) { $0 + $1.seconds } * 1e6) < 1e-3)
    #expect(events.contains { $0["name"] as? String == "process_name" })
  }

  @Test func verdictsNameTheNearestLimit() {
    let machine = MachineLimits(
      threads: 4, flopsPerSecond: 100e9,
      memories: [
        .init("L2", capacity: 1000, bytesPerSecond: 80e9), .init("memory", capacity: .max, bytesPerSecond: 10e9),
      ],
      forkSeconds: 2e-6, callSeconds: 0.1e-6)
    func verdict(flops: Double, bytes: Int, forks: Int, seconds: Double) -> Verdict? {
      Profile.Kernel(
        layer: "", name: "", kind: .other, implementation: "", inputs: [], outputs: [], bytes: bytes, flops: flops,
        calls: 1, forks: forks, conversions: 0, isPreparation: false, seconds: seconds, conversionSeconds: 0, line: ""
      )
      .verdict(on: machine)
    }
    func isNear(_ verdict: Verdict?, _ bound: Verdict.Bound, _ fraction: Double) -> Bool {
      verdict?.bound == bound && abs((verdict?.fraction ?? 0) - fraction) < 1e-9
    }
    #expect(isNear(verdict(flops: 1e9, bytes: 1_000_000, forks: 1, seconds: 0.02), .flops, 0.5))
    #expect(isNear(verdict(flops: 1e9, bytes: 1_000_000, forks: 0, seconds: 0.08), .flops, 0.5), "one thread's share")
    #expect(isNear(verdict(flops: 1e3, bytes: 1_000_000, forks: 1, seconds: 2e-4), .bytes, 0.5))
    #expect(isNear(verdict(flops: 1, bytes: 1000, forks: 0, seconds: 1e-6), .overhead, 0.1))
    #expect(isNear(verdict(flops: 1e3, bytes: 1000, forks: 1, seconds: 2.1e-6), .overhead, 1))
    #expect(verdict(flops: 1, bytes: 1, forks: 0, seconds: 0) == nil)
  }

  @Test func compilingIsReported() throws {
    let before = Compilations.ofThisProcess
    let model = try network()
    _ = try model.predict(.ones([2, 12, 12, 16]), batchSize: 2)
    _ = try model.predict(.ones([2, 12, 12, 16]), batchSize: 2)
    #expect(model.compilations.count == 1)
    _ = try model.predict(.ones([3, 12, 12, 16]), batchSize: 3)
    let own = model.compilations
    #expect(own.count == 2 && own.seconds > 0)
    let all = Compilations.ofThisProcess
    #expect(all.count >= before.count + 2 && all.seconds >= before.seconds + own.seconds - 1e-9)
    let profile = try model.profile(batchSize: 3)
    #expect(model.compilations.count == 2, "a profile uses the program that is there")
    #expect(profile.compileSeconds <= own.seconds)
    // The passes take most of it; the best of some programs, because other work may come between.
    let shares = try (3...8).map { batch in
      let profile = try model.profile(batchSize: batch)
      return profile.passes.reduce(0) { $0 + $1.seconds } / profile.compileSeconds
    }
    #expect(shares.allSatisfy { $0 > 0 && $0 <= 1 } && shares.contains { $0 > 0.5 }, "\(shares)")
  }

  @Test func passesSayWhatTheyDid() throws {
    let model = try network()
    let profile = try model.profile(trainingStepOf: 4, targets: [TensorType([], .int32)])
    #expect(model.compilations.count == 1)
    #expect(profile.passes.first?.name == "trace" && profile.passes.last?.name == "memory")
    let fusing = try #require(profile.passes.first { $0.name == "fuse-epilogues" })
    #expect(fusing.made["convolution + bias + relu"] == 2 && fusing.removed["convolution"] == 2)
    #expect(fusing.before > fusing.after)
    let merging = try #require(profile.passes.first { $0.name == "merge-updates" })
    #expect(merging.made["map of segments"] == 1)
    for (first, second) in zip(profile.passes.dropFirst(), profile.passes.dropFirst(2)) {
      #expect(first.after == second.before || second.name == "memory")
    }
    let table = profile.passTable()
    #expect(table.contains("-2 convolution") && table.contains("+2 convolution + bias + relu"))
  }

  @Test func anOutlineIsCompiledWithoutValues() throws {
    let outline = try Model.outline(
      Sequential { Dense(10, activation: .softmax) }, inputs: [TensorType([8], .float32)])
    outline.compile(optimizer: .sgd(), loss: .sparseCategoricalCrossentropy)
    let profile = try outline.profile(trainingStepOf: 16, targets: [TensorType([], .int32)])
    #expect(profile.count(of: .product) == 2)
    #expect(throws: CajalError.self) {
      try Model(Sequential { Dense(2) }, inputShape: [2]).profile(
        trainingStepOf: 2, targets: [TensorType([2], .float32)])
    }
  }
}
