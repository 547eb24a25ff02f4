import CajalGraph

/// Restricted Boltzmann machines on top of each other: each is trained on the features of the one below.
///
/// It samples from its top machine and paints downwards, and it is the beginning of a classifier that backpropagation then
/// fine-tunes.
///
/// Example:
/// ```swift
/// let network = try DeepBeliefNetwork(visible: 784, hidden: [500, 500], seed: 1)
/// try network.pretrain(images, epochs: 10)
/// let model = try network.classifier(classes: 10)
/// model.compile(optimizer: .adam(), loss: .sparseCategoricalCrossentropy, metrics: [.accuracy])
/// ```
/// Source: Hinton, Osindero and Teh, "A fast learning algorithm for deep belief nets", Neural Computation 18, 2006.
public final class DeepBeliefNetwork: Sendable {
  /// The machines, the lowest first.
  public let layers: [RestrictedBoltzmannMachine]

  /// Machines with small weights.
  ///
  /// - Parameters:
  ///   - hidden: Units of each layer above the visible one.
  ///   - units: What the visible units are.
  /// Errors: `.argument` for no layer or a layer without units.
  public init(
    visible: Int, hidden: [Int], units: RestrictedEnergy.Visible = .bernoulli, seed: Int = 0
  ) throws {
    try demandLayers("DeepBeliefNetwork", hidden)
    var below = visible
    var layers: [RestrictedBoltzmannMachine] = []
    for (index, count) in hidden.enumerated() {
      layers.append(
        try RestrictedBoltzmannMachine(
          visible: below, hidden: count, units: index == 0 ? units : .bernoulli, seed: seed &+ index))
      below = count
    }
    self.layers = layers
  }

  /// Trains the machines one after the other, the lowest first; each learns from states drawn from the one below.
  ///
  /// - Parameter onEpoch: Told the layer, counted from 0, and its epoch; false ends that layer's training.
  /// Errors: those of ``RestrictedBoltzmannMachine/fit(_:epochs:batchSize:by:seed:onEpoch:)``.
  public func pretrain(
    _ data: Tensor, epochs: Int, batchSize: Int = 100, by settings: ContrastiveDivergence = ContrastiveDivergence(),
    seed: Int = 0, onEpoch: (_ layer: Int, RestrictedTrainer.Epoch) throws -> Bool = { _, _ in true }
  ) throws {
    var rows = data
    for (index, layer) in layers.enumerated() {
      try layer.setVisibleBias(from: rows)
      try layer.fit(rows, epochs: epochs, batchSize: batchSize, by: settings, seed: seed &+ index) {
        try onEpoch(index, $0)
      }
      if Interruption.isRequested { return }
      // States, not their probabilities: the next machine is to dream what this one does.
      if index + 1 < layers.count { rows = try layer.features(rows).binarized(seed: seed &+ index).evaluatedCopy() }
    }
  }

  /// Probabilities of the units of the top layer, `[rows, units]`, each layer given those of the one below.
  ///
  /// Errors: `.shape` and `.value` for data that does not fit the visible units.
  public func features(_ data: Tensor) throws -> Tensor { try layers.reduce(data) { try $1.features($0) } }

  /// Draws from the network: Gibbs sweeps in the top machine, then means downwards.
  ///
  /// Shapes: `[count, visible]`. Errors: `.argument` for fewer than 1 sample or sweep.
  public func samples(_ count: Int, sweeps: Int = 1000, seed: Int = 0) throws -> Tensor {
    let top = layers[layers.count - 1]
    let sampler = try GibbsSampler(top, chains: count, seed: seed)
    guard layers.count > 1 else { return try sampler.run(sweeps: sweeps) }
    return layers.dropLast().reversed().reduce(try sampler.run(sweeps: sweeps)) { $1.energy.visibleMeans($0) }
      .evaluatedCopy()
  }

  /// A network of dense sigmoid layers with the machines' weights, and a softmax layer that is still to be trained.
  ///
  /// Errors: `.argument` for fewer than 2 classes.
  public func classifier(classes: Int, seed: Int = 0) throws -> Model {
    guard classes >= 2 else {
      throw CajalError(
        .argument, "DeepBeliefNetwork.classifier", expected: "2 classes at least", given: "there are \(classes)")
    }
    let network = Sequential {
      for (index, layer) in layers.enumerated() {
        Dense(layer.hiddenCount, activation: .sigmoid, name: "layer\(index)")
      }
      Dense(classes, activation: .softmax, name: "classes")
    }
    let model = try Model(network, inputShape: [layers[0].visibleCount], seed: seed)
    for (index, layer) in layers.enumerated() {
      try model.setWeight("layer\(index)/kernel", layer.weights.tensor)
      try model.setWeight("layer\(index)/bias", layer.hiddenBias.tensor)
    }
    return model
  }
}

/// Errors: `.argument` for no layers, or one without units.
func demandLayers(_ subject: String, _ hidden: [Int]) throws {
  guard !hidden.isEmpty else {
    throw CajalError(.argument, subject, expected: "one hidden layer at least", given: "there is none")
  }
  for (index, count) in hidden.enumerated() where count < 1 {
    throw CajalError(
      .argument, subject, expected: "1 unit at least in each layer", given: "hidden layer \(index) has \(count)")
  }
}
