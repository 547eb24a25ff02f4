/// One less the overlap over itself and the weighted misses: 1 - o / (o + α Σ t (1 - y) + β Σ y (1 - t) + 1e-7), o = Σ t y.
///
/// With α = β = ½ it is ``Dice``. As in Keras, α weighs what the prediction misses and β what it says too much.
/// Shapes: target in 0 … 1 and prediction [batch, …], equal → what is left of the axes that are not summed; a scalar for
/// the whole batch where `axis` is nil.
/// Errors: `.shape` unless both shapes are equal; `.argument` for an axis that is not there.
/// Source: Salehi et al., arXiv:1706.05721.
public struct Tversky: Loss, Hashable {
  /// How much a missed part counts.
  public var alpha: Double
  /// How much a part said too much counts.
  public var beta: Double
  /// The axes summed over; nil for all of them.
  public var axis: [Int]?

  /// The loss; each option is the property of that name.
  public init(alpha: Double = 0.5, beta: Double = 0.5, axis: [Int]? = nil) {
    self.alpha = alpha
    self.beta = beta
    self.axis = axis
  }

  public func callAsFunction(target: Tensor, prediction: Tensor) throws -> Tensor {
    let target = try matched(target, to: prediction)
    try demandAxes(axis, prediction)
    let overlap = (target * prediction).sum(axes: axis)
    let missed = ((1 - prediction) * target).sum(axes: axis)
    let excess = (prediction * (1 - target)).sum(axes: axis)
    return 1 - overlap / (overlap + missed * alpha + excess * beta + lossEpsilon)
  }
}

extension Loss where Self == Tversky {
  /// ``Tversky`` with its usual options, over the whole batch.
  public static var tversky: Tversky { Tversky() }
}
