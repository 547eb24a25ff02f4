/// A fixed number of boxes for each image: more are cut off, fewer are filled up with a value.
///
/// Shapes: `[boxes, labels]` of `[batch, n, 4]` and `[batch, n]` → `[batch, maxNumber, 4]` and `[batch, maxNumber]`.
/// Example: `let fixed = MaxNumBoundingBoxes(maxNumber: 10)(boxes, labels)`
public struct MaxNumBoundingBoxes: Layer {
  /// How many boxes there are for each image.
  public var maxNumber: Int
  /// What boxes and labels that do not exist are made of.
  @Defaulted<MissingBox> public var fillValue: Int
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(maxNumber: Int, fillValue: Int = -1, name: String? = nil) {
    self.maxNumber = maxNumber
    self.fillValue = fillValue
    self.name = LayerName(name)
  }

  public func forward(_ inputs: [Tensor]) throws -> [Tensor] {
    try demandPositive("maxNumber", maxNumber)
    try demand(
      inputs.count == 2 && inputs[0].rank == 3 && inputs[0].shape[2] == 4
        && inputs[1].shape.dimensions == Array(inputs[0].shape.dimensions.prefix(2)), .shape,
      expected: "boxes [batch, n, 4] and labels [batch, n]",
      given: "they are \(inputs.map(\.shape.description).joined(separator: ", "))")
    return inputs.map { x in
      let kept = x.slice(axis: 1, 0..<min(x.shape[1], maxNumber))
      let padding = (0..<x.rank).map { (low: 0, high: $0 == 1 ? maxNumber - kept.shape[1] : 0) }
      return kept.padded(padding, value: Double(fillValue))
    }
  }
}

/// -1 where a file says nothing.
public enum MissingBox: SavedDefault {
  public static var value: Int { -1 }
}
