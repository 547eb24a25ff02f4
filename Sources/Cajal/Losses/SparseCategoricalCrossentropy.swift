/// The negative logarithm of the probability given to the target's class: -ln y[t].
///
/// As `CategoricalCrossentropy` with one-hot targets, without making them. From probabilities, y is kept in
/// 1e-7 … 1 - 1e-7; where the prediction is the direct result of a softmax, its input is used instead.
///
/// Shapes: class numbers 0 ..< classes as target [batch, …] or [batch, …, 1], prediction [batch, …, classes] →
/// [batch, …]. Integer targets are used as they are, others cut to whole numbers. Unit: nats.
/// Errors: `.shape` if the target's axes are not the prediction's without the last.
/// Example: `model.compile(optimizer: .adam(), loss: .sparseCategoricalCrossentropy)`
public struct SparseCategoricalCrossentropy: Loss, Hashable {
  /// Whether predictions are logits rather than probabilities.
  public var fromLogits: Bool
  /// A class number that stands for no class, such as -1 or 255 in masks: its places have no loss, and do not count in
  /// the mean.
  public var ignoreClass: Int?

  /// The loss; each option is the property of that name.
  public init(fromLogits: Bool = false, ignoreClass: Int? = nil) {
    self.fromLogits = fromLogits
    self.ignoreClass = ignoreClass
  }

  public func callAsFunction(target: Tensor, prediction: Tensor) throws -> Tensor {
    let labels = try target.classLabels(for: prediction, askedBy: Self.className)
    guard let ignoreClass else { return values(labels, prediction) }
    let counts = labels .!= Double(ignoreClass)
    let values = values(counts.select(labels, labels.filled(0)), prediction)
    let share = Double(labels.shape.count) / counts.cast(to: values.dtype).sum().maximum(1)
    return counts.select(values, values.filled(0)) * share
  }

  private func values(_ labels: Tensor, _ prediction: Tensor) -> Tensor {
    if let logits = fromLogits ? prediction : prediction.logitsBeforeSoftmax {
      return logits.softmaxCrossEntropy(labels)
    }
    // The softmax of ln y is y divided by its sum.
    return prediction.clippedProbabilities().log().softmaxCrossEntropy(labels)
  }
}

extension Loss where Self == SparseCategoricalCrossentropy {
  /// ``SparseCategoricalCrossentropy`` with its usual options.
  public static var sparseCategoricalCrossentropy: SparseCategoricalCrossentropy { SparseCategoricalCrossentropy() }
  /// ``SparseCategoricalCrossentropy`` with options of one's own.
  public static func sparseCategoricalCrossentropy(
    fromLogits: Bool = false, ignoreClass: Int? = nil
  ) -> SparseCategoricalCrossentropy {
    SparseCategoricalCrossentropy(fromLogits: fromLogits, ignoreClass: ignoreClass)
  }
}

extension Tensor {
  /// Class numbers [batch, …] of int32 or int64 for a prediction [batch, …, classes]; a last axis of 1 is dropped.
  func classLabels(for prediction: Tensor, askedBy subject: String) throws -> Tensor {
    guard !shape.isPoisoned, !prediction.shape.isPoisoned else { return self }
    let rows = Array(prediction.shape.dimensions.dropLast())
    guard prediction.rank > 0, shape.dimensions == rows || shape.dimensions == rows + [1] else {
      let isOneHot = shape == prediction.shape
      throw CajalError(
        .shape, subject,
        expected: "class numbers \(Shape(rows)) or \(Shape(rows + [1])) for predictions \(prediction.shape)",
        given: "the targets are \(shape)",
        advice: isOneHot ? "For one-hot targets use the categorical form without `sparse`." : "")
    }
    let labels = dtype == .int32 || dtype == .int64 ? self : cast(to: .int32)
    return labels.reshaped(Shape(rows))
  }
}
