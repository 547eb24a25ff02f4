// Backups of a run of `fit`, and how one goes on.

extension TrainingLoop {
  /// The next sample to be seen.
  var progress: TrainingProgress {
    let epoch = context?.epoch ?? 0
    return TrainingProgress(
      epoch: isEpochOver ? epoch + 1 : epoch, samples: isEpochOver ? 0 : training.samples,
      batches: isEpochOver ? 0 : training.batches, sampleCount: source.sampleCount,
      history: history.epochs.map { TrainingProgress.Epoch(epoch: $0.epoch, logs: $0.logs) },
      callbacks: callbacks.map {
        TrainingProgress.CallbackEntry(className: String(describing: type(of: $0)), numbers: $0.state.numbers)
      })
  }

  func backUp(to path: String) throws {
    var weights: [Int: WeightSnapshot] = [:]
    for (place, callback) in callbacks.enumerated() { weights[place] = callback.state.weights }
    try model.write(
      to: path, includingTraining: true, progress: progress, withSums: !isEpochOver, callbackWeights: weights)
  }

  func resume(from path: String) throws -> Bool {
    guard SavedFolder.exists(path) else { return false }
    let folder = try SavedFolder(path)
    guard let progress = try folder.decode(SavedProgress.self).progress, let state = try folder.tensors(SavedFolder.training),
      progress.epoch >= 0, progress.samples >= 0, progress.batches >= 0
    else {
      throw CajalError(
        .format, path, expected: "a backup of a run of fit", given: "it does not say where training stood",
        advice: "Remove it to begin anew.")
    }
    try demandSameRun(folder, progress)
    _ = try model.read(folder.weightFile(), allowingPartial: false, skippingMismatched: false)
    try settings.restore(state)
    model.store.restore(seed: folder.head.seed, step: folder.head.step)
    for epoch in progress.history { history.append(epoch: epoch.epoch, logs: epoch.logs) }
    for (place, callback) in callbacks.enumerated() where progress.callbacks.indices.contains(place) {
      let entry = progress.callbacks[place]
      guard entry.className == String(describing: type(of: callback)) else { continue }
      callback.restore(
        CallbackState(
          numbers: entry.numbers, weights: try SafetensorsContents.snapshot(of: place, in: state, model.variables)))
    }
    resumption = progress
    context?.step = model.store.step
    note(
      progress.samples > 0
        ? "Going on in epoch \(progress.epoch + 1), after \(progress.samples) samples (\(path))."
        : "Going on with epoch \(progress.epoch + 1) (\(path)).")
    return true
  }

  private func demandSameRun(_ folder: SavedFolder, _ progress: TrainingProgress) throws {
    let advice = "Train as before, or remove the backup to begin anew."
    let own = type(of: settings.optimizer).className
    let saved = try folder.decode(SavedOptimizerName.self).compilation?.optimizer.className
    guard saved == own else {
      throw CajalError(
        .argument, folder.path, expected: "a backup of training with \(own)", given: "it is of \(saved?.prefix(60) ?? "none")",
        advice: advice)
    }
    guard let count = source.sampleCount, progress.samples > 0 else { return }
    guard progress.sampleCount == count, progress.samples <= count else {
      throw CajalError(
        .argument, folder.path, expected: "a backup of training on \(count) samples, as there are now",
        given: "it is of \(progress.sampleCount.map(String.init) ?? "an unknown number of") samples", advice: advice)
    }
  }
}
