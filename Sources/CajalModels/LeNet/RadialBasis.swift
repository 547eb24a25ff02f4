import Cajal

/// Probabilities by the distance to fixed centres: softmax(-|x - cᵢ|²), the nearest centre the largest.
///
/// Shapes: x `[batch, n]` → `[batch, centres]`. Errors: `.argument` for centres of another size.
/// Example: `RadialBasis([[-1, 1], [1, 1]])` tells the left from the right.
public struct RadialBasis: Layer {
  /// The centres, each with as many numbers as the input.
  public var centres: [[Float]]
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(_ centres: [[Float]], name: String? = nil) {
    self.centres = centres
    self.name = LayerName(name)
  }

  public func forward(_ input: Tensor) throws -> Tensor {
    try demandAxes(input, "batch, numbers", count: 2)
    let size = input.shape.last
    try demand(
      !centres.isEmpty && centres.allSatisfy { $0.count == size }, .argument,
      expected: "centres of \(size) numbers", given: "they have \(Set(centres.map(\.count)).sorted())")
    let centres = Tensor(centres.flatMap { $0 }, shape: [centres.count, size])
    return (-(input.expandingDimension(at: 1) - centres).squared().sum(axes: [2])).softmax()
  }
}
