/// A metric outside of `fit`: what Keras's `update_state`, `result` and `reset_state` are for in a loop of one's own.
///
/// Example:
/// ```swift
/// var accuracy = MetricTracker(.accuracy)
/// try accuracy.update(target: labels, prediction: try model.predict(images))
/// print(accuracy.result)
/// ```
public struct MetricTracker {
  /// The metric that is followed.
  public let metric: any Metric
  private var sums: [String: [Float]] = [:]

  /// A metric that has seen nothing.
  public init(_ metric: any Metric) { self.metric = metric }

  /// Adds a batch, which is computed at once. `weights` has shape [batch].
  ///
  /// Errors: what the metric demands of shapes.
  public mutating func update(target: Tensor, prediction: Tensor, weights: Tensor? = nil) throws {
    var increments: [(String, Tensor)] = []
    let scope = MetricScope { increments.append(($0, $1)) }
    try metric.update(scope, target: target, prediction: prediction, weights: weights)
    for (name, increment) in increments {
      let values = increment.floats
      sums[name] = sums[name].map { zip($0, values).map(+) } ?? values
    }
  }

  /// The value so far.
  public var result: Double { metric.result(sums) }

  /// The values so far of a metric that has one for each threshold or class.
  public var results: [Double] { metric.results(sums) }

  /// Forgets everything seen.
  public mutating func reset() { sums = [:] }
}

/// The weighted mean of numbers as they come, for a loop of one's own.
///
/// Example: `var loss = Mean(); loss.update(try step.run([x])[0]); print(loss.result)`
public struct Mean: Sendable {
  private var total = 0.0
  private var count = 0.0

  /// The mean of nothing yet, 0 as in Keras.
  public init() {}

  /// Adds the values of a tensor; `weights` has their shape or that of their first axis.
  public mutating func update(_ values: Tensor, weights: Tensor? = nil) {
    let weights = weights.map { $0.shape == values.shape ? $0 : $0.asWeights(of: values) }
    total += (weights.map { values * $0 } ?? values).sum().item
    count += weights.map { $0.sum().item } ?? Double(values.shape.count)
  }

  /// Adds one number.
  public mutating func update(_ value: Double, weight: Double = 1) {
    total += value * weight
    count += weight
  }

  /// The mean so far.
  public var result: Double { count == 0 ? 0 : total / count }

  /// Forgets everything seen.
  public mutating func reset() { self = Mean() }
}

/// The weighted sum of numbers as they come, for a loop of one's own.
public struct Sum: Sendable {
  /// The sum so far.
  public private(set) var result = 0.0

  /// The sum of nothing yet.
  public init() {}

  /// Adds the values of a tensor; `weights` has their shape or that of their first axis.
  public mutating func update(_ values: Tensor, weights: Tensor? = nil) {
    let weights = weights.map { $0.shape == values.shape ? $0 : $0.asWeights(of: values) }
    result += (weights.map { values * $0 } ?? values).sum().item
  }

  /// Forgets everything seen.
  public mutating func reset() { self = Sum() }
}
