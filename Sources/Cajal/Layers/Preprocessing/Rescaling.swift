/// Multiplies by a scale and adds an offset: y = x · scale + offset.
///
/// Shapes: x `[batch, …]` → the same.
/// Example: `Rescaling(1.0 / 255)`
public struct Rescaling: Layer {
  /// The factor.
  public var scale: Double
  /// What is added.
  public var offset: Double
  public static var passesMask: Bool { true }
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(_ scale: Double, offset: Double = 0, name: String? = nil) {
    self.scale = scale
    self.offset = offset
    self.name = LayerName(name)
  }

  public func forward(_ input: Tensor) throws -> Tensor {
    (input.dtype.isFloating ? input : input.cast(to: .float32)) * scale + offset
  }
}
