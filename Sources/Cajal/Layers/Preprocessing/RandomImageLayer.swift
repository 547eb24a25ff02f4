/// What the random image layers have in common: they change images while training and let them pass otherwise.
protocol RandomImageLayer: Layer where Input == Tensor, Output == Tensor {
  /// Images [batch, height, width, channels], each changed by a draw of its own.
  func changed(_ images: Tensor, _ scope: Scope) throws -> Tensor
}

extension RandomImageLayer {
  public func forward(_ input: Tensor) throws -> Tensor {
    try demandImage(input, spatialAxes: 2)
    let images = input.dtype.isFloating ? input : input.cast(to: .float32)
    return input.scope.isTraining ? try changed(images, input.scope) : images
  }

  /// Throws unless the range goes up from its first number to its second.
  func demandRange(_ name: String, _ range: [Double]) throws {
    try demand(
      range.count == 2 && range[0] < range[1], expected: "a \(name) [low, high]", given: "it is \(range)")
  }

  /// Throws unless the images have three channels.
  func demandColors(_ images: Tensor) throws {
    try demand(
      images.shape.last == 3, .shape, expected: "images of three channels", given: "they are \(images.shape)")
  }
}

/// How far a random change goes: one number for both directions, or the bounds between which it is drawn.
///
/// Example: `RandomZoom(0.2)`, `RandomZoom([-0.3, -0.1])`
public struct RandomFactor: Hashable, Sendable, ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByArrayLiteral
{
  /// One number, or two.
  public var numbers: [Double]

  /// A number for both directions, or bounds.
  public init(_ numbers: [Double]) { self.numbers = numbers }
  public init(floatLiteral value: Double) { numbers = [value] }
  public init(integerLiteral value: Int) { numbers = [Double(value)] }
  public init(arrayLiteral elements: Double...) { numbers = elements }

  /// The bounds: those given, or ± the number where the least allowed value permits.
  func bounds(from least: Double) -> (lower: Double, upper: Double) {
    if numbers.count == 2 { return (Swift.min(numbers[0], numbers[1]), Swift.max(numbers[0], numbers[1])) }
    let size = abs(numbers.first ?? 0)
    return (Swift.max(-size, least), size)
  }
}

// In files a number or a list of two, as in Keras.
extension RandomFactor: Codable {
  public init(from decoder: Decoder) throws {
    let container = try decoder.singleValueContainer()
    numbers = try (try? container.decode([Double].self)) ?? [container.decode(Double.self)]
  }

  public func encode(to encoder: Encoder) throws {
    var container = encoder.singleValueContainer()
    if numbers.count == 1 { try container.encode(numbers[0]) } else { try container.encode(numbers) }
  }
}

extension Layer {
  /// A number for each image, [batch] and axes of size 1, drawn between the bounds of a factor.
  func draw(
    _ name: String, _ factor: RandomFactor, within: ClosedRange<Double>, for images: Tensor, axes: Int = 4,
    scaled: (Double, Double) -> (Double, Double) = { ($0, $1) }
  ) throws -> Tensor {
    let (lower, upper) = factor.bounds(from: within.lowerBound)
    try demand(
      [1, 2].contains(factor.numbers.count) && lower >= within.lowerBound && upper <= within.upperBound,
      expected: "a \(name) of one or two numbers from \(within.lowerBound) to \(within.upperBound)",
      given: "it is \(factor.numbers)")
    let (low, high) = scaled(lower, upper)
    let shape = Shape([images.shape[0]] + Array(repeating: 1, count: axes - 1))
    return low < high ? images.scope.uniform(shape, lower: low, upper: high) : .full(shape, low)
  }

  /// Whether each image is changed: with a probability that is drawn between the bounds of a factor.
  func chosen(_ name: String, _ factor: RandomFactor, for images: Tensor) throws -> Tensor {
    let probability = try draw(name, factor, within: 0...1, for: images)
    return images.scope.uniform(probability.shape) .< probability
  }
}
