import CajalGraph
import Foundation

extension Interpreter {
  /// The elements of one channel.
  private static func channel(_ x: Values, _ channel: Int) -> [Double] {
    let channels = x.shape[x.shape.count - 1]
    return stride(from: channel, to: x.count, by: channels).map { x.data[$0] }
  }

  static func batchNormalize(_ operation: BatchNormalization, _ inputs: [Values]) -> [Values] {
    let (x, gamma, beta) = (inputs[0], inputs[1], inputs[2])
    var (mean, variance) = (gamma, gamma)
    for index in 0..<gamma.count {
      let values = channel(x, index)
      mean.data[index] = values.reduce(0, +) / Double(values.count)
      variance.data[index] =
        values.reduce(0) { $0 + ($1 - mean.data[index]) * ($1 - mean.data[index]) } / Double(values.count)
    }
    let y = Values(x.shape, x.dtype) { index in
      let c = index[index.count - 1]
      return gamma.data[c] * (x[index] - mean.data[c]) / (variance.data[c] + operation.epsilon).squareRoot()
        + beta.data[c]
    }
    return [y, mean, variance]
  }

  /// dγ = Σ dy x̂, dβ = Σ dy, dx = γ/σ (dy - mean dy - x̂ mean(dy x̂)).
  static func batchNormalizeGradient(_ operation: BatchNormalizationGradient, _ inputs: [Values]) -> [Values] {
    let (x, gamma, mean, variance, dy) = (inputs[0], inputs[1], inputs[4], inputs[5], inputs[6])
    func normalized(_ value: Double, _ c: Int) -> Double {
      (value - mean.data[c]) / (variance.data[c] + operation.epsilon).squareRoot()
    }
    var (dGamma, dBeta) = (gamma, gamma)
    for c in 0..<gamma.count {
      let (xs, gradients) = (channel(x, c), channel(dy, c))
      dGamma.data[c] = zip(xs, gradients).reduce(0) { $0 + normalized($1.0, c) * $1.1 }
      dBeta.data[c] = gradients.reduce(0, +)
    }
    let dx = Values(x.shape, x.dtype) { index in
      let c = index[index.count - 1]
      let n = Double(x.count / gamma.count)
      let inner = dy[index] - dBeta.data[c] / n - normalized(x[index], c) * dGamma.data[c] / n
      return gamma.data[c] / (variance.data[c] + operation.epsilon).squareRoot() * inner
    }
    return [dx, dGamma, dBeta]
  }

  /// The channels of the window around one.
  private static func window(_ operation: LocalResponseNormalization, _ x: Values, _ index: [Int]) -> [[Int]] {
    let (axis, half) = (index.count - 1, operation.size / 2)
    return ((index[axis] - half)...(index[axis] + half)).filter { $0 >= 0 && $0 < x.shape[axis] }.map {
      Array(index.dropLast()) + [$0]
    }
  }

  private static func scale(_ operation: LocalResponseNormalization, _ x: Values, _ index: [Int]) -> Double {
    let squares = window(operation, x, index).reduce(0) { $0 + x[$1] * x[$1] }
    return operation.k + operation.alpha / Double(operation.size) * squares
  }

  static func localResponse(_ operation: LocalResponseNormalization, _ x: Values) -> Values {
    Values(x.shape, x.dtype) { index in x[index] * Foundation.pow(scale(operation, x, index), -operation.beta) }
  }

  /// dxᵢ = Σⱼ dyⱼ ∂yⱼ/∂xᵢ over the windows that hold i.
  static func localResponseGradient(_ gradient: LocalResponseNormalizationGradient, _ x: Values, _ dy: Values) -> Values
  {
    let operation = gradient.normalization
    return Values(x.shape, x.dtype) { index in
      let own = dy[index] * Foundation.pow(scale(operation, x, index), -operation.beta)
      return window(operation, x, index).reduce(own) { sum, other in
        let slope = -operation.beta * Foundation.pow(scale(operation, x, other), -operation.beta - 1)
        return sum + dy[other] * x[other] * slope * 2 * operation.alpha / Double(operation.size) * x[index]
      }
    }
  }
}
