import Cajal
import Foundation
import Testing

@Suite struct CallbackTests {
  let training = FakeTraining()

  // MARK: - Stopping

  @Test func earlyStoppingWaitsAndRestores() throws {
    let stopping = EarlyStopping(patience: 2, restoreBestWeights: true)
    let seen = try training.run([stopping], FakeTraining.losses([3, 2, 1, 1, 1.5, 0, 0]))
    #expect(seen.count == 5)
    #expect(stopping.best == 1)
    #expect(stopping.bestEpoch == 2)
    #expect(stopping.stoppedEpoch == 4)
    #expect(training.weightsOfEpoch == 2)
    #expect(
      training.notes == [
        "Epoch 5: val_loss has stopped getting better; the best was 1.0 in epoch 3.", "Weights of epoch 3 restored.",
      ])
  }

  @Test func earlyStoppingKeepsTheLastWeightsUnlessAsked() throws {
    try training.run([EarlyStopping(patience: 1)], FakeTraining.losses([1, 2, 3]))
    #expect(training.weightsOfEpoch == 1)
  }

  @Test func earlyStoppingTakesTheMetricsDirection() throws {
    let logs: [Logs] = [0.5, 0.6, 0.7, 0.65].map { ["val_accuracy": $0] }
    let stopping = EarlyStopping(monitor: "val_accuracy")
    #expect(try training.run([stopping], logs).count == 4)
    #expect(stopping.best == 0.7)
  }

  @Test func earlyStoppingMinDeltaBaselineAndStart() throws {
    // Changes of less than minDelta are none.
    #expect(
      try training.run([EarlyStopping(minDelta: 0.5, patience: 2)], FakeTraining.losses([3, 2.8, 2.6, 1])).count == 3)
    // Better than before, but never past the baseline.
    #expect(
      try training.run([EarlyStopping(patience: 2, baseline: 1)], FakeTraining.losses([4, 3, 3.5, 2])).count == 3)
    // Epochs before the start do not count.
    #expect(
      try training.run([EarlyStopping(patience: 1, startFromEpoch: 2)], FakeTraining.losses([1, 2, 3, 4, 5])).count == 4
    )
  }

  @Test func earlyStoppingNeverTakesNaNForBetter() throws {
    let stopping = EarlyStopping(patience: 2)
    try training.run([stopping], FakeTraining.losses([.nan, 2, .nan, .nan, 1]))
    #expect(stopping.best == 2)
    #expect(stopping.stoppedEpoch == 3)
  }

  @Test func monitorsThatCannotWorkAreErrors() {
    training.logNames = ["loss", "accuracy"]
    #expect(
      message { try training.run([EarlyStopping()], [["loss": 1, "accuracy": 0.5]]) }
        == "EarlyStopping: expected val_loss among the logs, but there are loss, accuracy. "
        + "Pass validation data to fit, or watch one of these.")
    #expect(
      message { try training.run([EarlyStopping(monitor: "surprise")], [["loss": 1]]) }
        == "EarlyStopping: expected to know whether surprise is better high or low, but the model has no such metric. "
        + "Say mode: .min or mode: .max.")
  }

  @Test func epochsWithoutValidationArePassedOver() throws {
    let logs: [Logs] = [["loss": 3], ["val_loss": 2], ["loss": 2], ["val_loss": 3], ["loss": 1]]
    #expect(try training.run([EarlyStopping(patience: 1)], logs).count == 4)
  }

  @Test func notANumberStopsAtOnce() throws {
    let callback = TerminateOnNaN()
    #expect(callback.watchesBatches)
    #expect(try training.run([callback], FakeTraining.losses([1, .nan, 1])).count == 2)
    #expect(training.notes.first?.hasPrefix("The loss is nan in batch 1 of epoch 2: training stops.") == true)
    #expect(training.notes.count == 1)
    #expect(try training.run([TerminateOnNaN(everyBatch: false)], FakeTraining.losses([1, .infinity, 1])).count == 2)
  }

  // MARK: - Step size

  @Test func plateauReducesCoolsDownAndEnds() throws {
    let callback = ReduceLROnPlateau(factor: 0.1, patience: 2, cooldown: 1, minimumRate: 5e-3)
    let seen = try training.run([callback], FakeTraining.losses([1, 1, 1, 1, 1, 1, 1, 1, 1]))
    expectClose(
      seen.compactMap { $0["learning_rate"] }, [0.1, 0.1, 0.1, 0.01, 0.01, 0.005, 0.005, 0.005, 0.005], tolerance: 1e-12
    )
  }

  @Test func schedulerSetsEachEpoch() throws {
    let seen = try training.run(
      [LearningRateScheduler { epoch, rate in epoch == 0 ? rate : rate / 2 }], FakeTraining.losses([1, 1, 1]))
    #expect(seen.compactMap { $0["learning_rate"] } == [0.1, 0.05, 0.025])
    try training.run(
      [LearningRateScheduler(ExponentialDecay(initialRate: 1, decaySteps: 1, decayRate: 0.5))],
      FakeTraining.losses([1, 1]))
    #expect(training.learningRate == 0.5)
    #expect(
      message { try training.run([LearningRateScheduler { _, _ in .nan }], FakeTraining.losses([1])) }
        == "LearningRateScheduler: expected a learning rate of at least 0, but it is nan in epoch 1.")
  }

  @Test func schedulesAndCallbacksDoNotFight() {
    training.hasSchedule = true
    for callback in [ReduceLROnPlateau(), LearningRateScheduler { _, rate in rate }] as [any Callback] {
      #expect(
        message { try training.run([callback], []) }
          .hasSuffix("but it follows a schedule. Use the schedule or this callback, not both."))
    }
    training.hasSchedule = false
    #expect(
      message { try training.run([ReduceLROnPlateau(factor: 1)], []) }
        == "ReduceLROnPlateau: expected a factor between 0 and 1, but it is 1.0.")
  }

  // MARK: - Files

  @Test func checkpointsFillTheirNames() throws {
    let folder = try ScratchFolder()
    let callback = ModelCheckpoint(folder / "deep/m-{epoch:02d}-{val_loss:.2f}-{loss}.cajal")
    try training.run([callback], FakeTraining.losses([1, 0.123]))
    #expect(training.saved == [folder / "deep/m-01-1.00-2.cajal", folder / "deep/m-02-0.12-1.123.cajal"])
    #expect(callback.lastPath == training.saved.last)
  }

  @Test func checkpointsOfTheBestOnly() throws {
    let folder = try ScratchFolder()
    let best = ModelCheckpoint(folder / "{epoch}", saveBestOnly: true, saveWeightsOnly: true, initialThreshold: 2)
    try training.run([best], FakeTraining.losses([3, 1, 2, .nan, 0.5]))
    #expect(training.saved == ["weights:" + folder / "2", "weights:" + folder / "5"])
    #expect(best.best == 0.5)
  }

  @Test func checkpointsByStep() throws {
    let callback = ModelCheckpoint("m-{epoch}-{batch}", frequency: .steps(3))
    #expect(callback.watchesBatches)
    #expect(!ModelCheckpoint("m").watchesBatches)
    try training.run([callback], FakeTraining.losses([1, 1, 1, 1]))
    #expect(training.saved == ["m-2-1", "m-3-2"])
  }

  @Test func aFailedSaveIsNotTheBest() throws {
    training.saveError = CajalError(.system, "disk", expected: "space", given: "it is full")
    let callback = ModelCheckpoint("m", saveBestOnly: true)
    #expect(
      message { try training.run([callback], FakeTraining.losses([1])) } == "disk: expected space, but it is full.")
    #expect(callback.best == nil)
    #expect(callback.lastPath == nil)
  }

  @Test(arguments: [
    ("{epoch", "ModelCheckpoint: expected a } for each {, but one is missing in {epoch."),
    (
      "{acc}",
      "ModelCheckpoint: expected a name of the logs in {…}, but acc is none of loss, val_loss, epoch, batch."
    ),
    ("{loss:x}", "ModelCheckpoint: expected a format such as 02d or .3f, but it is x for 2.0 in {loss:x}."),
    (
      "{val_loss:02d}",
      "ModelCheckpoint: expected a format such as 02d or .3f, but it is 02d for 0.5 in {val_loss:02d}."
    ),
    (
      "{loss:.999999f}",
      "ModelCheckpoint: expected a format such as 02d or .3f, but it is .999999f for 2.0 in {loss:.999999f}."
    ),
  ])
  func badPatternsAreErrors(_ pattern: String, _ text: String) {
    #expect(message { try training.run([ModelCheckpoint(pattern)], [["loss": 2, "val_loss": 0.5]]) } == text)
  }

  @Test func csvHasALineForEachEpoch() throws {
    let folder = try ScratchFolder()
    let file = folder / "log.csv"
    try training.run([CSVLogger(file)], [["loss": 1.5, "a,b": 2], ["loss": 0.1], ["loss": .nan, "a,b": -1e-9]])
    #expect(
      try text(of: file) == """
        epoch,loss,"a,b"
        0,1.5,2.0
        1,0.1,NA
        2,nan,-1e-09

        """)
  }

  @Test func csvAppendsToItsOwnColumns() throws {
    let folder = try ScratchFolder()
    let file = folder / "log.csv"
    try training.run([CSVLogger(file, separator: ";", append: true)], [["loss": 1, "say \"x\"": 2]])
    try training.run([CSVLogger(file, separator: ";", append: true)], [["say \"x\"": 3, "loss": 4]])
    #expect(try text(of: file) == "epoch;loss;\"say \"\"x\"\"\"\n0;1.0;2.0\n0;4.0;3.0\n")
    #expect(
      message { try training.run([CSVLogger(file, separator: ";", append: true)], [["other": 1]]) }
        == "CSVLogger \(file): expected the columns epoch, loss, say \"x\", but epoch 1 also has other. Log to a new file."
    )
    try training.run([CSVLogger(file)], [["loss": 7]])
    #expect(try text(of: file) == "epoch,loss\n0,7.0\n")
  }

  @Test func csvMakesItsFolders() throws {
    let folder = try ScratchFolder()
    try training.run([CSVLogger(folder / "runs/first/log.csv")], [["loss": 1]])
    #expect(try text(of: folder / "runs/first/log.csv") == "epoch,loss\n0,1.0\n")
  }

  /// What the backup has seen stays, the lines after it go; a file that was begun anew by hand is continued as it is.
  @Test func csvGoesOnWhereTheBackupStood() throws {
    let folder = try ScratchFolder()
    let file = folder / "log.csv"
    let begun = CSVLogger(file)
    let context = TrainingContext(control: training)
    try begun.trainBegin(context)
    try begun.epochBegin(context)
    context.logs = ["loss": 3]
    try begun.epochEnd(context)
    let backup = begun.state
    (context.epoch, context.logs) = (1, ["loss": 2])
    try begun.epochEnd(context)

    let resumed = CSVLogger(file)
    try resumed.trainBegin(context)
    resumed.restore(backup)
    for (epoch, loss) in [(1, 2.5), (2, 1.5)] {
      (context.epoch, context.logs) = (epoch, ["loss": loss])
      try resumed.epochBegin(context)
      try resumed.epochEnd(context)
    }
    try resumed.trainEnd(context)
    #expect(try text(of: file) == "epoch,loss\n0,3.0\n1,2.5\n2,1.5\n")

    try training.run([CSVLogger(file)], [])
    #expect(try text(of: file).isEmpty)
  }

  @Test func csvRefusesForeignAndUnwritableFiles() throws {
    let folder = try ScratchFolder()
    try "name,age\n".write(toFile: folder / "people.csv", atomically: true, encoding: .utf8)
    #expect(
      message { try training.run([CSVLogger(folder / "people.csv", append: true)], []) }
        .contains("but its first line is name,age."))
    #expect(try text(of: folder / "people.csv") == "name,age\n")
    #expect(
      message { try training.run([CSVLogger(folder / "people.csv/log.csv")], []) }.contains("expected a folder"))
    // A link to a full device: the write fails, and the link is still there.
    try FileManager.default.createSymbolicLink(atPath: folder / "full.csv", withDestinationPath: "/dev/full")
    #expect(message { try training.run([CSVLogger(folder / "full.csv")], [["loss": 1]]) }.contains("expected to write"))
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder / "full.csv") == "/dev/full")
  }

  // MARK: - Watching

  @Test func historyKeepsEveryEpoch() throws {
    let history = History()
    try training.run([ReduceLROnPlateau(), history], FakeTraining.losses([3, 2]))
    try training.run([history], [["loss": 1]])
    #expect(history["val_loss"] == [3, 2])
    #expect(history["loss"] == [4, 3, 1])
    #expect(history["nothing"].isEmpty)
    #expect(history.names == ["loss", "val_loss", "learning_rate"])
    #expect(history.epochs.map(\.epoch) == [0, 1, 0])
  }

  @Test func closuresAreCalledInTheirMoments() throws {
    var moments: [String] = []
    let callback = LambdaCallback(
      trainBegin: { _ in moments.append("begin") }, trainEnd: { moments.append("end \($0.epoch)") },
      epochBegin: { moments.append("epoch \($0.epoch) \($0.logs.isEmpty)") },
      epochEnd: { moments.append("\($0.logs)") },
      batchEnd: { moments.append("batch \($0.batch) step \($0.step)") })
    try training.run([callback], [["loss": 1]])
    #expect(moments == ["begin", "epoch 0 true", "batch 0 step 1", "batch 1 step 2", "loss 1.0", "end 0"])
    #expect(!LambdaCallback(epochEnd: { _ in }).watchesBatches)
  }

  @Test func logsKeepTheirOrder() {
    var logs: Logs = ["loss": 1, "accuracy": 2]
    logs["val_loss"] = 3
    logs["loss"] = 4
    #expect(logs.names == ["loss", "accuracy", "val_loss"])
    logs["accuracy"] = nil
    #expect(logs.map(\.value) == [4, 3])
    #expect(logs["accuracy"] == nil)
  }
}
