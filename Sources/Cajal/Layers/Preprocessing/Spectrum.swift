import Foundation

// Windows of samples and the waves they are held against: what both spectrogram layers need.
enum Spectrum {
  /// The window by its name, `hann` or `hamming`, or ones for nil.
  static func window(_ name: String?, length: Int, periodic: Bool) throws -> [Double] {
    let steps = Double(max(periodic ? length : length - 1, 1))
    let shape: (Double) -> Double
    switch name {
    case nil: shape = { _ in 1 }
    case "hann": shape = { 0.5 - 0.5 * cos($0) }
    case "hamming": shape = { 0.54 - 0.46 * cos($0) }
    case let other?:
      throw CajalError(
        .argument, "Spectrum", expected: "the window hann or hamming, or none", given: "it is \"\(other.prefix(40))\"")
    }
    return length == 1 ? [1] : (0..<length).map { shape(2 * .pi * Double($0) / steps) }
  }

  /// Windowed cosines and negative sines of each frequency: two kernels [length, 1, frequencies].
  static func kernels(_ window: [Double], offset: Int, fftLength: Int) -> (real: [Float], imaginary: [Float]) {
    let frequencies = fftLength / 2 + 1
    var real = [Float](repeating: 0, count: window.count * frequencies)
    var imaginary = real
    for (sample, weight) in window.enumerated() {
      for frequency in 0..<frequencies {
        // The angle's whole turns are taken off first, in whole numbers.
        let turn = Double((sample + offset) * frequency % fftLength) / Double(fftLength)
        real[sample * frequencies + frequency] = Float(weight * cos(2 * .pi * turn))
        imaginary[sample * frequencies + frequency] = Float(-weight * sin(2 * .pi * turn))
      }
    }
    return (real, imaginary)
  }
}
