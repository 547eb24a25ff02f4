/// Random numbers from a counter: the value at index i is a function of seed, step, stream and i alone (Philox 4x32-10).
///
/// Inputs: seed and step, int64 scalars. Uniform in lower ..< upper; normal with mean `lower` and deviation `upper`;
/// truncated normal the same, redrawn outside two deviations; Bernoulli gives 1 with probability `lower`.
/// Source: Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
package struct RandomValues: Operation {
  package enum Distribution: String, Sendable { case uniform, normal, truncatedNormal, bernoulli, bits }
  package static let name = "random"
  package static let differentiability = Differentiability.none("random numbers depend on no value")
  package var distribution: Distribution
  package var lower: Double
  package var upper: Double
  package var stream: UInt64
  package var type: TensorType
  package var label: String { "random \(distribution.rawValue)" }

  package init(_ distribution: Distribution, lower: Double, upper: Double, stream: UInt64, type: TensorType) {
    self.distribution = distribution
    self.lower = lower
    self.upper = upper
    self.stream = stream
    self.type = type
  }

  package func result(_ inputs: [TensorType]) throws -> [TensorType] {
    let scalar = TensorType([], .int64)
    guard inputs[0] == scalar, inputs[1] == scalar else {
      throw misfit(expected: "seed and step as int64 scalars", given: "they are \(inputs[0]) and \(inputs[1])")
    }
    guard type.shape.hasSizes else {
      throw misfit(.argument, expected: "sizes of 0 or more", given: "the shape is \(type.shape)")
    }
    let wanted: DType = distribution == .bits ? .int32 : .float32
    guard type.dtype == wanted else {
      throw misfit(
        .dtype, expected: wanted.rawValue, given: "it is \(type.dtype.rawValue)", advice: "Cast the numbers.")
    }
    return [type]
  }
  package func gradient(_ context: GradientContext) -> [Tensor?] { [nil, nil] }
}

/// Random numbers outside a model: one seed, and a step that grows with every draw.
public struct RandomSource: Sendable {
  private let seed: Tensor
  private var step: Int64 = 0

  /// The same seed gives the same numbers, on any machine and any number of threads.
  public init(seed: Int) { self.seed = Tensor([Int64(seed)], shape: []) }

  private mutating func draw(
    _ distribution: RandomValues.Distribution, _ lower: Double, _ upper: Double, _ shape: Shape
  ) -> Tensor {
    step += 1
    let type = TensorType(shape, .float32)
    let operation = RandomValues(distribution, lower: lower, upper: upper, stream: 0, type: type)
    return Tensor.make(operation, [seed, Tensor([step], shape: [])])
  }

  /// Uniform numbers in lower ..< upper.
  public mutating func uniform(_ shape: Shape, lower: Double = 0, upper: Double = 1) -> Tensor {
    draw(.uniform, lower, upper, shape)
  }

  /// Normal numbers.
  public mutating func normal(_ shape: Shape, mean: Double = 0, deviation: Double = 1) -> Tensor {
    draw(.normal, mean, deviation, shape)
  }

  /// 1 with the given probability, else 0.
  public mutating func bernoulli(_ shape: Shape, probability: Double) -> Tensor {
    draw(.bernoulli, probability, 0, shape)
  }
}
