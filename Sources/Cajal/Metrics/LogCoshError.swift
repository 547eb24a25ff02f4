/// The mean of ``LogCosh`` over all samples.
///
/// Shapes: target and prediction equal. Errors: `.shape` unless they are.
public struct LogCoshError: SampleMean, Hashable {
  public var name: String
  public var better: MetricDirection { .lower }

  /// The metric; each option is the property of that name.
  public init(name: String = "logcosh") { self.name = name }

  public func values(target: Tensor, prediction: Tensor) throws -> Tensor {
    try LogCosh()(target: target, prediction: prediction)
  }
}

extension Metric where Self == LogCoshError {
  /// ``LogCoshError`` with its usual options.
  public static var logCosh: LogCoshError { LogCoshError() }
}
