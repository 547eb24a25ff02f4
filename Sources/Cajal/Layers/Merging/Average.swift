/// The mean of its inputs at each place.
///
/// Shapes: equal ones, or ones that stretch from size 1 → the same.
/// Example: `Average()(x, y)`
public struct Average: Layer {
  public var name: LayerName
  /// Describes the layer; each option is the property of that name.
  public init(name: String? = nil) { self.name = LayerName(name) }
  public func forward(_ inputs: [Tensor]) throws -> Tensor {
    let sum = try folding(inputs) { $0 + $1 }
    return marked(sum * (1 / Double(inputs.count)), inputs)
  }
}
