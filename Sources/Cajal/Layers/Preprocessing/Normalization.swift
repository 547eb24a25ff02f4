/// Subtracts a mean and divides by a deviation, which are given or learned from data by `adapt`.
///
/// y = (x - μ) / max(σ, 10⁻⁷), or with `invert` y = μ + x max(σ, 10⁻⁷). One mean for each place along `axis`.
/// Shapes: x `[batch, …]` → the same; unless given, `mean` and `variance` have the sizes of `axis`, `count` is a scalar.
/// Errors: a mean without a variance, axes the input does not have.
/// Example: `var normalization = Normalization(); try normalization.adapt(x)`
public struct Normalization: Layer {
  /// The axes with a mean for each place, the last one by default; none for one mean of all.
  public var axis: [Int]
  /// Given means, in the order of the sizes of `axis`; one number holds for all.
  public var mean: [Double]?
  /// Given variances, as many as means.
  public var variance: [Double]?
  /// Whether the layer goes back from normalized values.
  public var invert: Bool
  public static var passesMask: Bool { true }
  public var name: LayerName
  /// What `adapt` has found: the first values of the layer's states.
  private var found: (mean: [Float], variance: [Float])?

  /// Describes the layer; each option is the property of that name.
  public init(
    axis: [Int] = [-1], mean: [Double]? = nil, variance: [Double]? = nil, invert: Bool = false, name: String? = nil
  ) {
    self.axis = axis
    self.mean = mean
    self.variance = variance
    self.invert = invert
    self.name = LayerName(name)
  }

  /// Takes mean and variance from data `[samples, …]`; models made of the layer afterwards begin with them.
  ///
  /// Errors: axes the data do not have.
  public mutating func adapt(_ data: Tensor) throws {
    let kept = try places(data)
    let others = (0..<data.rank).filter { !kept.contains($0) }
    let values = data.cast(to: .float32)
    found = (values.mean(axes: others).scalars(), values.variance(axes: others).scalars())
  }

  public func forward(_ input: Tensor) throws -> Tensor {
    let kept = try places(input)
    let x = input.dtype.isFloating ? input : input.cast(to: .float32)
    let sizes = Shape(kept.map { input.shape[$0] })
    let aligned = Shape((0..<input.rank).map { kept.contains($0) ? input.shape[$0] : 1 })
    try demand(
      mean?.count == variance?.count, expected: "both a mean and a variance, of one size, or none",
      given: "there are \(mean?.count ?? 0) and \(variance?.count ?? 0)")
    func given(_ values: [Double]) throws -> Tensor {
      try demand(
        values.count == 1 || values.count == sizes.count, .shape,
        expected: "one number, or \(sizes.count) for \(sizes)",
        given: "there are \(values.count)")
      return values.count == 1 ? Tensor(Float(values[0])) : Tensor(values.map(Float.init), shape: aligned)
    }
    let center: Tensor
    let spread: Tensor
    if let mean, let variance {
      (center, spread) = (try given(mean), try given(variance))
    } else {
      let scope = input.scope
      try demand(
        found.map { $0.mean.count == sizes.count } ?? true, .shape, expected: "inputs like those of `adapt`",
        given: "the sizes are \(sizes), and \(found?.mean.count ?? 0) means are known")
      center = scope.state("mean", sizes, found.map { .values($0.mean) } ?? .zeros).reshaped(aligned)
      spread = scope.state("variance", sizes, found.map { .values($0.variance) } ?? .ones).reshaped(aligned)
      _ = scope.state("count", [], .zeros, dtype: .int32)
    }
    let deviation = spread.sqrt().maximum(1e-7)
    return invert ? center + x * deviation : (x - center) / deviation
  }

  private func places(_ x: Tensor) throws -> [Int] {
    try axis.map { axis in
      let index = axis < 0 ? axis + x.rank : axis
      try demand((0..<x.rank).contains(index), expected: "axes of \(x.shape)", given: "one is \(axis)")
      return index
    }.sorted()
  }

  private enum CodingKeys: String, CodingKey { case axis, mean, variance, invert, name }
}
