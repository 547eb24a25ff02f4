import Foundation
import Testing

@testable import Cajal

/// Runs of `fit` that stop somewhere and go on.
@Suite struct BackupTests {
  private enum Stop: Error { case now }

  /// A run that ends with an error after so many steps, then one that goes on; compared with a run that was not stopped.
  @Test(arguments: [1, 4, 5, 7, 8, 12, 15]) func anInterruptedRunEndsWithTheSameBits(steps: Int) throws {
    let folder = ScratchFolder()
    let (x, y) = Networks.samples()
    // 4 batches of 20 in an epoch; the last of them is shorter.
    func run(_ callbacks: [any Callback]) throws -> (Model, History) {
      let model = try Networks.rich()
      let others: [any Callback] = [ReduceLROnPlateau(monitor: "loss", factor: 0.5, patience: 0, minDelta: 0.5)]
      let history = try model.fit(
        x, y, epochs: 4, batchSize: 18, validationSplit: 0.1, callbacks: callbacks + others, verbose: .silent)
      return (model, history)
    }
    let (whole, expected) = try run([])
    let backup = BackupAndRestore(folder.path, everySteps: 1)
    #expect(throws: Stop.self) {
      try run([backup, LambdaCallback(batchEnd: { if $0.step == steps + 1 { throw Stop.now } })])
    }
    #expect(folder.names == ["backup.cajal"])
    let (resumed, history) = try run([backup])
    #expect(backup.hasResumed)
    let isSame = resumed.bits == whole.bits
    #expect(isSame)
    #expect(history["loss"] == expected["loss"] && history["val_accuracy"] == expected["val_accuracy"])
    #expect(history["accuracy"] == expected["accuracy"] && history["learning_rate"] == expected["learning_rate"])
    #expect(history.epochs.map(\.epoch) == [0, 1, 2, 3])
    #expect(folder.names == [])
  }

  @Test func aKilledProcessGoesOn() throws {
    let (whole, quiet, scratch) = (ScratchFolder(), ScratchFolder(), ScratchFolder())
    let expected = try TrialProgram.run(["train", whole.path]).text
    #expect(expected.hasPrefix("false "))
    for step in [3, 9, 14, 21] {
      let (text, process) = try TrialProgram.run(["train", scratch.path, String(step)])
      #expect(process.terminationReason == .uncaughtSignal && text.isEmpty)
    }
    let resumed = try TrialProgram.run(["train", scratch.path]).text
    #expect(resumed.hasPrefix("true "))
    #expect(resumed.dropFirst(5) == expected.dropFirst(6))
    #expect(scratch.names == [] && quiet.names == [])
  }

  @Test func callbacksRememberWhatTheyKnew() throws {
    let folder = ScratchFolder()
    let (x, y) = Networks.samples()
    func run(_ callbacks: [any Callback]) throws -> (Model, EarlyStopping, Int) {
      let model = try Networks.rich()
      let early = EarlyStopping(monitor: "val_loss", patience: 2, restoreBestWeights: true)
      let history = try model.fit(
        x, y, epochs: 12, batchSize: 20, validationSplit: 0.3,
        callbacks: [early, ModelCheckpoint(folder.file("best.cajal"), saveBestOnly: true)] + callbacks, verbose: .silent
      )
      return (model, early, history.epochs.count)
    }
    let (whole, first, count) = try run([])
    #expect(first.stoppedEpoch != nil)
    let stop = try #require(first.stoppedEpoch)
    let backup = BackupAndRestore(folder.file("backup"))
    #expect(throws: Stop.self) {
      try run([backup, LambdaCallback(epochBegin: { if $0.epoch == stop { throw Stop.now } })])
    }
    let (resumed, second, again) = try run([backup])
    #expect(second.best == first.best && second.bestEpoch == first.bestEpoch && second.stoppedEpoch == stop)
    #expect(again == count && resumed.bits == whole.bits)
  }

  @Test func aStoppedEpochIsKept() throws {
    let folder = ScratchFolder()
    let (x, y) = Networks.samples()
    func run(_ callbacks: [any Callback], epochs: Int = 3) throws -> Model {
      let model = try Networks.rich()
      try model.fit(x, y, epochs: epochs, batchSize: 20, validationSplit: 0.2, callbacks: callbacks, verbose: .silent)
      return model
    }
    let whole = try run([])
    let backup = BackupAndRestore(folder.path)
    _ = try run([LambdaCallback(batchEnd: { if $0.step == 6 { $0.control.stopTraining = true } }), backup])
    #expect(folder.names == ["backup.cajal"])
    #expect(try run([backup]).bits == whole.bits)
    #expect(backup.hasResumed && folder.names == [])
    // A backup that is kept says that nothing is left to do.
    let kept = BackupAndRestore(folder.path, deleteCheckpoint: false)
    _ = try run([kept])
    let model = try run([kept])
    #expect(kept.hasResumed && model.bits == whole.bits)
  }

  @Test func backupsOfAnotherRunAreRefused() throws {
    let folder = ScratchFolder()
    let (x, y) = Networks.samples()
    let backup = BackupAndRestore(folder.path, everySteps: 1)
    func stopped() -> LambdaCallback { LambdaCallback(batchEnd: { if $0.step == 3 { throw Stop.now } }) }
    #expect(throws: Stop.self) {
      try Networks.rich().fit(x, y, epochs: 2, batchSize: 20, callbacks: [backup, stopped()], verbose: .silent)
    }
    let optimizer = #expect(throws: CajalError.self) {
      try Networks.rich(optimizer: SGD()).fit(x, y, epochs: 2, batchSize: 20, callbacks: [backup], verbose: .silent)
    }
    #expect(optimizer?.expected == "a backup of training with SGD" && optimizer?.given == "it is of Adam")
    let (fewX, fewY) = Networks.samples(60)
    let data = #expect(throws: CajalError.self) {
      try Networks.rich().fit(fewX, fewY, epochs: 2, batchSize: 20, callbacks: [backup], verbose: .silent)
    }
    #expect(data?.expected.contains("60 samples") == true && data?.given == "it is of 80 samples")
    let small = try Model(
      Sequential {
        Flatten()
        Dense(3)
      }, inputShape: [6, 6, 1])
    small.compile(optimizer: .adam, loss: .sparseCategoricalCrossentropy(fromLogits: true))
    let other = #expect(throws: CajalError.self) {
      try small.fit(x, y, epochs: 2, batchSize: 20, callbacks: [backup], verbose: .silent)
    }
    #expect(other?.kind == .shape)
    #expect(throws: CajalError.self) {
      try small.fit(x, y, callbacks: [BackupAndRestore(folder.path, everySteps: 0)], verbose: .silent)
    }
  }

  @Test func aModelOfAClosureGoesOnToo() throws {
    let folder = ScratchFolder()
    let (x, y) = (Tensor([[1, 2], [3, 4], [5, 6], [7, 8]]), Tensor([[1], [0], [1], [0]]))
    func run(_ callbacks: [any Callback]) throws -> Model {
      let model = try Model(inputs: [TensorType([2], .float32)], seed: 3) {
        [Dense(1)(Dense(3, activation: .tanh)($0[0]))]
      }
      model.compile(optimizer: .adam, loss: .mse)
      try model.fit(x, y, epochs: 5, batchSize: 2, callbacks: callbacks, verbose: .silent)
      return model
    }
    let backup = BackupAndRestore(folder.path)
    #expect(throws: Stop.self) {
      try run([backup, LambdaCallback(epochBegin: { if $0.epoch == 2 { throw Stop.now } })])
    }
    #expect(try run([backup]).bits == run([]).bits)
  }

  @Test func theLogOfAResumedRunHasEachEpochOnce() throws {
    let folder = ScratchFolder()
    let (x, y) = Networks.samples()
    let log = folder.path + "/logs/log.csv"
    func run(_ others: [any Callback]) throws {
      try Networks.rich().fit(
        x, y, epochs: 4, batchSize: 20,
        callbacks: [CSVLogger(log), BackupAndRestore(folder.path, everyEpochs: 2)] + others, verbose: .silent)
    }
    // Stopped with three lines written and a backup of two.
    #expect(throws: Stop.self) { try run([LambdaCallback(epochBegin: { if $0.epoch == 3 { throw Stop.now } })]) }
    let lines = { try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n").map { $0.prefix(2) } }
    #expect(try lines() == ["ep", "0,", "1,", "2,"])
    try run([])
    #expect(try lines() == ["ep", "0,", "1,", "2,", "3,"])
  }

  @Test func aRunThatIsNoNumberKeepsTheLastGoodBackup() throws {
    let folder = ScratchFolder()
    // The fourth batch has a value that is no number.
    let (x, y) = Networks.samples()
    var values = x.floats
    values[70 * 36] = .nan
    let backup = BackupAndRestore(folder.path, everySteps: 1)
    let model = try Model(
      Sequential {
        Flatten()
        Dense(3, activation: .softmax)
      }, inputShape: [6, 6, 1])
    model.compile(optimizer: .adam, loss: .sparseCategoricalCrossentropy)
    let source = try ArraySource(inputs: [Tensor(values, shape: x.shape)], targets: [y], shuffles: false)
    try model.fit(source, epochs: 2, batchSize: 20, callbacks: [TerminateOnNaN(), backup], verbose: .silent)
    let file = try SafetensorsFile(backup.path + "/model.safetensors")
    #expect(try file.tensor("dense/bias").floats.allSatisfy(\.isFinite))
    #expect(try SavedFolder(backup.path).head.step == 3)
  }
}
