/// Leaves out the places of a sequence whose features all have one value: padding.
///
/// These places become 0, and the mask tells later layers to skip them.
/// Shapes: x `[batch, time, features]` → the same, with a mask `[batch, time]`.
/// Example: `Masking(maskValue: -1); LSTM(32)`
public struct Masking: Layer {
  /// The value of padding.
  public var maskValue: Double
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(maskValue: Double = 0, name: String? = nil) {
    self.maskValue = maskValue
    self.name = LayerName(name)
  }

  public func forward(_ input: Tensor) throws -> Tensor {
    try demand(
      input.rank >= 2, .shape, expected: "an input [batch, …, features]", given: "it is \(input.shape)")
    let counts = (input .!= maskValue).any(axes: [-1], keepsDimensions: true)
    let output = counts.select(input, input.filled(0))
    output.scope.setMask(counts.squeezed(axes: [-1]), of: output)
    return output
  }
}
