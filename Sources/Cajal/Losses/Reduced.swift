/// How the losses of a batch's samples become one number.
public enum LossReduction: String, Hashable, Sendable, Codable {
  /// The mean over all samples and places, whatever their weights; what is taken unless something else is said.
  case sumOverBatchSize = "sum_over_batch_size"
  /// The sum: steps grow with the batch.
  case sum
  /// The sum divided by the sum of the samples' weights.
  case meanWithSampleWeight = "mean_with_sample_weight"
}

/// A loss whose samples are brought together in a way of its own.
///
/// Example: `model.compile(optimizer: .sgd(), loss: MeanSquaredError().reduced(by: .sum))`
public struct Reduced<Base: Loss>: Loss {
  /// The loss of each sample.
  public var base: Base
  /// How they become one number.
  public var reduction: LossReduction

  /// A loss with a reduction; `reduced(by:)` reads better.
  public init(_ base: Base, _ reduction: LossReduction) {
    self.base = base
    self.reduction = reduction
  }

  public static var className: String { Base.className }

  public func callAsFunction(target: Tensor, prediction: Tensor) throws -> Tensor {
    try base(target: target, prediction: prediction)
  }
}

extension Loss {
  /// This loss with another way to bring the samples of a batch together.
  public func reduced(by reduction: LossReduction) -> Reduced<Self> { Reduced(self, reduction) }

  /// The loss of a batch, a scalar, from those of its samples, their weights [batch] and the places that count.
  func reduced(_ values: Tensor, weights: Tensor?, mask: Tensor? = nil) -> Tensor {
    let marks = mask.map { reduction == .sumOverBatchSize ? $0.asMeanWeights() : $0.cast(to: .float32) }
    let factors = [marks, weights].compactMap { $0?.asWeights(of: values) }
    let weights = factors.dropFirst().reduce(factors.first) { all, next in all.map { $0 * next } }
    let weighted = weights.map { values * $0 } ?? values
    switch reduction {
    case .sumOverBatchSize: return weighted.mean()
    case .sum: return weighted.sum()
    case .meanWithSampleWeight: return weights.map { weighted.sum() / $0.sum() } ?? weighted.mean()
    }
  }
}
