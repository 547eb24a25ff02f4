/// A cross-entropy that bears wrong labels: (1 - p^q) / q, with p the probability of the target's class.
///
/// Near q = 0 it is the cross-entropy, near q = 1 the absolute error, which wrong labels draw less.
/// Shapes: class numbers as target [batch, …] or [batch, …, 1], probabilities [batch, …, classes] → [batch, …].
/// Errors: `.shape` if the target's axes are not the prediction's without the last; `.argument` for q outside 0 … 1.
/// Source: Zhang and Sabuncu, arXiv:1805.07836.
public struct CategoricalGeneralizedCrossEntropy: Loss, Hashable {
  /// Between 0 and 1: how much wrong labels are borne.
  public var q: Double

  /// The loss; each option is the property of that name.
  public init(q: Double = 0.5) { self.q = q }

  public func callAsFunction(target: Tensor, prediction: Tensor) throws -> Tensor {
    guard q > 0, q < 1 else {
      throw CajalError(.argument, Self.className, expected: "q between 0 and 1", given: "it is \(q)")
    }
    let labels = try target.classLabels(for: prediction, askedBy: Self.className)
    let own = (prediction * labels.oneHot(prediction.shape.last, dtype: prediction.dtype)).sum(axes: [-1])
    return (1 - own.power(q)) / q
  }
}

extension Loss where Self == CategoricalGeneralizedCrossEntropy {
  /// ``CategoricalGeneralizedCrossEntropy`` with its usual options.
  public static var categoricalGeneralizedCrossEntropy: CategoricalGeneralizedCrossEntropy {
    CategoricalGeneralizedCrossEntropy()
  }
}
