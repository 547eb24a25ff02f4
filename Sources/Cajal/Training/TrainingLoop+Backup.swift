// Backups of a run of `fit`, and how one goes on.

extension TrainingLoop {
  /// The next sample to be seen.
  var progress: TrainingProgress {
    let epoch = context?.epoch ?? 0
    return TrainingProgress(
      epoch: isEpochOver ? epoch + 1 : epoch, samples: isEpochOver ? 0 : training.samples,
      batches: isEpochOver ? 0 : training.batches, sampleCount: source.sampleCount,
      history: history.epochs.map { TrainingProgress.Epoch(epoch: $0.epoch, logs: $0.logs) },
      callbacks: callbacks.map { TrainingProgress.CallbackEntry(className: className($0), numbers: $0.state.numbers) })
  }

  func backUp(to path: String) throws {
    // A run goes on with the parameters, whatever stands in their place for the moment.
    let isSwapped = settings.optimization.areAveragesSwapped
    if isSwapped { settings.optimization.swapAverages() }
    defer { if isSwapped { settings.optimization.swapAverages() } }
    var weights: [Int: WeightSnapshot] = [:]
    for (place, callback) in callbacks.enumerated() { weights[place] = callback.state.weights }
    try model.write(
      to: path, includingTraining: true, progress: progress, withSums: !isEpochOver, callbackWeights: weights)
  }

  func resume(from path: String) throws -> Bool {
    guard SavedFolder.exists(path) else { return false }
    let folder = try SavedFolder(path)
    guard let progress = try folder.decode(SavedProgress.self).progress,
      let state = try folder.tensors(SavedFolder.training),
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
    try restoreCallbacks(progress.callbacks, state)
    resumption = progress
    context?.step = model.store.step
    note(
      progress.samples > 0
        ? "Going on in epoch \(progress.epoch + 1), after \(progress.samples) samples (\(path))."
        : "Going on with epoch \(progress.epoch + 1) (\(path)).")
    return true
  }

  private func className(_ callback: any Callback) -> String { String(describing: type(of: callback)) }

  /// The first of a class takes over what the first of that class remembered, and so on.
  private func restoreCallbacks(_ entries: [TrainingProgress.CallbackEntry], _ file: SafetensorsFile) throws {
    var saved = Array(entries.enumerated())
    for callback in callbacks {
      guard let index = saved.firstIndex(where: { $0.element.className == className(callback) }) else { continue }
      let (place, entry) = saved.remove(at: index)
      let weights = try SafetensorsContents.snapshot(of: place, in: file, model.variables)
      callback.restore(CallbackState(numbers: entry.numbers, weights: weights))
    }
  }

  private func demandSameRun(_ folder: SavedFolder, _ progress: TrainingProgress) throws {
    let advice = "Train as before, or remove the backup to begin anew."
    let own = type(of: settings.optimizer).className
    let saved = try folder.decode(SavedOptimizerName.self).compilation?.optimizer.className
    guard saved == own else {
      throw CajalError(
        .argument, folder.path, expected: "a backup of training with \(own)",
        given: "it is of \(saved?.prefix(60) ?? "none")",
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
