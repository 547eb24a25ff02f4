import Foundation
import Testing

@testable import Cajal

/// Pages of memory the process has, in bytes.
private func residentBytes() throws -> Int {
  let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
  return (Int(text.split(separator: " ")[1]) ?? 0) * 4096
}

/// One after another: memory is the whole process's.
@Suite(.serialized) struct EnduranceTests {
  static func classifier(seed: Int = 1) throws -> Model {
    let model = try Model(
      Sequential {
        Conv2D(8, kernelSize: 3, activation: .relu)
        BatchNormalization()
        MaxPooling2D()
        Flatten()
        Dropout(0.2)
        Dense(4, activation: .softmax)
      }, inputShape: [12, 12, 1], seed: seed)
    model.compile(optimizer: .adam, loss: .sparseCategoricalCrossentropy, metrics: [.accuracy])
    return model
  }

  static func samples(_ count: Int) -> (x: Tensor, y: Tensor) {
    var random = RandomSource(seed: 1)
    return (random.uniform([count, 12, 12, 1]), Tensor((0..<count).map { Int32($0 % 4) }, shape: [count]))
  }

  @Test func memoryIsFlatOverAThousandSteps() async {
    // In a process of its own: other tests share the memory of this one.
    await #expect(processExitsWith: .success) {
      let (x, y) = Self.samples(4)
      let model = try Self.classifier()
      let trainer = Trainer(.adam, for: model)
      let step = CompiledStep { step in
        let loss = try SparseCategoricalCrossentropy()(target: step.inputs[1], prediction: model(step.inputs[0])).mean()
        step.minimize(loss, by: trainer)
        return [loss]
      }
      func run(_ times: Int) throws {
        for _ in 0..<times {
          try model.trainOnBatch(x, y)
          try step.run([x, y])
          _ = try model.predict(x)
        }
      }
      try run(100)
      let before = try residentBytes()
      try run(1000)
      let grown = try residentBytes() - before
      precondition(grown < 4 << 20, "grown by \(grown) bytes")
      // Training and prediction of one size, and the step: nothing else was compiled.
      precondition(model.programs.compilations == 2)
      precondition(step.compilations == 1)
    }
  }

  @Test func memoryIsFlatOverAHundredModels() async {
    // In a process of its own: other tests share the memory of this one.
    await #expect(processExitsWith: .success) {
      let (x, y) = Self.samples(16)
      func use(_ seed: Int) throws {
        let model = try Self.classifier(seed: seed)
        try model.fit(x, y, batchSize: 8, verbose: .silent)
        _ = try model.predict(x)
      }
      for seed in 0..<20 { try use(seed) }
      let before = try residentBytes()
      for seed in 20..<120 { try use(seed) }
      let grown = try residentBytes() - before
      precondition(grown < 16 << 20, "grown by \(grown) bytes")
    }
  }

  @Test func programsAreCompiledOncePerSignature() throws {
    let (x, y) = Self.samples(20)
    let model = try Self.classifier()
    // Batches of 8, 8 and 4: two programs each for training, evaluation and prediction.
    for _ in 0..<3 {
      try model.fit(x, y, epochs: 2, batchSize: 8, verbose: .silent)
      try model.evaluate(x, y, batchSize: 8)
      _ = try model.predict(x, batchSize: 8)
    }
    #expect(model.programs.compilations == 6)
  }

  @Test func longChainsAreFreed() {
    var chain = Tensor(1)
    for _ in 0..<50_000 { chain = chain + 1 }
    #expect(chain.item == 50_001)
    // Wide and deep at once, never looked at.
    var pair = (Tensor([1, 2]), Tensor([3, 4]))
    for _ in 0..<50_000 { pair = (pair.1, pair.0 + pair.1 * 0.5) }
  }

  @Test func aLoopThatNeverLooksStaysSmall() throws {
    var state = Tensor.zeros([64, 1024])
    for _ in 0..<1000 { state = state * 0.9 + 1 }
    let before = try residentBytes()
    for _ in 0..<20_000 { state = state * 0.9 + 1 }
    let grown = try residentBytes() - before
    #expect(grown < 600 << 20, "grown by \(grown) bytes")
    #expect(abs(state.max().item - 10) < 1e-3)
  }

  @Test func eightTasksPredictAtOnce() async throws {
    let (x, y) = Self.samples(64)
    let model = try Self.classifier()
    try model.fit(x, y, batchSize: 16, verbose: .silent)
    let alone = try model.predict(x).floats
    try await withThrowingTaskGroup(of: [Float].self) { group in
      for task in 0..<8 {
        group.addTask {
          var last: [Float] = []
          for _ in 0..<20 { last = try model.predict(x, batchSize: task % 2 == 0 ? 32 : 16).floats }
          return last
        }
      }
      for try await result in group {
        #expect(zip(result, alone).allSatisfy { abs($0 - $1) < 1e-6 })
      }
    }
  }

  @Test func eightTasksEvaluateLazyTensorsAtOnce() async {
    let shared = (Tensor.range(1000) * 2).sqrt()
    await withTaskGroup(of: Double.self) { group in
      for task in 0..<8 {
        group.addTask { ((shared * Double(task)).sum() / shared.sum()).item }
      }
      var results: [Double] = []
      for await result in group { results.append(result) }
      #expect(Set(results.map { ($0 * 1000).rounded() / 1000 }) == Set((0..<8).map(Double.init)))
    }
  }

  /// Beside a process that takes every core, a step becomes slower in proportion, not by tens of times.
  @Test func besideABusyProcess() throws {
    var random = RandomSource(seed: 1)
    let (x, y) = (random.uniform([64, 28, 28, 8]), Tensor((0..<64).map { Int32($0 % 10) }, shape: [64]))
    let model = try Model(
      Sequential {
        Conv2D(32, kernelSize: 3, activation: .relu)
        Conv2D(32, kernelSize: 3, activation: .relu)
        Flatten()
        Dense(10, activation: .softmax)
      }, inputShape: [28, 28, 8])
    model.compile(optimizer: .sgd, loss: .sparseCategoricalCrossentropy)
    let step = try model.trainingStep(x, y)
    func milliseconds(_ times: Int) throws -> Double {
      let start = ContinuousClock.now
      try step.run(times: times)
      let taken = ContinuousClock.now - start
      return (Double(taken.components.seconds) * 1e3 + Double(taken.components.attoseconds) * 1e-15) / Double(times)
    }
    try step.run(times: 10)
    let quiet = try milliseconds(40)
    let busy = try (0..<ProcessInfo.processInfo.activeProcessorCount).map { _ in
      let process = Process()
      // The system ends it after ten seconds of work even if this test is killed; KILL below, because the children of a
      // test may have other signals blocked.
      process.executableURL = URL(filePath: "/bin/sh")
      process.arguments = ["-c", "ulimit -t 10; while :; do :; done"]
      try process.run()
      return process
    }
    defer { for process in busy { kill(process.processIdentifier, SIGKILL) } }
    // Half of every core is left: two times is the share. The best of three, for what else the machine may be doing.
    let crowded = min(try milliseconds(10), try milliseconds(10), try milliseconds(10))
    #expect(crowded / quiet < 8, "\(quiet) ms alone, \(crowded) ms beside a busy process on every core")
  }
}
