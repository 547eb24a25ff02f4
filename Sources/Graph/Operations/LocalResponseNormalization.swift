/// Divides by the activity of neighbouring channels: y = x · (k + α/n Σ x²)^-β over n channels around each.
///
/// Shapes: x [batch, …, channels] → the same. α is divided by the number of channels in the window, as in the deep
/// learning libraries (AlexNet's paper writes α for what is α/n here).
/// Source: Krizhevsky, Sutskever and Hinton, NeurIPS 2012, section 3.3.
package struct LocalResponseNormalization: Operation {
  package static let name = "local response normalization"
  package static let differentiability = Differentiability.throughDecomposition
  package var size: Int
  package var alpha: Double
  package var beta: Double
  package var k: Double
  package init(size: Int, alpha: Double, beta: Double, k: Double) {
    self.size = size
    self.alpha = alpha
    self.beta = beta
    self.k = k
  }

  package func result(_ inputs: [TensorType]) throws -> [TensorType] {
    guard inputs[0].shape.rank >= 2, inputs[0].dtype.isFloating, size > 0, size % 2 == 1 else {
      throw misfit(
        expected: "a floating input [batch, …, channels] and an odd window", given: "they are \(inputs[0]) and \(size)")
    }
    return inputs
  }

  package func gradient(_ context: GradientContext) -> [Tensor?] {
    [Tensor.make(LocalResponseNormalizationGradient(normalization: self), [context.inputs[0], context.gradient])]
  }

  package func decomposition(_ inputs: [Tensor]) -> [Tensor]? {
    let x = inputs[0]
    return [x * (-beta * scale(x).log()).exp()]
  }

  /// k + α/n · the sum of squares over the window, per element.
  func scale(_ x: Tensor) -> Tensor { windowSum(x.squared()) * (alpha / Double(size)) + k }

  /// The sum over the channels of each window, as a difference of shifted slices added up.
  func windowSum(_ x: Tensor) -> Tensor {
    let half = size / 2
    let axis = x.rank - 1
    var paddings = [(low: Int, high: Int)](repeating: (0, 0), count: x.rank)
    paddings[axis] = (half, half)
    let padded = x.padded(paddings)
    return (1..<size).reduce(padded.slice(axis: axis, 0..<x.shape.last)) { sum, shift in
      sum + padded.slice(axis: axis, shift..<(shift + x.shape.last))
    }
  }
}

/// The adjoint of local response normalization. Inputs: x, dy.
package struct LocalResponseNormalizationGradient: Operation {
  package static let name = "local response normalization gradient"
  package static let differentiability = Differentiability.throughDecomposition
  package var normalization: LocalResponseNormalization
  package init(normalization: LocalResponseNormalization) {
    self.normalization = normalization
  }

  package func result(_ inputs: [TensorType]) throws -> [TensorType] {
    guard inputs[1] == inputs[0] else { throw misfit(expected: "a gradient \(inputs[0])", given: "it is \(inputs[1])") }
    return [inputs[0]]
  }
  package func gradient(_ context: GradientContext) -> [Tensor?] { gradientThroughDecomposition(context) }
  package func decomposition(_ inputs: [Tensor]) -> [Tensor]? {
    let (x, dy) = (inputs[0], inputs[1])
    let n = normalization
    let logScale = n.scale(x).log()
    let factor = (-n.beta * logScale).exp()
    let inner = n.windowSum(dy * x * (-(n.beta + 1) * logScale).exp())
    return [dy * factor - x * inner * (2 * n.alpha * n.beta / Double(n.size))]
  }
}

extension Tensor {
  /// See `LocalResponseNormalization`.
  public func localResponseNormalized(size: Int = 5, alpha: Double = 1e-4, beta: Double = 0.75, k: Double = 2) -> Tensor
  {
    Tensor.make(LocalResponseNormalization(size: size, alpha: alpha, beta: beta, k: k), [self])
  }
}
