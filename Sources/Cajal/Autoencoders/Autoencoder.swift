/// A network that gives its input back through a code, and what is done with it: train, encode, decode, score.
///
/// It is a `Sequential` of corruption (while training), a part named `encoder` and a part named `decoder`, so that any
/// layers make one; what a code is to be like is said by layers: ``SparsityTarget``, ``ActivityRegularization``,
/// ``Contractive``, ``GaussianLatent``, and ``GaussianNoise``, ``MaskingNoise`` or ``SaltAndPepperNoise`` before the
/// encoder. The three models `model`, `encoder` and `decoder` have the same weights.
///
/// Shapes: samples [count, …], codes [count, …], reconstructions of the samples' shape.
/// Errors: a decoder whose result has another shape than the input; what the layers demand.
/// Example:
/// ```swift
/// let network = try Autoencoder(inputShape: [784], reconstruction: .binaryCrossentropy) {
///   Dense(128, activation: .relu)
///   Dense(32, activation: .relu)
/// } decoder: {
///   Dense(128, activation: .relu)
///   Dense(784, activation: .sigmoid)
/// }
/// try network.fit(pictures, epochs: 10)
/// let codes = try network.encode(pictures)
/// ```
public final class Autoencoder: Sendable {
  /// From input to reconstruction; what is trained and saved.
  public let model: Model
  /// From input to code.
  public let encoder: Model
  /// From code to reconstruction.
  public let decoder: Model
  /// Mean and ln σ² of the code, where it ends in a ``GaussianLatent``.
  public let posterior: Model?
  /// How input and reconstruction are compared.
  public let reconstruction: Reconstruction
  let encoderPart: Sequential

  /// A network from its two parts.
  ///
  /// - Parameters:
  ///   - inputShape: Sizes of one sample, without the batch.
  ///   - reconstruction: How input and reconstruction are compared.
  ///   - corruption: What is done to the input while training; the clean input stays the target.
  ///   - seed: Fixes initial values and all random numbers.
  public convenience init(
    inputShape: Shape, reconstruction: Reconstruction = .meanSquaredError,
    corruption: (any Layer<Tensor, Tensor>)? = nil, seed: Int = 0,
    @SequentialBuilder encoder: () -> [any Layer<Tensor, Tensor>],
    @SequentialBuilder decoder: () -> [any Layer<Tensor, Tensor>]
  ) throws {
    let parts = [Sequential(encoder(), name: "encoder"), Sequential(decoder(), name: "decoder")]
    let network = Sequential((corruption.map { [$0] } ?? []) + parts)
    try self.init(Model(network, inputShape: inputShape, seed: seed), reconstruction: reconstruction)
    compile(optimizer: .adam())
  }

  /// A network that is a model already, such as one read from a file: a `Sequential` with parts `encoder` and `decoder`.
  ///
  /// It trains as the model was compiled.
  public init(_ model: Model, reconstruction: Reconstruction) throws {
    let layers = (model.architecture as? Sequential)?.layers ?? []
    func part(_ name: String) throws -> Sequential {
      if let found = layers.first(where: { $0.name.text == name }) as? Sequential { return found }
      throw CajalError(
        .argument, "Autoencoder", expected: "a Sequential with a part named '\(name)'", given: "there is none",
        advice: "Make one with Autoencoder(inputShape:encoder:decoder:).")
    }
    let (encoder, decoder) = (try part("encoder"), try part("decoder"))
    guard model.inputTypes == model.outputTypes, let type = model.inputTypes.first else {
      throw CajalError(
        .shape, "Autoencoder", expected: "a reconstruction \(model.inputTypes[0]), as the input",
        given: "the decoder gives \(model.outputTypes[0])")
    }
    self.model = model
    self.reconstruction = reconstruction
    encoderPart = encoder
    let coding = try model.sharing([type]) { [encoder($0[0])] }
    self.encoder = coding
    self.decoder = try model.sharing(coding.outputTypes) { [decoder($0[0])] }
    let latent = (encoder.layers.last as? GaussianLatent)?.name.text
    posterior = try latent.map { try coding.intermediate("encoder/\($0)/mean", "encoder/\($0)/log_variance") }
  }

  /// Sets the rule for new parameters; Adam with its usual step size otherwise.
  public func compile(optimizer: any Optimizer, metrics: [any Metric] = []) {
    model.compile(optimizer: optimizer, loss: reconstruction.loss, metrics: metrics)
  }

  // MARK: - Training

  /// Trains on samples in memory, each its own target.
  ///
  /// Errors: data that does not fit or is empty; values that the reconstruction cannot have; a loss that is no number.
  @discardableResult
  public func fit(
    _ x: Tensor, epochs: Int = 1, batchSize: Int = 128, validationData: Tensor? = nil, shuffle: Bool = true,
    callbacks: [any Callback] = [], verbose: Verbosity = .progress
  ) throws -> History {
    let validation = try validationData.map { try source($0, shuffles: false) }
    return try model.fit(
      source(x, shuffles: shuffle), epochs: epochs, batchSize: batchSize, validationData: validation,
      callbacks: callbacks, verbose: verbose)
  }

