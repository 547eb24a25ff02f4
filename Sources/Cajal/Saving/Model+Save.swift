// Whole models: architecture, weights, and the state of training.
import Foundation

extension Model {
  /// Writes the model: architecture, weights, what `compile` was given, and the optimizer's state.
  ///
  /// The model becomes one of Keras's archives, which Python reads and trains on; its name ends in `.keras`, which is
  /// added where it is missing. A path that ends in `.cajal` or `/`, or at which there is a folder, becomes Cajal's own:
  /// `config.json`, `model.safetensors` and, where the model is compiled, `training.safetensors`. All or nothing: either is
  /// written aside, brought to the disk and then put in place, so that a kill, a full disk or a crash at any moment leaves
  /// the old model or the new one.
  ///
  /// - Parameter includingTraining: Whether training can go on where it stood; without, less is written.
  /// Errors: `.unsupported` for a model of a closure, whose architecture has no description; `.argument` where something
  /// else is in the way; `.system` where the system refuses.
  /// Example: `try model.save(to: "digits.keras"); let same = try Model.load(from: "digits.keras")`
  public func save(to path: String, includingTraining: Bool = true) throws {
    try save(to: path, includingTraining: includingTraining, progress: nil)
  }

  func save(to path: String, includingTraining: Bool, progress: TrainingProgress?) throws {
    switch SavedForm(writing: path) {
    case .archive(let path):
      try lock.withLock { try saveKeras(to: path, includingTraining: includingTraining) }
    case .folder(let path):
      guard architecture != nil else { throw unrecordedError }
      try write(to: path, includingTraining: includingTraining, progress: progress)
    }
  }

  private var unrecordedError: CajalError {
    CajalError(
      .unsupported, "save", expected: "a model made of layers",
      given: unrecorded.map { "in \($0.subject) \($0.given)" } ?? "this one has no architecture",
      advice:
        "Write that part as a Layer, or use saveWeights(to:) and build the model in the program that reads them.")
  }

  /// As `save`, also without an architecture: for a backup that the same program reads.
  ///
  /// - Parameter callbackWeights: Weights that callbacks remember, by the callback's place.
  func write(
    to path: String, includingTraining: Bool, progress: TrainingProgress?, withSums: Bool = false,
    callbackWeights: [Int: WeightSnapshot] = [:]
  ) throws {
    try lock.withLock {
      var parts = [(SavedFolder.weights, weightContents())]
      if includingTraining, let training {
        var contents = training.stateContents(withSums: withSums)
        for (place, snapshot) in callbackWeights { contents.add(snapshot, of: place, variables) }
        parts.append((SavedFolder.training, contents))
      }
      try SavedFolder.write(parts, to: path) { sizes in
        SavedConfiguration(
          head: SavedHead(files: sizes, seed: store.seed, step: store.step, frozen: frozen.sorted()),
          architecture: architecture.map { SavedArchitecture($0, inputTypes) },
          compilation: SavedCompilation(compilation: training.map(CompileEntry.init)),
          progress: SavedProgress(progress: progress))
      }
    }
  }

  /// Reads a saved model: a `.keras` archive, one of Cajal's folders, or a whole model of Keras 2 in HDF5.
  ///
  /// A path at which there is nothing is tried with `.keras`, which `save` adds.
  /// What of a Keras file is computed in another way is told by `notes`.
  /// - Parameters:
  ///   - compiled: Whether to compile it as it was and to take over the optimizer's state, so that `fit`
  ///     goes on; from Cajal's folders with the same bits as if it had never stopped.
  ///   - inputShapes: Sizes of one sample of each input, where a Keras file leaves some open.
  /// Errors: `.missing` where there is none, or for a class of layers, losses, … that is not registered; `.format` where a
  /// file is damaged. Memory is bounded by the size of the files.
  /// Example:
  /// ```swift
  /// let model = try Model.load(from: "digits.keras")
  /// try model.fit(images, labels, epochs: 10, initialEpoch: 5)
  /// ```
  public static func load(from path: String, compiled: Bool = true, inputShapes: [Shape] = []) throws -> Model {
    let path = SavedForm.found(path)
    if KerasFile.isArchive(path) || path.hasSuffix(".keras") && Aside.kind(path) == S_IFREG {
      return try loadKeras(path, compiled: compiled, inputShapes: inputShapes)
    }
    if KerasFile.isHDF5(path) { return try loadLegacyKeras(path, compiled: compiled, inputShapes: inputShapes) }
    let folder = try SavedFolder(path)
    let weights = try folder.weightFile()
    let saved: SavedArchitecture = try folder.architecture()
    let model: Model
    do {
      model = try Model.restored(
        saved.architecture.layer, saved.inputs.map { TensorType($0.shape, $0.dtype) }, seed: folder.head.seed, weights)
    } catch let error as CajalError {
      throw error.noticed(by: folder.path)
    }
    _ = try model.read(weights, allowingPartial: false, skippingMismatched: false)
    model.store.restore(seed: folder.head.seed, step: folder.head.step)
    for path in folder.head.frozen { try model.setTrainable(false, path) }
    if compiled, let compilation = try folder.decode(SavedCompilation.self).compilation {
      try model.restoreCompilation(compilation, folder)
    }
    return model
  }

