/// Zeroes a fraction of the elements while training and scales the rest by 1 / (1 - rate); a rate of 1/3 scales by 1.5.
///
/// Inference gives the input back. The choice is a function of the model's seed, the layer's path and the step.
///
/// Shapes: x `[batch, …]` → the same. `noiseShape` with sizes of 1 drops whole slices; -1 stands for the input's size.
/// Source: Srivastava et al., JMLR 15, 2014.
/// Example: `Dropout(0.5)`
public struct Dropout: Layer {
  /// The fraction that is dropped, in 0 … 1.
  public var rate: Double
  /// Sizes of the mask; 1 drops whole slices along an axis, -1 stands for the input's size.
  public var noiseShape: [Int]?
  public static var passesMask: Bool { true }
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(_ rate: Double, noiseShape: [Int]? = nil, name: String? = nil) {
    self.rate = rate
    self.noiseShape = noiseShape
    self.name = LayerName(name)
  }

  public func forward(_ input: Tensor) throws -> Tensor {
    try dropping(input, rate, shape: try dropShape(of: input, noiseShape))
  }
}

extension Layer {
  /// The shape of the mask: the input's, or with sizes of 1 where whole slices are dropped.
  func dropShape(of input: Tensor, _ noiseShape: [Int]?) throws -> Shape {
    let shape = input.shape
    guard let noiseShape else { return shape }
    try demand(
      noiseShape.count == input.rank && zip(noiseShape, shape.dimensions).allSatisfy { [1, -1, $1].contains($0) },
      .shape, expected: "a noiseShape of sizes 1, -1 or those of \(shape)", given: "it is \(noiseShape)")
    return Shape(zip(noiseShape, shape.dimensions).map { $0 == 1 ? 1 : $1 })
  }

  /// Dropout with one draw for each element of `shape`, which stretches to the input.
  func dropping(_ input: Tensor, _ rate: Double, shape: Shape) throws -> Tensor {
    try demandRate("rate", rate)
    let scope = input.scope
    guard scope.isTraining, rate > 0 else { return input }
    guard rate < 1 else { return input.clipped(0, 0) }
    let mask = scope.bernoulli(shape, probability: 1 - rate)
    return input * (mask * (1 / (1 - rate))).cast(to: input.dtype)
  }
}
