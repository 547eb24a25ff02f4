/// A moving average of all parameters, which often predicts better than the parameters themselves: a ← m a + (1 - m) w.
///
/// `fit` sets the parameters to their averages at its end; `SwapEMAWeights` judges and saves epochs by them.
/// Example: `Adam(ema: WeightAverage(momentum: 0.999))`. Source: Polyak and Juditsky, 1992; the rule is Keras's `use_ema`.
public struct WeightAverage: Hashable, Sendable, Codable {
  /// How much of the average is kept each step, in 0 ..< 1; the first step sets it to the parameters.
  public var momentum: Double
  /// Every so many updates the parameters are set to their averages; nil for only at the end of `fit`.
  public var overwriteFrequency: Int?

  /// An average; each option is the property of that name.
  public init(momentum: Double = 0.99, overwriteFrequency: Int? = nil) {
    self.momentum = momentum
    self.overwriteFrequency = overwriteFrequency
  }
}
