/// The frequencies of short pieces of a signal over time, by learned kernels that begin as a Fourier transform.
///
/// Shapes: x `[batch, samples, channels]` → `[batch, pieces, channels · frequencies]`, or `[batch, pieces, frequencies,
/// channels]` with `expandDims`; `real_kernel` and `imag_kernel` `[frameLength, 1, fftLength / 2 + 1]`, each where the mode
/// needs it.
/// Errors: pieces further apart than they are long, an `fftLength` below `frameLength`, a window of another name.
/// Example: `STFTSpectrogram(mode: .log, frameLength: 256, frameStep: 128)`
public struct STFTSpectrogram: Layer {
  /// What is given of each frequency.
  public enum Mode: String, Hashable, Sendable, Codable {
    /// The logarithm of the magnitude.
    case log
    /// The magnitude.
    case magnitude
    /// The density of the power, with both halves of the spectrum in one.
    case psd
    /// The real part.
    case real
    /// The imaginary part.
    case imag
    /// The angle.
    case angle
    /// Real parts, then imaginary parts.
    case stft
  }

  /// What is given of each frequency.
  public var mode: Mode
  /// Samples in a piece.
  public var frameLength: Int
  /// How far pieces lie apart; half a piece by default.
  public var frameStep: Int?
  /// Samples of the transform; the next power of two by default.
  public var fftLength: Int?
  /// The window, `hann` or `hamming`; nil for none.
  public var window: String?
  /// Whether the window is one period of a wave rather than symmetric.
  public var periodic: Bool
  /// What the window is divided by: `density` for its length as a vector, `spectrum` for its sum; nil for nothing.
  public var scaling: String?
  /// What lies around the signal, `.valid` or `.same`.
  public var padding: Padding
  /// Whether frequencies and channels have axes of their own.
  public var expandDims: Bool
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(
    mode: Mode = .log, frameLength: Int = 256, frameStep: Int? = nil, fftLength: Int? = nil, window: String? = "hann",
    periodic: Bool = false, scaling: String? = "density", padding: Padding = .valid, expandDims: Bool = false,
    name: String? = nil
  ) {
    self.mode = mode
    self.frameLength = frameLength
    self.frameStep = frameStep
    self.fftLength = fftLength
    self.window = window
    self.periodic = periodic
    self.scaling = scaling
    self.padding = padding
    self.expandDims = expandDims
    self.name = LayerName(name)
  }

  public func forward(_ input: Tensor) throws -> Tensor {
    try demandAxes(input, "batch, samples, channels", count: 3)
    try demandSizes("frameLength", [frameLength], axes: 1)
    let step = frameStep ?? max(frameLength / 2, 1)
    var transform = 1
    while transform < frameLength { transform *= 2 }
    transform = fftLength ?? transform
    try demand(
      (1...frameLength).contains(step) && frameLength <= transform && transform <= 1 << 14,
      expected: "a frameStep up to frameLength and an fftLength from it on to 2^14",
      given: "they are \(step) and \(transform)")
    try demand(
      [nil, "density", "spectrum"].contains(scaling), expected: "the scaling density or spectrum, or none",
      given: "it is \(scaling ?? "")")
    var weights = try Spectrum.window(window, length: frameLength, periodic: periodic)
    if window != nil, let scaling {
      let divisor =
        scaling == "density"
        ? weights.reduce(0) { $0 + $1 * $1 }.squareRoot() : weights.reduce(0) { $0 + abs($1) }
      weights = weights.map { $0 / divisor }
    }
    let kernels = Spectrum.kernels(weights, offset: 0, fftLength: transform)
    let shape: Shape = [frameLength, 1, transform / 2 + 1]
    let (batch, channels) = (input.shape[0], input.shape[2])
    let scope = input.scope
    let signals = input.transposed([0, 2, 1]).reshaped([batch * channels, input.shape[1], 1])
    let place = try window(over: signals, size: [frameLength], strides: [step], padding: padding)
    func part(_ name: String, _ values: [Float]) -> Tensor {
      signals.convolved(scope.parameter(name, shape, .values(values)), window: place)
    }
    let real = mode == .imag ? nil : part("real_kernel", kernels.real)
    let imaginary = mode == .real ? nil : part("imag_kernel", kernels.imaginary)
    let result = combined(real ?? signals, imaginary ?? signals)
    guard !result.shape.isPoisoned else { return result }
    let (pieces, frequencies) = (result.shape[1], result.shape[2])
    let apart = result.reshaped([batch, channels, pieces, frequencies])
    return expandDims
      ? apart.transposed([0, 2, 3, 1])
      : apart.transposed([0, 2, 1, 3]).reshaped([batch, pieces, channels * frequencies])
  }

  /// The mode's number for each frequency, from its two parts.
  private func combined(_ real: Tensor, _ imaginary: Tensor) -> Tensor {
    switch mode {
    case .real: return real
    case .imag: return imaginary
    case .angle: return imaginary.atan2(real)
    case .stft: return Tensor.concatenate([real, imaginary], axis: 2)
    case .psd:
      let power = real.squared() + imaginary.squared()
      guard !power.shape.isPoisoned, power.shape[2] > 2 else { return power }
      return power + power.slice(axis: 2, 1..<power.shape[2] - 1).padded([(0, 0), (0, 0), (1, 1)])
    case .magnitude, .log:
      let magnitude = (real.squared() + imaginary.squared()).maximum(1e-7).sqrt()
      return mode == .log ? magnitude.maximum(1e-7).log() : magnitude
    }
  }
}
