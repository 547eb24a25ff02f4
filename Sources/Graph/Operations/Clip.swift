/// Each value moved into lower…upper: y = min(max(x, lower), upper). The derivative is 0 at the bounds and outside.
package struct Clip: Operation {
  package static let name = "clip"
  @Bitwise package var lower: Double
  @Bitwise package var upper: Double
  package init(lower: Double, upper: Double) {
    self.lower = lower
    self.upper = upper
  }

  package func result(_ inputs: [TensorType]) throws -> [TensorType] {
    guard lower <= upper else {
      throw misfit(.argument, expected: "lower ≤ upper", given: "they are \(lower) and \(upper)")
    }
    return inputs
  }
  package func gradient(_ context: GradientContext) -> [Tensor?] {
    let (y, dy) = (context.output, context.gradient)
    return [(y .> lower).and(y .< upper).select(dy, dy.filled(0))]
  }
}

extension Tensor {
  /// Each value moved into lower…upper; the gradient is 0 at the bounds and outside.
  public func clipped(_ lower: Double, _ upper: Double) -> Tensor {
    Tensor.make(Clip(lower: lower, upper: upper), [self])
  }
}
