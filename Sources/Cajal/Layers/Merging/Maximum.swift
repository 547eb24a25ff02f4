/// The largest of its inputs at each place; a tie shares its gradient.
///
/// Shapes: equal ones, or ones that stretch from size 1 → the same.
/// Example: `Maximum()(x, y)`
public struct Maximum: Layer {
  public var name: LayerName
  /// Describes the layer; each option is the property of that name.
  public init(name: String? = nil) { self.name = LayerName(name) }
  public func forward(_ inputs: [Tensor]) throws -> Tensor { try foldingWhatCounts(inputs) { $0.maximum($1) } }
}
