/// What a parameter must be after each update: it is brought there inside the compiled step.
///
/// Norms ‖w‖ are taken over `axis`, one for each place of the other axes: 0 for the kernel of a dense layer (one norm for
/// each unit), `[0, 1, 2]` for that of a 2-D convolution. ε is 1e-7.
/// Example: `Dense(64, kernelConstraint: .maxNorm(3))`
public enum Constraint: Hashable, Sendable, Codable {
  /// Norms of at most `maxValue`: w min(‖w‖, max) / (ε + ‖w‖). Source: Srivastava et al., 2014.
  case maxNorm(maxValue: Double = 2, axis: [Int] = [0])
  /// Norms in `minValue` … `maxValue`; with a `rate` below 1 they are only drawn there, by that part of the way.
  case minMaxNorm(minValue: Double = 0, maxValue: Double = 1, rate: Double = 1, axis: [Int] = [0])
  /// Nothing below 0: max(w, 0).
  case nonNeg
  /// Norms of 1: w / (ε + ‖w‖).
  case unitNorm(axis: [Int] = [0])

  /// Norms of at most a value.
  public static func maxNorm(_ maxValue: Double, axis: [Int] = [0]) -> Constraint {
    .maxNorm(maxValue: maxValue, axis: axis)
  }

  /// The parameter as it must be.
  public func callAsFunction(_ parameter: Tensor) -> Tensor {
    func norms(_ axes: [Int]) -> Tensor { parameter.squared().sum(axes: axes, keepsDimensions: true).sqrt() }
    switch self {
    case .nonNeg: return parameter.maximum(0)
    case .maxNorm(let most, let axes):
      let norm = norms(axes)
      return parameter * (norm.minimum(most) / (norm + lossEpsilon))
    case .unitNorm(let axes): return parameter / (norms(axes) + lossEpsilon)
    case .minMaxNorm(let least, let most, let rate, let axes):
      let norm = norms(axes)
      let wanted = norm.clipped(least, most)
      let drawn = rate == 1 ? wanted : wanted * rate + norm * (1 - rate)
      return parameter * (drawn / (norm + lossEpsilon))
    }
  }
}