  /// Trains on samples from anywhere: the inputs of a source are the targets too, its own targets are left out.
  @discardableResult
  public func fit(
    _ source: any BatchSource, epochs: Int = 1, batchSize: Int = 128, validationData: (any BatchSource)? = nil,
    callbacks: [any Callback] = [], verbose: Verbosity = .progress
  ) throws -> History {
    try model.fit(
      InputsAsTargets(source, reconstruction), epochs: epochs, batchSize: batchSize,
      validationData: validationData.map { try InputsAsTargets($0, reconstruction) }, callbacks: callbacks,
      verbose: verbose)
  }

  private func source(_ x: Tensor, shuffles: Bool) throws -> InputsAsTargets {
    let source = try ArraySource(inputs: [x], targets: [], shuffles: shuffles)
    try source.demandFinite()
    return try InputsAsTargets(source, reconstruction)
  }

  // MARK: - Use

  /// The codes of samples; of a ``GaussianLatent`` the means.
  public func encode(_ x: Tensor, batchSize: Int = 128) throws -> Tensor {
    try encoder.predict(x, batchSize: batchSize)
  }

  /// What the decoder makes of codes.
  public func decode(_ codes: Tensor, batchSize: Int = 128) throws -> Tensor {
    try decoder.predict(codes, batchSize: batchSize)
  }

  /// Samples through encoder and decoder, without corruption.
  public func reconstruct(_ x: Tensor, batchSize: Int = 128) throws -> Tensor {
    try model.predict(x, batchSize: batchSize)
  }

  /// How badly each sample is given back: the reconstruction's loss, by which what is unlike the training data stands out.
  ///
  /// Shapes: x [count, …] → [count].
  public func scores(_ x: Tensor, batchSize: Int = 128) throws -> Tensor {
    try reconstruction.demandValues(of: x, "scores")
    let loss = reconstruction.loss
    let step = CompiledStep { [model] step in
      let values = try loss(target: step.inputs[0], prediction: model(step.inputs[0], training: false))
      return [values.rank > 1 ? values.mean(axes: Array(1..<values.rank)) : values]
    }
    return try step.inBatches(x, batchSize)
  }

  /// What the decoder makes of codes on the line from one to another, both ends included: what lies between two samples.
  ///
  /// Shapes: codes of one sample each, [1, …] → reconstructions [count, …].
  public func interpolate(_ first: Tensor, _ last: Tensor, count: Int) throws -> Tensor {
    guard count > 1, first.type == last.type, first.rank > 1, first.shape[0] == 1 else {
      throw CajalError(
        .argument, "interpolate", expected: "two codes of one sample and at least 2 steps",
        given: "they are \(first.shape) and \(last.shape), in \(count) steps")
    }
    let parts = Tensor.linspace(0, 1, count: count)
      .reshaped(Shape([count] + Array(repeating: 1, count: first.rank - 1)))
    return try decode(first * (1 - parts) + last * parts)
  }

  /// The encoder as a model of its own whose weights begin as copies of these: to put a classifier on, and train on.
  ///
  /// Example: `let pretrained = try network.pretrainedEncoder()`, then
  /// `try Model(inputs: pretrained.inputTypes) { [Dense(10, activation: .softmax)(pretrained($0[0]))] }`
  public func pretrainedEncoder() throws -> Model {
    let layer = encoderPart.renewed
    let copy = try Model(layer, inputs: model.inputTypes, seed: model.store.seed)
    for variable in copy.variables {
      try copy.setWeight(variable.name, model.weight("encoder/" + variable.name))
    }
    return copy
  }
}

extension Sequential {
  /// The same layers as parts of another model.
  fileprivate var renewed: Sequential { Sequential(layers) }
}

extension Model {
  /// A model of layers of this one, with the same weights.
  fileprivate func sharing(
    _ inputs: [TensorType], _ body: @escaping @Sendable ([Tensor]) throws -> [Tensor]
  ) throws -> Model {
    try lock.withLock {
      try Model(
        inputs: inputs, seed: store.seed, architecture: nil, values: .initialized, sharing: self, body)
    }
  }
}

extension CompiledStep {
  /// The step's first result for samples along the first axis, batch by batch.
  func inBatches(_ x: Tensor, _ batchSize: Int) throws -> Tensor {
    guard batchSize > 0 else {
      throw CajalError(.argument, "Autoencoder", expected: "a positive batch size", given: "it is \(batchSize)")
    }
    guard x.rank > 0, x.shape[0] > 0 else {
      throw CajalError(.value, "Autoencoder", expected: "at least one sample", given: "the shape is \(x.shape)")
    }
    let values = x.storage
    let width = x.type.byteCount / x.shape[0]
    var results: [Tensor] = []
    for start in stride(from: 0, to: x.shape[0], by: batchSize) {
      let count = min(batchSize, x.shape[0] - start)
      let part = Storage(x.dtype, count: values.count / x.shape[0] * count)
      part.pointer.copyMemory(from: values.pointer + start * width, byteCount: count * width)
      let batch = try Tensor(part, shape: Shape([count] + x.shape.dimensions.dropFirst()))
      results.append(try run([batch])[0])
    }
    return results.count == 1 ? results[0] : Tensor.concatenate(results)
  }
}
