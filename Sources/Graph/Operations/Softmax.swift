/// Softmax along the last axis: yᵢ = exp(xᵢ - max x) / Σⱼ exp(xⱼ - max x).
///
/// Shapes: x […, classes] → […, classes]. Source: Bridle, 1990.
package struct Softmax: Operation {
  package static let name = "softmax"
  package init() {}

  package func result(_ inputs: [TensorType]) throws -> [TensorType] {
    guard inputs[0].shape.rank > 0, inputs[0].dtype.isFloating else {
      throw misfit(expected: "floating values with at least one axis", given: "they are \(inputs[0])")
    }
    return inputs
  }
  package func gradient(_ context: GradientContext) -> [Tensor?] {
    let (y, dy) = (context.output, context.gradient)
    return [y * (dy - (y * dy).sum(axes: [-1], keepsDimensions: true))]
  }
  package func decomposition(_ inputs: [Tensor]) -> [Tensor]? {
    let x = inputs[0]
    let shifted = (x - x.max(axes: [-1], keepsDimensions: true).stoppingGradient()).exp()
    return [shifted / shifted.sum(axes: [-1], keepsDimensions: true)]
  }
}

/// Logarithm of the softmax along the last axis: yᵢ = xᵢ - ln Σⱼ exp xⱼ, without overflow.
package struct LogSoftmax: Operation {
  package static let name = "log softmax"
  package init() {}

  package func result(_ inputs: [TensorType]) throws -> [TensorType] { try Softmax().result(inputs) }
  package func gradient(_ context: GradientContext) -> [Tensor?] {
    let dy = context.gradient
    return [dy - context.output.exp() * dy.sum(axes: [-1], keepsDimensions: true)]
  }
  package func decomposition(_ inputs: [Tensor]) -> [Tensor]? {
    [inputs[0] - inputs[0].logSumExp(axes: [-1], keepsDimensions: true)]
  }
}

/// Cross-entropy of softmax probabilities, from logits: lossᵢ = ln Σⱼ exp xᵢⱼ - Σⱼ tᵢⱼ xᵢⱼ (for targets that sum to 1).
///
/// Inputs: logits […, classes] and targets, either probabilities […, classes] or class indices […] (int32, int64).
/// Results: loss […] and the probabilities […, classes], which the gradient (p - t) · d loss needs.
package struct SoftmaxCrossEntropy: Operation {
  package static let name = "softmax cross-entropy"
  package init() {}

  package func result(_ inputs: [TensorType]) throws -> [TensorType] {
    let (logits, targets) = (inputs[0], inputs[1])
    guard logits.shape.rank > 0, logits.dtype.isFloating else {
      throw misfit(expected: "floating logits with at least one axis", given: "they are \(logits)")
    }
    let rows = Shape(Array(logits.shape.dimensions.dropLast()))
    let sparse = targets.dtype == .int32 || targets.dtype == .int64
    guard sparse ? targets.shape == rows : targets == logits else {
      throw misfit(
        expected: "targets like the logits \(logits), or int32 class indices \(rows)", given: "they are \(targets)",
        advice: sparse ? "Reshape the labels to \(rows)." : "")
    }
    return [TensorType(rows, logits.dtype), logits]
  }

  package func gradient(_ context: GradientContext) -> [Tensor?] {
    guard context.gradients[1] == nil else { return gradientThroughDecomposition(context) }
    let (logits, targets, p) = (context.inputs[0], context.inputs[1], context.outputs[1])
    let dy = context.gradient.expandingDimension(at: -1)
    let sparse = !targets.dtype.isFloating
    let t = sparse ? targets.oneHot(logits.shape.last, dtype: logits.dtype) : targets
    // Σ t is 1 for labels; for other targets the exact gradient is p · Σ t - t.
    let mass = sparse ? p : p * t.sum(axes: [-1], keepsDimensions: true)
    let toTargets = !sparse && context.needed[1] ? -(dy * Tensor.make(LogSoftmax(), [logits])) : nil
    return [(mass - t) * dy, toTargets]
  }

  package func decomposition(_ inputs: [Tensor]) -> [Tensor]? {
    let (logits, targets) = (inputs[0], inputs[1])
    let t = targets.dtype.isFloating ? targets : targets.oneHot(logits.shape.last, dtype: logits.dtype)
    let logP = Tensor.make(LogSoftmax(), [logits])
    return [-(t * logP).sum(axes: [-1]), logP.exp()]
  }
}

extension Tensor {
  /// Softmax along an axis, the last by default.
  public func softmax(axis: Int = -1) -> Tensor { alongLast(axis) { Tensor.make(Softmax(), [$0]) } }

  /// Logarithm of the softmax along an axis.
  public func logSoftmax(axis: Int = -1) -> Tensor { alongLast(axis) { Tensor.make(LogSoftmax(), [$0]) } }

  private func alongLast(_ axis: Int, _ body: (Tensor) -> Tensor) -> Tensor {
    if shape.isPoisoned { return self }
    let axis = axis < 0 ? axis + rank : axis
    guard (0..<Swift.max(rank, 1)).contains(axis) || rank == 0 else {
      return refused("softmax", expected: "an axis of \(shape)", given: "it is \(axis)")
    }
    guard axis != rank - 1, rank > 0 else { return body(self) }
    var order = Array(0..<rank)
    order.swapAt(axis, rank - 1)
    return body(transposed(order)).transposed(order)
  }

  /// Cross-entropy from logits, one loss for each row; targets are probabilities or class indices.
  public func softmaxCrossEntropy(_ targets: Tensor) -> Tensor {
    Tensor.make(SoftmaxCrossEntropy(), [self, targets])
  }
}
