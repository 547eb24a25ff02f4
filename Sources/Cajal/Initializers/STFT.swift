import Foundation

/// The kernel of a short-time Fourier transform: w(t) cos(2π t f / n) or -w(t) sin(2π t f / n), n = 2 (frequencies - 1).
///
/// Example: `Conv1D(129, kernelSize: 256, useBias: false, kernelInitializer: .stft(STFT(side: .real)))`
public struct STFT: Hashable, Sendable, Codable {
  /// The part of the transform.
  public enum Side: String, Hashable, Sendable, Codable {
    /// The cosines.
    case real
    /// The sines, with their sign.
    case imag
  }

  /// How a frame fades in and out.
  public enum Window: String, Hashable, Sendable, Codable {
    /// ½ - ½ cos
    case hann
    /// 0.54 - 0.46 cos
    case hamming
    /// 0.42 - ½ cos + 0.08 cos of twice the angle
    case blackman
    /// 1 everywhere.
    case boxcar
  }

  /// What the window is divided by.
  public enum Scaling: String, Hashable, Sendable, Codable {
    /// The root of the sum of its squares.
    case density
    /// The sum of its absolute values.
    case spectrum
  }

  /// The part of the transform.
  public var side: Side
  /// How a frame fades in and out; nil for not at all.
  public var window: Window?
  /// What the window is divided by; nil for nothing.
  public var scaling: Scaling?
  /// Whether the window's end would be the beginning of the next.
  public var periodic: Bool

  /// A transform; each option is the property of that name.
  public init(side: Side = .real, window: Window? = .hann, scaling: Scaling? = .density, periodic: Bool = false) {
    self.side = side
    self.window = window
    self.scaling = scaling
    self.periodic = periodic
  }

  func values(_ shape: Shape) throws -> [Float] {
    guard shape.rank == 3, shape[2] > 1 else {
      throw CajalError(
        .shape, "STFT", expected: "a kernel [frame, channels, frequencies]", given: "the shape is \(shape)")
    }
    let (frame, channels, frequencies) = (shape[0], shape[1], shape[2])
    let fade = weights(frame)
    var values: [Float] = []
    values.reserveCapacity(shape.count)
    for time in 0..<frame {
      let waves = (0..<frequencies).map { frequency -> Float in
        let angle = -2 * Double.pi * Double(time) * Double(frequency) / Double(2 * (frequencies - 1))
        return Float(fade[time] * (side == .real ? cos(angle) : sin(angle)))
      }
      for _ in 0..<channels { values += waves }
    }
    return values
  }

  private func weights(_ count: Int) -> [Double] {
    guard let window else { return Array(repeating: 1, count: count) }
    let span = Double(max(periodic ? count : count - 1, 1))
    let shape = (0..<count).map { place -> Double in
      let angle = 2 * Double.pi * Double(place) / span
      if count == 1 { return 1 }
      switch window {
      case .hann: return 0.5 - 0.5 * cos(angle)
      case .hamming: return 0.54 - 0.46 * cos(angle)
      case .blackman: return 0.42 - 0.5 * cos(angle) + 0.08 * cos(2 * angle)
      case .boxcar: return 1
      }
    }
    switch scaling {
    case nil: return shape
    case .density:
      let size = shape.reduce(0) { $0 + $1 * $1 }.squareRoot()
      return shape.map { $0 / size }
    case .spectrum:
      let size = shape.reduce(0) { $0 + abs($1) }
      return shape.map { $0 / size }
    }
  }
}
