// Functions of a whole axis: distributions over classes, and the gated linear unit.
extension ActivationFunction {
  static let normalizing: [ActivationDefinition] = [
    ActivationDefinition(
      "softmax", "exp(xᵢ) / Σⱼ exp(xⱼ)", range: "(0, 1), Σ = 1", isElementwise: false, options: ["axis": -1]
    ) { x, options in x.softmax(axis: options.axis) },
    ActivationDefinition(
      "log_softmax", "xᵢ - ln Σⱼ exp(xⱼ)", range: "(-∞, 0]", isElementwise: false, options: ["axis": -1]
    ) { x, options in x.logSoftmax(axis: options.axis) },
    ActivationDefinition(
      "sparsemax", "max(xᵢ - τ, 0) with τ such that Σ = 1", range: "[0, 1], Σ = 1", isElementwise: false
    ) { x, _ in sparsemax(x) },
    ActivationDefinition(
      "glu", "a σ(b), a and b the halves of x", range: "(-∞, ∞)", isElementwise: false, options: ["axis": -1]
    ) { x, options in
      let axis = options.axis < 0 ? options.axis + x.rank : options.axis
      guard (0..<x.rank).contains(axis) else { return x }
      let size = x.shape[axis]
      // An odd size leaves halves that do not fit, which the product reports.
      let halves = x.split([size / 2, size - size / 2], axis: axis)
      return halves[0] * halves[1].sigmoid()
    },
  ]

  /// The nearest point of the probability simplex, along the last axis: the threshold τ comes from the sorted values.
  private static func sparsemax(_ x: Tensor) -> Tensor {
    guard x.rank > 0, x.shape.last > 0 else { return x }
    let sorted = x.sorted(descending: true).values
    let sums: Tensor = sorted.cumulativeSum(axis: -1) - 1
    let places = Tensor.range(x.shape.last, dtype: x.dtype) + 1
    let isInSupport = sorted .> sums / places
    let size = isInSupport.cast(to: x.dtype).sum(axes: [-1], keepsDimensions: true)
    let kept = isInSupport.select(sorted, sorted.filled(0)).sum(axes: [-1], keepsDimensions: true)
    return (x - (kept - 1) / size).relu()
  }

  /// Softmax along the last axis: fᵢ = exp(xᵢ) / Σⱼ exp(xⱼ), without overflow.
  public static let softmax = ActivationFunction("softmax")
  /// Softmax along an axis.
  public static func softmax(axis: Int) -> Self { Self("softmax", ["axis": Double(axis)]) }
  /// The logarithm of the softmax, without overflow.
  public static let logSoftmax = ActivationFunction("log_softmax")
  /// The logarithm of the softmax along an axis.
  public static func logSoftmax(axis: Int) -> Self { Self("log_softmax", ["axis": Double(axis)]) }
  /// Softmax with exact zeros, along the last axis: the nearest point of the probability simplex.
  /// Each row sums to 1, as in the paper (Keras 3.15 on TensorFlow differs for several rows).
  /// Source: Martins and Astudillo, arXiv:1602.02068, algorithm 1.
  public static let sparsemax = ActivationFunction("sparsemax")
  /// Gated linear unit: the last axis's first half times the sigmoid of its second; halves the axis.
  /// Source: Dauphin et al., arXiv:1612.08083.
  public static let glu = ActivationFunction("glu")
  /// Gated linear unit along an axis.
  public static func glu(axis: Int) -> Self { Self("glu", ["axis": Double(axis)]) }
}
