/// The squared error for small differences, the absolute one for large: 1/n Σᵢ h(yᵢ - tᵢ), over the last axis.
///
/// h(d) = ½ d² for |d| ≤ δ, and δ |d| - ½ δ² beyond, so value and slope fit at δ.
/// Shapes: target and prediction [batch, …, n] → [batch, …]; or both [batch] → [batch].
/// Errors: `.shape` unless both shapes are equal; `.argument` for δ ≤ 0. Source: Huber, 1964.
public struct Huber: Loss, Hashable {
  /// Where the square ends, in the unit of the target.
  public var delta: Double

  /// The loss; each option is the property of that name.
  public init(delta: Double = 1) { self.delta = delta }

  public func callAsFunction(target: Tensor, prediction: Tensor) throws -> Tensor {
    guard delta > 0 else {
      throw CajalError(.argument, Self.className, expected: "a positive delta", given: "it is \(delta)")
    }
    let difference = prediction - (try matched(target, to: prediction))
    let distance = difference.absolute()
    let square = 0.5 * difference.squared()
    let line = delta * distance - 0.5 * delta * delta
    return (distance .<= delta).select(square, line).meanPerSample()
  }
}

extension Loss where Self == Huber {
  /// ``Huber`` with its usual options.
  public static var huber: Huber { Huber() }
  /// ``Huber`` with options of one's own.
  public static func huber(delta: Double) -> Huber { Huber(delta: delta) }
}
