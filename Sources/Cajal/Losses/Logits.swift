// Where a prediction comes straight from a softmax or sigmoid, cross-entropies use what went into it: the result is
// exact where probabilities would have been rounded to 0 or 1, and one operation does the work of three.

extension Tensor {
  /// What the softmax along the last axis was taken of, if this tensor is its result.
  var logitsBeforeSoftmax: Tensor? { node.operation is CajalGraph.Softmax ? node.inputs[0] : nil }

  /// What the sigmoid was taken of, if this tensor is its result.
  var logitsBeforeSigmoid: Tensor? {
    (node.operation as? Elementwise)?.function == .sigmoid ? node.inputs[0] : nil
  }

  /// Probabilities kept away from 0 and 1 by the epsilon, so that their logarithms are finite.
  func clippedProbabilities() -> Tensor { clipped(lossEpsilon, 1 - lossEpsilon) }
}
