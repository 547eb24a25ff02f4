/// The margin between the true class and the best other one: max(0, 1 + maxⱼ (1 - tⱼ) yⱼ - Σⱼ tⱼ yⱼ).
///
/// Shapes: one-hot target and prediction [batch, …, classes] → [batch, …].
/// Errors: `.shape` unless both shapes are equal and have two axes or more.
public struct CategoricalHinge: Loss, Hashable {
  /// The loss.
  public init() {}

  public func callAsFunction(target: Tensor, prediction: Tensor) throws -> Tensor {
    try demandVectors(prediction)
    let target = try matched(target, to: prediction)
    let own = (target * prediction).sum(axes: [-1])
    let other = ((1 - target) * prediction).max(axes: [-1])
    return (other - own + 1).relu()
  }
}

extension Loss where Self == CategoricalHinge {
  /// ``CategoricalHinge`` with its usual options.
  public static var categoricalHinge: CategoricalHinge { CategoricalHinge() }
}
