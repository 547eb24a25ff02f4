/// Something people want to know of a model, accumulated over batches in variables of fixed size.
///
/// `update` runs inside the compiled step and adds to the accumulators; `result` turns their values into a number
/// whenever somebody looks. Accumulators start at zero each epoch.
///
/// Example: `model.compile(optimizer: .adam(), loss: .binaryCrossentropy, metrics: [.accuracy, .auc()])`
public protocol Metric: Codable, Sendable {
  /// What people read: `accuracy`. Numbered where two are equal.
  var name: String { get }
  /// Whether a larger value is the better one; callbacks that watch the metric ask.
  var better: MetricDirection { get }

  /// Adds one batch. `weights` has shape [batch], or is nil where all samples count 1.
  func update(_ scope: MetricScope, target: Tensor, prediction: Tensor, weights: Tensor?) throws

  /// The value so far, from the accumulators by name; NaN before the first sample where it is a mean.
  func result(_ accumulators: [String: [Float]]) -> Double

  /// The values so far of a metric that has several, one for each threshold or class, whose mean `result` is; by default
  /// `result` alone. Logs have them as `name[0]`, `name[1]`, ….
  func results(_ accumulators: [String: [Float]]) -> [Double]

  /// The class name in files, Keras's where Keras has the metric.
  static var className: String { get }
}

extension Metric {
  public func results(_ accumulators: [String: [Float]]) -> [Double] { [result(accumulators)] }

  public static var className: String { String(describing: Self.self) }

  func demand(_ isMet: Bool, expected: String, target: Tensor, prediction: Tensor) throws {
    guard !isMet, !target.shape.isPoisoned, !prediction.shape.isPoisoned else { return }
    throw CajalError(
      .shape, name, expected: expected, given: "targets are \(target.shape) and predictions \(prediction.shape)")
  }
}

/// Which way a watched number gets better.
public enum MetricDirection: String, Hashable, Sendable, Codable {
  /// The smaller value is the better one.
  case lower
  /// The larger value is the better one.
  case higher
}

/// Where a metric keeps its sums.
public struct MetricScope {
  /// Which places of the prediction count, `bool` of its first axes; nil where all do. Means use it, as in Keras.
  public let mask: Tensor?
  let add: (_ name: String, _ increment: Tensor) -> Void

  init(mask: Tensor? = nil, add: @escaping (_ name: String, _ increment: Tensor) -> Void) {
    self.mask = mask
    self.add = add
  }

  /// Adds to an accumulator of the increment's shape, made on first use.
  public func accumulate(_ name: String, _ increment: Tensor) { add(name, increment) }
}

extension Tensor {
  /// Weights of the first axes, [batch] or [batch, time], as weights of values [batch, …] that have more. One value for the
  /// whole batch gets their mean.
  func asWeights(of values: Tensor) -> Tensor {
    guard !shape.isPoisoned, !values.shape.isPoisoned else { return self }
    guard values.rank > 0 else { return cast(to: .float32).mean() }
    let own = rank == 1 ? Array(shape.dimensions.prefix(Swift.min(values.rank, 1))) : shape.dimensions
    let column = Shape(own + Array(repeating: 1, count: Swift.max(values.rank - own.count, 0)))
    return cast(to: .float32).reshaped(column).broadcast(to: values.shape)
  }
}
