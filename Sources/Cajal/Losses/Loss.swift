/// What training makes small: a number for each sample from its target and the model's prediction.
///
/// A loss is a value with its options as properties. `fit` takes the mean over the batch, weighted where samples have
/// weights, and adds the layers' penalties.
///
/// Example: `model.compile(optimizer: .adam(), loss: .categoricalCrossentropy(labelSmoothing: 0.1))`
public protocol Loss: Codable, Sendable {
  /// The loss of each sample: shape [batch], or [batch, …] where the prediction has a distribution at each place.
  func callAsFunction(target: Tensor, prediction: Tensor) throws -> Tensor

  /// How the samples of a batch become one number: the mean, unless the loss is ``Reduced``.
  var reduction: LossReduction { get }

  /// The class name in files: the Swift type's by default, which is Keras's where Keras has the loss.
  static var className: String { get }
}

extension Loss {
  public static var className: String { String(describing: Self.self) }
  public var reduction: LossReduction { .sumOverBatchSize }

  /// Demands equal shapes of target and prediction, and gives the target the prediction's dtype.
  ///
  /// A missing or extra last axis of 1 is an error like any other: silently stretched, `[n]` against `[n, 1]` would
  /// compare every target with every prediction.
  func matched(_ target: Tensor, to prediction: Tensor) throws -> Tensor {
    guard !target.shape.isPoisoned, !prediction.shape.isPoisoned else { return target }
    guard prediction.dtype.isFloating else {
      throw CajalError(
        .dtype, Self.className, expected: "floating predictions", given: "they are \(prediction.dtype.rawValue)",
        advice: "Use cast(to: .float32).")
    }
    guard target.shape == prediction.shape else {
      throw CajalError(
        .shape, Self.className, expected: "targets of the prediction's shape \(prediction.shape)",
        given: "they are \(target.shape)", advice: advice(target.shape, prediction.shape))
    }
    return target.cast(to: prediction.dtype)
  }

  private func advice(_ target: Shape, _ prediction: Shape) -> String {
    if target.count == prediction.count { return "Reshape the targets to \(prediction)." }
    let rows = Array(prediction.dimensions.dropLast())
    let isLabel = target.dimensions == rows || target.dimensions == rows + [1]
    guard isLabel, prediction.last > 1 else { return "" }
    return "For class numbers use the sparse loss, or make the targets one-hot."
  }

  /// Demands an axis of classes or components after the batch.
  func demandVectors(_ prediction: Tensor) throws {
    guard prediction.rank < 2, !prediction.shape.isPoisoned else { return }
    throw CajalError(
      .shape, Self.className, expected: "predictions with a batch axis and one more",
      given: "their shape is \(prediction.shape)",
      advice: "Use a loss of single values, or give the model more outputs.")
  }

  /// Demands axes that the prediction has.
  func demandAxes(_ axes: [Int]?, _ prediction: Tensor) throws {
    let rank = prediction.rank
    guard !prediction.shape.isPoisoned, let wrong = axes?.first(where: { !(-rank..<rank).contains($0) }) else { return }
    throw CajalError(
      .argument, Self.className, expected: "axes of predictions \(prediction.shape)", given: "one is \(wrong)")
  }

  /// Demands a fraction in 0 ..< 1.
  func demandFraction(_ value: Double, _ name: String) throws {
    guard value >= 0, value < 1 else {
      throw CajalError(.argument, Self.className, expected: "\(name) in 0 ..< 1", given: "it is \(value)")
    }
  }
}

extension Tensor {
  /// The mean over the last axis of a batch of vectors; a batch of single values stays as it is.
  func meanPerSample() -> Tensor { rank > 1 ? mean(axes: [-1]) : self }

  /// The sum over the last axis of a batch of vectors; a batch of single values stays as it is.
  func sumPerSample() -> Tensor { rank > 1 ? sum(axes: [-1]) : self }
}

/// What keeps logarithms and divisions of losses finite; Keras's value.
let lossEpsilon = 1e-7
