/// Mixes each image with another one of its batch, and their labels in the same proportion.
///
/// The proportion is drawn from Beta(α, α). Training only.
/// Shapes: `[images, labels]` of `[batch, height, width, channels]` and `[batch, classes]` → the same.
/// Source: Zhang et al., arXiv:1710.09412.
/// Example: `let mixed = MixUp()(images, labels)`
public struct MixUp: Layer {
  /// α: small numbers leave most images nearly as they are.
  public var alpha: Double
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(alpha: Double = 0.2, name: String? = nil) {
    self.alpha = alpha
    self.name = LayerName(name)
  }

  public func forward(_ inputs: [Tensor]) throws -> [Tensor] {
    let (images, labels) = try imagesAndLabels(inputs)
    guard images.scope.isTraining else { return [images, labels] }
    let weight = try images.scope.beta(alpha, count: images.shape[0])
    let order = images.scope.shuffled(images.shape[0])
    return [images, labels].map { x in
      let own = weight.reshaped(Shape([x.shape[0]] + Array(repeating: 1, count: x.rank - 1)))
      return own * x + (1 - own) * x.gathered(order)
    }
  }
}

extension Layer {
  /// Images and the labels that belong to them.
  func imagesAndLabels(_ inputs: [Tensor]) throws -> (images: Tensor, labels: Tensor) {
    try demand(inputs.count == 2, expected: "[images, labels]", given: "there are \(inputs.count) inputs")
    try demandImage(inputs[0], spatialAxes: 2)
    try demand(
      inputs[1].rank >= 1 && inputs[1].shape[0] == inputs[0].shape[0], .shape, expected: "as many labels as images",
      given: "they are \(inputs[1].shape) and \(inputs[0].shape)")
    return (
      inputs[0].dtype.isFloating ? inputs[0] : inputs[0].cast(to: .float32),
      inputs[1].dtype.isFloating ? inputs[1] : inputs[1].cast(to: .float32)
    )
  }
}

extension Scope {
  /// Numbers 0 ..< count in a random order, as `int32`.
  func shuffled(_ count: Int) -> Tensor { uniform([count]).sorted().indices.cast(to: .int32) }

  /// Numbers from Beta(α, α).
  func beta(_ alpha: Double, count: Int) throws -> Tensor {
    guard alpha > 0, alpha <= 2 else {
      throw CajalError(.argument, "Beta", expected: "an alpha above 0, at most 2", given: "it is \(alpha)")
    }
    return beta(alpha, alpha, count: count)
  }

  /// Numbers from Beta(a, b) by Jöhnk's method: of 32 trials each the first that fits counts.
  private func beta(_ a: Double, _ b: Double, count: Int) -> Tensor {
    let trials = 32
    let (u, v) = (uniform([trials, count]).power(1 / a), uniform([trials, count]).power(1 / b))
    let sum = u + v
    let fits = (sum .<= 1).and(sum .> 0)
    // The earliest trial that fits has the largest mark; where none does it is the first trial.
    let marks = fits.select(
      Double(trials) - Tensor.indices(along: 0, shape: [trials, count]).cast(to: .float32), sum.filled(0))
    let chosen = marks.argMax(axis: 0).expandingDimension(at: 0)
    return (u / sum.maximum(1e-30)).gatheredAlong(axis: 0, chosen).squeezed(axes: [0])
  }

  /// Numbers from Gamma(α): a sum of exponential ones, and a part of one for what is left of α.
  func gamma(_ alpha: Double, count: Int) throws -> Tensor {
    guard alpha > 0, alpha <= 2 else {
      throw CajalError(.argument, "Gamma", expected: "an alpha above 0, at most 2", given: "it is \(alpha)")
    }
    func exponential() -> Tensor { -(1 - uniform([count])).log() }
    let whole = Int(alpha)
    let rest = alpha - Double(whole)
    var sum = rest > 1e-6 ? exponential() * beta(rest, 1 - rest, count: count) : Tensor.zeros([count])
    for _ in 0..<whole { sum = sum + exponential() }
    return sum
  }
}
