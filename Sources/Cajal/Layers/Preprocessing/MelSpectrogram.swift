import Foundation

/// The energy of sound in bands that are even to the ear, over time.
///
/// Short pieces of the samples under a window are taken apart into frequencies; magnitudes to the power `magExp` are
/// summed in triangles that are even on the mel scale 2595 log₁₀(1 + f / 700), and given in decibels with `powerToDb`.
/// The samples are mirrored at both ends by half a piece.
/// Shapes: x `[batch, samples]` → `[batch, numMelBins, pieces]`.
/// Errors: fewer samples than half a piece, a window of another name.
/// Example: `MelSpectrogram(fftLength: 512, sequenceStride: 128, samplingRate: 16_000, numMelBins: 40)`
public struct MelSpectrogram: Layer {
  /// Samples that are taken apart at a time.
  public var fftLength: Int
  /// How far the pieces lie apart.
  public var sequenceStride: Int
  /// Samples under the window; `fftLength` by default.
  public var sequenceLength: Int?
  /// The window, `hann` or `hamming`; nil for none.
  public var window: String?
  /// Samples in a second.
  public var samplingRate: Double
  /// The number of bands.
  public var numMelBins: Int
  /// Where the lowest band begins, in hertz.
  public var minFreq: Double
  /// Where the highest band ends, in hertz; half the sampling rate by default.
  public var maxFreq: Double?
  /// Whether the result is in decibels.
  public var powerToDb: Bool
  /// Values lie at most that many decibels below the highest one of the batch.
  public var topDb: Double
  /// The power of the magnitudes: 1 for amplitudes, 2 for energies.
  public var magExp: Double
  /// The smallest power whose decibels are taken.
  public var minPower: Double
  /// The power of 0 decibels.
  public var refPower: Double
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(
    fftLength: Int = 2048, sequenceStride: Int = 512, sequenceLength: Int? = nil, window: String? = "hann",
    samplingRate: Double = 16_000, numMelBins: Int = 128, minFreq: Double = 20, maxFreq: Double? = nil,
    powerToDb: Bool = true, topDb: Double = 80, magExp: Double = 2, minPower: Double = 1e-10, refPower: Double = 1,
    name: String? = nil
  ) {
    self.fftLength = fftLength
    self.sequenceStride = sequenceStride
    self.sequenceLength = sequenceLength
    self.window = window
    self.samplingRate = samplingRate
    self.numMelBins = numMelBins
    self.minFreq = minFreq
    self.maxFreq = maxFreq
    self.powerToDb = powerToDb
    self.topDb = topDb
    self.magExp = magExp
    self.minPower = minPower
    self.refPower = refPower
    self.name = LayerName(name)
  }

  public func forward(_ input: Tensor) throws -> Tensor {
    try demandAxes(input, "batch, samples", count: 2)
    try demandSizes("fftLength, sequenceStride, numMelBins", [fftLength, sequenceStride, numMelBins], axes: 3)
    let length = sequenceLength ?? fftLength
    try demand(
      (1...fftLength).contains(length) && fftLength <= 1 << 14 && numMelBins <= 1 << 12,
      expected: "a sequenceLength from 1 to fftLength, which is at most 2^14",
      given: "they are \(length) and \(fftLength)")
    let (batch, samples, half) = (input.shape[0], input.shape[1], fftLength / 2)
    try demand(
      samples > half && minPower > 0 && samplingRate > 0, .shape, expected: "more than \(half) samples",
      given: "there are \(samples)")
    // Mirrored at both ends, without the last sample itself.
    let front = input.slice(axis: 1, 1..<half + 1).reversed(axes: [1])
    let back = input.slice(axis: 1, samples - 1 - half..<samples - 1).reversed(axes: [1])
    let mirrored = Tensor.concatenate(half > 0 ? [front, input, back] : [input], axis: 1)

    // TensorFlow's windows are periodic where their length is even.
    let weights = try Spectrum.window(window, length: length, periodic: length % 2 == 0)
    let left = (fftLength - length) / 2
    let (real, imaginary) = Spectrum.kernels(weights, offset: left, fftLength: fftLength)
    let bins = half + 1
    let pieces = mirrored.slice(axis: 1, left..<mirrored.shape[1] - (fftLength - length - left))
      .reshaped([batch, -1, 1])
    let step = Window(strides: [sequenceStride], paddingLow: [0], paddingHigh: [0], dilations: [1])
    let cosines = pieces.convolved(Tensor(real, shape: [length, 1, bins]), window: step)
    let sines = pieces.convolved(Tensor(imaginary, shape: [length, 1, bins]), window: step)
    let energy = cosines.squared() + sines.squared()
    let magnitudes = magExp == 2 ? energy : energy.sqrt().power(magExp)
    var bands = magnitudes.matmul(Tensor(melWeights(bins), shape: [bins, numMelBins]))
    if powerToDb {
      let decibels = 10 / log(10.0)
      bands = bands.maximum(minPower).log() * decibels - decibels * log(max(abs(refPower), minPower))
      bands = bands.maximum(bands.max() - topDb)
    }
    return bands.transposed([0, 2, 1])
  }

  /// The triangles of the bands over the frequencies, row by row; the lowest frequency counts nowhere.
  private func melWeights(_ bins: Int) -> [Float] {
    func mel(_ hertz: Double) -> Double { 1127.0 * log(1 + hertz / 700) }
    let (low, high) = (mel(minFreq), mel(maxFreq ?? samplingRate / 2))
    let edges = (0..<numMelBins + 2).map { low + (high - low) * Double($0) / Double(numMelBins + 1) }
    var weights = [Float](repeating: 0, count: bins * numMelBins)
    for bin in 1..<max(bins, 1) {
      let place = mel(samplingRate / 2 * Double(bin) / Double(bins - 1))
      for band in 0..<numMelBins {
        let rising = (place - edges[band]) / (edges[band + 1] - edges[band])
        let falling = (edges[band + 2] - place) / (edges[band + 2] - edges[band + 1])
        weights[bin * numMelBins + band] = Float(max(0, min(rising, falling)))
      }
    }
    return weights
  }
}
