import Cajal
import Foundation

/// Numbers for the tests, the same every time.
enum Numbers {
  static func normal(_ shape: Shape, seed: Int = 1, deviation: Double = 1) -> Tensor {
    var random = RandomSource(seed: seed)
    let values = random.normal(shape, deviation: deviation)
    _ = values.storage
    return values
  }

  static func bits(_ shape: Shape, seed: Int = 2, probability: Double = 0.4) -> Tensor {
    var random = RandomSource(seed: seed)
    let values = random.bernoulli(shape, probability: probability)
    _ = values.storage
    return values
  }

  static func uniform(_ shape: Shape, seed: Int = 3) -> Tensor {
    var random = RandomSource(seed: seed)
    let values = random.uniform(shape)
    _ = values.storage
    return values
  }

  /// ∫ f(z) dz over -8 … 8 by the trapezoidal rule, which is exact to rounding for what falls off like a normal density.
  static func integral(_ values: [Double], step: Double) -> Double { values.reduce(0, +) * step }

  static let grid = stride(from: -8.0, through: 8.0, by: 0.01).map { $0 }
}

func largestDifference(_ a: Tensor, _ b: Tensor) -> Double { (a - b).absolute().max().item }
