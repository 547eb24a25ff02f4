/// Steps of matrices whose momentum is made nearly orthogonal, so that every direction moves alike; AdamW for the rest.
///
/// m ← μ m + g, u = m, or g + μ m with Nesterov. u is divided by its norm, and `nsSteps` times X ← a X + (b A + c A²) X with
/// A = X Xᵀ brings its singular values near 1 (Newton and Schulz); w ← w - η √(larger side) · `rmsRate` · X.
/// Parameters of two axes are taken this way, unless their path has `embedding` in it or one of `excludeLayers`.
/// Example: `Muon(learningRate: 0.001)`. Source: Jordan et al., "Muon", 2024; Liu et al., arXiv:2502.16982; as in Keras.
public struct Muon: Optimizer, Hashable {
  public var learningRate: Double
  /// How much of the average gradient AdamW keeps each step.
  public var adamBeta1: Double
  /// How much of the average square AdamW keeps each step.
  public var adamBeta2: Double
  /// AdamW's weight decay; nil for none. `weightDecay` is that of the matrices.
  public var adamWeightDecay: Double?
  /// Added to what AdamW divides by.
  public var epsilon: Double
  public var clipping: GradientClipping?
  public var weightDecay: WeightDecay?
  public var ema: WeightAverage?
  public var gradientAccumulationSteps: Int?
  /// Regular expressions; a parameter whose path has one of them is left to AdamW.
  public var excludeLayers: [String]
  /// Whether parameters whose path has `embedding` in it are left to AdamW.
  public var excludeEmbeddings: Bool
  /// a of the iteration.
  public var muonA: Double
  /// b of the iteration.
  public var muonB: Double
  /// c of the iteration.
  public var muonC: Double
  /// AdamW's learning rate as a multiple of the optimizer's.
  public var adamLrRatio: Double
  /// How much of the momentum is kept each step.
  public var momentum: Double
  /// How often the iteration is repeated.
  public var nsSteps: Int
  /// Whether the gradient counts as taken after the coming move.
  public var nesterov: Bool
  /// The root mean square of a step's elements, in learning rates; nil leaves steps orthogonal.
  public var rmsRate: Double?

  /// The rule; each option is the property of that name.
  public init(
    learningRate: Double = 0.001, adamBeta1: Double = 0.9, adamBeta2: Double = 0.999,
    adamWeightDecay: Double? = 0.004, epsilon: Double = 1e-7, clipping: GradientClipping? = nil,
    weightDecay: WeightDecay? = 0.004, ema: WeightAverage? = nil, gradientAccumulationSteps: Int? = nil,
    excludeLayers: [String] = [], excludeEmbeddings: Bool = true, muonA: Double = 3.4445, muonB: Double = -4.7750,
    muonC: Double = 2.0315, adamLrRatio: Double = 1, momentum: Double = 0.95, nsSteps: Int = 5, nesterov: Bool = true,
    rmsRate: Double? = 0.2
  ) {
    self.learningRate = learningRate
    self.adamBeta1 = adamBeta1
    self.adamBeta2 = adamBeta2
    self.adamWeightDecay = adamWeightDecay
    self.epsilon = epsilon
    self.clipping = clipping
    self.weightDecay = weightDecay
    self.ema = ema
    self.gradientAccumulationSteps = gradientAccumulationSteps
    self.excludeLayers = excludeLayers
    self.excludeEmbeddings = excludeEmbeddings
    self.muonA = muonA
    self.muonB = muonB
    self.muonC = muonC
    self.adamLrRatio = adamLrRatio
    self.momentum = momentum
    self.nsSteps = nsSteps
    self.nesterov = nesterov
    self.rmsRate = rmsRate
  }

  /// Whether a parameter is left to AdamW.
  public func usesAdamW(path: String, shape: Shape) -> Bool {
    if shape.rank != 2 { return true }
    if excludeEmbeddings, path.lowercased().contains("embedding") { return true }
    return excludeLayers.contains { pattern in
      guard let expression = try? Regex(pattern) else { return path.contains(pattern) }
      return path.firstMatch(of: expression) != nil
    }
  }

  public func step(_ parameter: Tensor, path: String, gradient: Tensor, _ scope: UpdateScope) -> Tensor {
    let gradient = gradient.cast(to: parameter.dtype)
    guard usesAdamW(path: path, shape: parameter.shape) else {
      let decayed = weightDecay?.applied(to: parameter, path: path, scope) ?? parameter
      return update(decayed, gradient: gradient, scope).cast(to: parameter.dtype)
    }
    var decayed = parameter
    if let adamWeightDecay {
      let decay = WeightDecay(adamWeightDecay, excluding: weightDecay?.excluding ?? [])
      decayed = decay.applied(to: parameter, path: path, named: "adam_weight_decay", scope)
    }
    let adam = Adam(beta1: adamBeta1, beta2: adamBeta2, epsilon: epsilon)
    let rate = adamLrRatio == 1 ? scope : scope.withLearningRate(scope.learningRate * adamLrRatio)
    return adam.update(decayed, gradient: gradient, rate).cast(to: parameter.dtype)
  }

  /// The update of a matrix.
  public func update(_ parameter: Tensor, gradient: Tensor, _ scope: UpdateScope) -> Tensor {
    let average = scope.slot("momentum", like: parameter)
    let keep = scope.hyperparameter("momentum", momentum)
    let next = average * keep + gradient
    scope.set(average, to: next)
    let direction = orthogonalized(nesterov ? gradient + next * keep : next)
    let size = rmsRate.map { Double(max(parameter.shape[0], parameter.shape[1])).squareRoot() * $0 } ?? 1
    return parameter - direction * (scope.learningRate * size)
  }

  /// A matrix of the same singular vectors, whose singular values are near 1.
  private func orthogonalized(_ matrix: Tensor) -> Tensor {
    let isTall = matrix.shape[-2] > matrix.shape[-1]
    var x = isTall ? matrix.transposed() : matrix
    x = x / (x.squared().sum().sqrt() + 1e-7)
    for _ in 0..<nsSteps {
      let a = x.matmul(x, transposeOther: true)
      x = x * muonA + (a * muonB + a.matmul(a) * muonC).matmul(x)
    }
    return isTall ? x.transposed() : x
  }
}

extension Optimizer where Self == Muon {
  /// ``Muon`` with its usual options.
  public static var muon: Muon { Muon() }
}
