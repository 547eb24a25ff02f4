/// Normalizes each channel over all other axes: y = γ (x - μ) / √(σ² + ε) + β, with μ and σ² (divided by n) of the batch.
///
/// Inputs: x [batch, …, channels], γ [channels], β [channels]. Results: y, μ [channels], σ² [channels].
/// Source: Ioffe and Szegedy, arXiv:1502.03167.
package struct BatchNormalization: Operation {
  package static let name = "batch normalization"
  package static let differentiability = Differentiability.throughDecomposition
  package var epsilon: Double
  package init(epsilon: Double) {
    self.epsilon = epsilon
  }

  package func result(_ inputs: [TensorType]) throws -> [TensorType] {
    let x = inputs[0]
    let channels = TensorType([x.shape.last], x.dtype)
    guard x.shape.rank >= 2, x.dtype.isFloating, inputs[1] == channels, inputs[2] == channels else {
      throw misfit(
        expected: "x [batch, …, channels] with γ and β [channels]",
        given: "they are \(x), \(inputs[1]) and \(inputs[2])")
    }
    return [x, channels, channels]
  }

  package func gradient(_ context: GradientContext) -> [Tensor?] {
    guard context.gradients[1] == nil, context.gradients[2] == nil else { return gradientThroughDecomposition(context) }
    let (x, gamma, beta) = (context.inputs[0], context.inputs[1], context.inputs[2])
    let inputs = [x, gamma, beta, context.outputs[0], context.outputs[1], context.outputs[2], context.gradient]
    let results = Tensor.apply(BatchNormalizationGradient(epsilon: epsilon), inputs)
    return [results[0], results[1], results[2]]
  }

  package func decomposition(_ inputs: [Tensor]) -> [Tensor]? {
    let (x, gamma, beta) = (inputs[0], inputs[1], inputs[2])
    let axes = Array(0..<(x.rank - 1))
    let mean = x.mean(axes: axes)
    let centred = x - mean
    let variance = centred.squared().mean(axes: axes)
    return [centred * ((variance + epsilon).rsqrt() * gamma) + beta, mean, variance]
  }
}

/// The adjoint of batch normalization. Inputs: x, γ, β, y, μ, σ², dy; results: dx, dγ, dβ.
package struct BatchNormalizationGradient: Operation {
  package static let name = "batch normalization gradient"
  package static let differentiability = Differentiability.throughDecomposition
  package var epsilon: Double
  package init(epsilon: Double) {
    self.epsilon = epsilon
  }

  package func result(_ inputs: [TensorType]) throws -> [TensorType] {
    guard inputs[6] == inputs[0] else { throw misfit(expected: "a gradient \(inputs[0])", given: "it is \(inputs[6])") }
    return [inputs[0], inputs[1], inputs[1]]
  }

  package func gradient(_ context: GradientContext) -> [Tensor?] {
    // As a function of x, γ and dy alone: μ and σ² are functions of x.
    let (x, gamma, dy) = (context.inputs[0], context.inputs[1], context.inputs[6])
    let axes = Array(0..<(x.rank - 1))
    let mean = x.mean(axes: axes)
    let variance = (x - mean).squared().mean(axes: axes)
    let outputs = formula(x, gamma, mean, variance, dy)
    let reached = zip(outputs, context.gradients).filter { $1 != nil }
    let gradients = CajalGraph.gradient(
      of: reached.map(\.0), seeds: reached.compactMap(\.1), with: [x, gamma, dy], independent: true)
    return [gradients[0], gradients[1], nil, nil, nil, nil, gradients[2]]
  }

  package func decomposition(_ inputs: [Tensor]) -> [Tensor]? {
    formula(inputs[0], inputs[1], inputs[4], inputs[5], inputs[6])
  }

  private func formula(_ x: Tensor, _ gamma: Tensor, _ mean: Tensor, _ variance: Tensor, _ dy: Tensor) -> [Tensor] {
    let axes = Array(0..<(x.rank - 1))
    let inverse = (variance + epsilon).rsqrt()
    let normalized = (x - mean) * inverse
    let dBeta = dy.sum(axes: axes)
    let dGamma = (dy * normalized).sum(axes: axes)
    let count = Double(x.count / Swift.max(x.shape.last, 1))
    let dx = (dy - dBeta * (1 / count) - normalized * (dGamma * (1 / count))) * (inverse * gamma)
    return [dx, dGamma, dBeta]
  }
}

extension Tensor {
  /// Normalizes each channel over the batch; returns y, the mean and the variance of the batch.
  public func batchNormalized(gamma: Tensor, beta: Tensor, epsilon: Double) -> (
    y: Tensor, mean: Tensor, variance: Tensor
  ) {
    let results = Tensor.apply(BatchNormalization(epsilon: epsilon), [self, gamma, beta])
    return (results[0], results[1], results[2])
  }
}
