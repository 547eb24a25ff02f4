/// What lies around an image when a window moves over it.
public enum Padding: Hashable, Sendable {
  /// Nothing: n - f + 1 places for a window f at stride 1.
  case valid
  /// Zeros so that the output has ⌈n / stride⌉ places, the odd one at the end, as TensorFlow and Keras do.
  case same
  /// Zeros at the start only, so that no output sees the future (1-D).
  case causal
  /// As many places as `same` adds, from the other end of the axis: the input is a ring. For convolutions.
  case circular
  /// Given numbers of zeros before and after, per spatial axis: (n + pₗ + pₕ - f) / s + 1 places.
  case explicit(low: [Int], high: [Int])

  /// The same number of zeros on both sides, per spatial axis or one for all: n + 2p - f + 1 places at stride 1.
  public static func explicit(_ sizes: some SpatialSize) -> Padding {
    .explicit(low: sizes.sizes(axes: 1), high: sizes.sizes(axes: 1))
  }
}

/// One number for all spatial axes, or a number for each: `3` or `[3, 5]`.
public protocol SpatialSize: Sendable {
  /// The sizes for a number of spatial axes.
  func sizes(axes: Int) -> [Int]
}

extension Int: SpatialSize {
  public func sizes(axes: Int) -> [Int] { Array(repeating: self, count: axes) }
}

extension Array: SpatialSize where Element == Int {
  public func sizes(axes: Int) -> [Int] { self }
}

// A text in files, as in Keras; given numbers are [[low, high], …] per axis.
extension Padding: Codable {
  public init(from decoder: Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let pairs = try? container.decode([[Int]].self) {
      guard pairs.allSatisfy({ $0.count == 2 }) else {
        throw CajalError(.format, "Padding", expected: "[low, high] for each axis", given: "it is \(pairs)")
      }
      self = .explicit(low: pairs.map { $0[0] }, high: pairs.map { $0[1] })
      return
    }
    switch try container.decode(String.self) {
    case "valid": self = .valid
    case "same": self = .same
    case "causal": self = .causal
    case "circular": self = .circular
    case let other:
      throw CajalError(
        .format, "Padding", expected: "valid, same, causal, circular or numbers", given: "it is \"\(other)\"")
    }
  }

  public func encode(to encoder: Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .valid: try container.encode("valid")
    case .same: try container.encode("same")
    case .causal: try container.encode("causal")
    case .circular: try container.encode("circular")
    case .explicit(let low, let high): try container.encode(zip(low, high).map { [$0, $1] })
    }
  }
}
