/// Something people want to know of a model, accumulated over batches in variables of fixed size.
///
/// `update` runs inside the compiled step and adds to the accumulators; `result` turns their values into a number
/// whenever somebody looks. Accumulators start at zero each epoch.
public protocol Metric: Codable, Sendable {
  /// What people read: `accuracy`. Numbered where two are equal.
  var name: String { get }

  /// Adds one batch. `weights` has shape [batch], or is nil where all samples count 1.
  func update(_ scope: MetricScope, target: Tensor, prediction: Tensor, weights: Tensor?) throws

  /// The value so far, from the accumulators by name; NaN before the first sample.
  func result(_ accumulators: [String: [Float]]) -> Double
}

extension Metric {
  /// The class name in files.
  public static var className: String { String(describing: Self.self) }
}

/// Where a metric keeps its sums.
public struct MetricScope {
  let add: (_ name: String, _ increment: Tensor) -> Void

  /// Adds to an accumulator of the increment's shape, made on first use.
  public func accumulate(_ name: String, _ increment: Tensor) { add(name, increment) }
}
