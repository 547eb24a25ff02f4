/// The product of its inputs, element by element.
///
/// Shapes: equal ones, or ones that stretch from size 1 → the same.
/// Example: `Multiply()(x, y)`
public struct Multiply: Layer {
  public var name: LayerName
  /// Describes the layer; each option is the property of that name.
  public init(name: String? = nil) { self.name = LayerName(name) }
  public func forward(_ inputs: [Tensor]) throws -> Tensor {
    // A place that does not count is 1 for the others, and 0 where it counts nowhere.
    let product = try folding(inputs.map { x in x.mask.map { $0.asCondition(of: x).select(x, x.filled(1)) } ?? x }) {
      $0 * $1
    }
    let masks = inputs.compactMap(\.mask)
    guard !masks.isEmpty, masks.count == inputs.count else { return product }
    let counts = masks.dropFirst().reduce(masks[0]) { $0.or($1) }
    let output = counts.asCondition(of: product).select(product, product.filled(0))
    output.scope.setMask(counts, of: output)
    return output
  }
}
