/// Another dtype: floats are rounded to nearest even, numbers to bool are `x != 0`.
///
/// Floats to integers are cut toward zero and stop at the ends of the range, NaN becomes 0; integers to narrower ones wrap around.
package struct Cast: Operation {
  package static let name = "cast"
  package var dtype: DType
  package init(dtype: DType) {
    self.dtype = dtype
  }

  package func result(_ inputs: [TensorType]) throws -> [TensorType] { [TensorType(inputs[0].shape, dtype)] }
  package func gradient(_ context: GradientContext) -> [Tensor?] {
    [context.inputs[0].dtype.isFloating && dtype.isFloating ? context.gradient.cast(to: context.inputs[0].dtype) : nil]
  }
}

/// The value goes through, the gradient does not.
package struct StopGradient: Operation {
  package static let name = "stop gradient"
  package static let differentiability = Differentiability.none("it stops gradients")
  package init() {}

  package func result(_ inputs: [TensorType]) throws -> [TensorType] { inputs }
  package func gradient(_ context: GradientContext) -> [Tensor?] { [nil] }
  package func decomposition(_ inputs: [Tensor]) -> [Tensor]? { inputs }
}

extension Tensor {
  /// The same values as another dtype.
  public func cast(to dtype: DType) -> Tensor { dtype == self.dtype ? self : Tensor.make(Cast(dtype: dtype), [self]) }

  /// The same value, a constant for `gradient(of:with:)`.
  public func stoppingGradient() -> Tensor { Tensor.make(StopGradient(), [self]) }
}
