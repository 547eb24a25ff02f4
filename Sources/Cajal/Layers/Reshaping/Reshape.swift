/// The elements of each sample under another shape; one size may be -1 and is worked out.
///
/// Shapes: x `[batch, …]` → `[batch] + targetShape`.
/// Errors: a shape with another number of elements.
/// Example: `Reshape([28, 28, -1])`
public struct Reshape: Layer {
  /// The new sizes after the batch; one of them may be -1.
  public var targetShape: [Int]
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(_ targetShape: [Int], name: String? = nil) {
    self.targetShape = targetShape
    self.name = LayerName(name)
  }

  public func forward(_ input: Tensor) throws -> Tensor {
    let elements = input.shape.dimensions.dropFirst().reduce(1, *)
    let free = targetShape.filter { $0 == -1 }.count
    var known = 1
    for size in targetShape where size != -1 {
      let (product, overflow) = known.multipliedReportingOverflow(by: size)
      try demand(
        size >= 0 && !overflow, expected: "sizes of at least 0, or one -1", given: "the target shape is \(targetShape)")
      known = product
    }
    let fits = free == 0 ? known == elements : free == 1 && known > 0 && elements % known == 0
    try demand(
      fits, .shape,
      expected:
        "a target shape of the \(elements) elements of a sample \(Shape(Array(input.shape.dimensions.dropFirst())))",
      given: "it is \(targetShape)")
    return input.reshaped(Shape([input.shape[0]] + targetShape.map { $0 == -1 ? elements / known : $0 }))
  }
}
