/// One less twice the overlap over the sizes: 1 - 2 Σ t y / (Σ t + Σ y + 1e-7), for masks of segmentation.
///
/// Shapes: target in 0 … 1 and prediction [batch, …], equal → what is left of the axes that are not summed; a scalar for
/// the whole batch where `axis` is nil, as in Keras.
/// Errors: `.shape` unless both shapes are equal; `.argument` for an axis that is not there.
/// Example: `Dice(axis: [1, 2, 3])` for images, one number each. Source: Milletari et al., arXiv:1606.04797.
public struct Dice: Loss, Hashable {
  /// The axes summed over; nil for all of them.
  public var axis: [Int]?

  /// The loss; each option is the property of that name.
  public init(axis: [Int]? = nil) { self.axis = axis }

  public func callAsFunction(target: Tensor, prediction: Tensor) throws -> Tensor {
    let target = try matched(target, to: prediction)
    try demandAxes(axis, prediction)
    let overlap = (target * prediction).sum(axes: axis)
    return 1 - 2 * overlap / (target.sum(axes: axis) + prediction.sum(axes: axis) + lossEpsilon)
  }
}

extension Loss where Self == Dice {
  /// ``Dice`` over the whole batch.
  public static var dice: Dice { Dice() }
}