  private static func restored<L: Layer>(
    _ layer: L, _ inputs: [TensorType], seed: Int, _ weights: SafetensorsFile
  ) throws -> Model {
    let types = Dictionary(uniqueKeysWithValues: weights.entries.map { ($0.name, $0.type) })
    return try Model(inputs: inputs, seed: seed, architecture: layer, values: .saved(types)) { tensors in
      try layer.forward(L.Input(tensors: tensors)).tensors
    }
  }

  private func restoreCompilation(_ entry: CompileEntry, _ folder: SavedFolder) throws {
    guard entry.losses.count == outputTypes.count, entry.lossWeights.count == entry.losses.count else {
      throw CajalError(
        .format, folder.path, expected: "a loss and a weight for each of \(outputTypes.count) outputs",
        given: "there are \(entry.losses.count) and \(entry.lossWeights.count)")
    }
    let outputs = entry.metricOutputs ?? entry.metrics.map { _ in nil }
    guard outputs.count == entry.metrics.count,
      outputs.allSatisfy({ $0.map(outputTypes.indices.contains) ?? true })
    else {
      throw CajalError(
        .format, folder.path, expected: "an output for each of \(entry.metrics.count) metrics",
        given: "there is another")
    }
    compile(
      entry.optimizer.optimizer, entry.losses.map(\.loss), entry.lossWeights,
      Array(zip(entry.metrics.map(\.metric), outputs)))
    if let file = try folder.tensors(SavedFolder.training) { try training?.restore(file) }
  }
}

extension SavedFolder {
  private static let mostElements = 1 << 36

  func architecture() throws -> SavedArchitecture {
    struct Presence: Decodable { var inputs: [SavedArchitecture.Input]? }
    guard try decode(Presence.self).inputs != nil else {
      throw CajalError(
        .unsupported, path, expected: "a saved architecture", given: "the model was made of a closure and has none",
        advice: "Build the model and use loadWeights(from:).")
    }
    let saved = try decode(SavedArchitecture.self)
    for input in saved.inputs {
      let isReasonable = input.shape.dimensions.allSatisfy { (0...Self.mostElements).contains($0) }
      guard isReasonable, input.shape.dimensions.reduce(1.0, { $0 * Double($1) }) <= Double(Self.mostElements) else {
        throw CajalError(
          .format, path, expected: "inputs of 0 to 2^36 elements", given: "a sample has the shape \(input.shape)")
      }
    }
    return saved
  }
}

extension SafetensorsContents {
  private static func prefix(_ place: Int) -> String { "callbacks/\(place)/" }

  mutating func add(_ snapshot: WeightSnapshot, of place: Int, _ variables: [Variable]) {
    for variable in variables {
      guard let value = snapshot.values[variable.name], value.count == variable.type.shape.count else { continue }
      add(Self.prefix(place) + variable.name, variable.type) { value }
    }
  }

  /// Weights that the callback at a place remembered, as far as they fit the variables.
  static func snapshot(of place: Int, in file: SafetensorsFile, _ variables: [Variable]) throws -> WeightSnapshot? {
    var values: [String: Storage] = [:]
    for variable in variables {
      guard let entry = file[prefix(place) + variable.name], entry.type == variable.type else { continue }
      values[variable.name] = try file.storage(entry)
    }
    return values.isEmpty ? nil : WeightSnapshot(values)
  }
}
