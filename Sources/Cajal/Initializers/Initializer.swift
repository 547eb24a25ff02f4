import Foundation

/// How a parameter gets its first values.
///
/// Values depend on the model's seed and the parameter's path alone. Fans: for a kernel [window…, in, out],
/// fan in = window · in, fan out = window · out; for a vector both are its length.
public enum Initializer: Hashable, Sendable, Codable {
  /// 0 everywhere.
  case zeros
  /// 1 everywhere.
  case ones
  /// One value everywhere.
  case constant(Float)
  /// Uniform in ± √(6 / (fan in + fan out)). Source: Glorot and Bengio, 2010.
  case glorotUniform
  /// Truncated normal with variance 2 / (fan in + fan out). Source: Glorot and Bengio, 2010.
  case glorotNormal
  /// Uniform in ± √(6 / fan in). Source: He et al., 2015.
  case heUniform
  /// Truncated normal with variance 2 / fan in. Source: He et al., 2015.
  case heNormal
  /// Uniform in ± √(3 / fan in). Source: LeCun et al., 1998.
  case lecunUniform
  /// Truncated normal with variance 1 / fan in. Source: LeCun et al., 1998.
  case lecunNormal
  /// Uniform in lower ..< upper.
  case randomUniform(lower: Float, upper: Float)
  /// Normal with a mean and a standard deviation.
  case randomNormal(mean: Float, deviation: Float)
  /// Normal, redrawn outside two deviations.
  case truncatedNormal(mean: Float, deviation: Float)
  /// Orthogonal rows or columns times a gain, of a kernel seen as a matrix [all other axes, last axis].
  ///
  /// Source: Saxe et al., arXiv:1312.6120.
  case orthogonal(gain: Float = 1)
  /// Given values, in row-major order.
  case values([Float])

  /// The values for a parameter.
  func values(_ type: TensorType, seed: Int, stream: UInt64) throws -> Storage {
    let (fanIn, fanOut) = Self.fans(type.shape)
    func normal(variance: Double) -> Tensor {
      // Cutting at two deviations takes away variance; Keras and this divide by what is left.
      draw(.truncatedNormal, 0, (variance).squareRoot() / 0.879_625_661_034_239_78)
    }
    func draw(_ distribution: RandomValues.Distribution, _ a: Double, _ b: Double) -> Tensor {
      let operation = RandomValues(distribution, lower: a, upper: b, stream: 0, type: TensorType(type.shape, .float32))
      let key = Tensor([Int64(bitPattern: stream)], shape: [])
      return Tensor.make(operation, [Tensor([Int64(seed)], shape: []), key])
    }
    func uniform(limit: Double) -> Tensor { draw(.uniform, -limit, limit) }
    let tensor: Tensor
    switch self {
    case .zeros: tensor = .zeros(type.shape)
    case .ones: tensor = .ones(type.shape)
    case .constant(let value): tensor = .full(type.shape, Double(value))
    case .glorotUniform: tensor = uniform(limit: (6 / (fanIn + fanOut)).squareRoot())
    case .glorotNormal: tensor = normal(variance: 2 / (fanIn + fanOut))
    case .heUniform: tensor = uniform(limit: (6 / fanIn).squareRoot())
    case .heNormal: tensor = normal(variance: 2 / fanIn)
    case .lecunUniform: tensor = uniform(limit: (3 / fanIn).squareRoot())
    case .lecunNormal: tensor = normal(variance: 1 / fanIn)
    case .randomUniform(let lower, let upper): tensor = draw(.uniform, Double(lower), Double(upper))
    case .randomNormal(let mean, let deviation): tensor = draw(.normal, Double(mean), Double(deviation))
    case .truncatedNormal(let mean, let deviation): tensor = draw(.truncatedNormal, Double(mean), Double(deviation))
    case .orthogonal(let gain):
      let normal = draw(.normal, 0, 1)
      try Lazy.evaluate([normal])
      tensor = Tensor(orthogonalized(normal.scalars(), type.shape, gain: gain), shape: type.shape)
    case .values(let values):
      guard values.count == type.shape.count else {
        throw CajalError(
          .shape, "Initializer", expected: "\(type.shape.count) values for \(type.shape)",
          given: "there are \(values.count)")
      }
      tensor = Tensor(values, shape: type.shape)
    }
    let converted = tensor.cast(to: type.dtype)
    try Lazy.evaluate([converted])
    return converted.storage
  }

  private static func fans(_ shape: Shape) -> (Double, Double) {
    guard shape.rank >= 2 else { return (Double(max(shape.count, 1)), Double(max(shape.count, 1))) }
    let window = shape.dimensions.dropLast(2).reduce(1, *)
    return (Double(max(window * shape[-2], 1)), Double(max(window * shape[-1], 1)))
  }
}
