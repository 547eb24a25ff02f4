/// Limits on gradients: the remedy for exploding ones.
///
/// Example: `Adam(learningRate: 0.001, clipping: .globalNorm(1))`. Source: Pascanu et al., 2013.
public enum GradientClipping: Hashable, Sendable, Codable {
  /// Each element into -limit … limit.
  case value(Double)
  /// Each parameter's gradient scaled down to a norm of at most the limit.
  case norm(Double)
  /// All gradients scaled together so that their common norm is at most the limit.
  case globalNorm(Double)

  /// The gradients within the limits: g · limit / max(‖g‖, limit), with one norm for each or one for all.
  ///
  /// An infinite norm makes all gradients it scales NaN, so that the next loss shows it.
  /// Errors: `.argument` for a limit that is not positive.
  public func applied(to gradients: [Tensor]) throws -> [Tensor] {
    let limit = self.limit
    guard limit > 0 else {
      throw CajalError(.argument, "GradientClipping", expected: "a positive limit", given: "it is \(limit)")
    }
    switch self {
    case .value: return gradients.map { $0.clipped(-limit, limit) }
    case .norm: return gradients.map { $0 * Self.scale(Self.squares($0), limit).cast(to: $0.dtype) }
    case .globalNorm:
      guard !gradients.isEmpty else { return [] }
      let squares = gradients.dropFirst().reduce(Self.squares(gradients[0])) { $0 + Self.squares($1) }
      let scale = Self.scale(squares, limit)
      return gradients.map { $0 * scale.cast(to: $0.dtype) }
    }
  }

  var limit: Double {
    switch self {
    case .value(let limit), .norm(let limit), .globalNorm(let limit): return limit
    }
  }

  private static func squares(_ gradient: Tensor) -> Tensor { gradient.cast(to: .float32).squared().sum() }

  private static func scale(_ squares: Tensor, _ limit: Double) -> Tensor {
    let norm = squares.sqrt()
    return norm.isFinite().select(limit / norm.maximum(limit), norm.filled(.nan))
  }
}
