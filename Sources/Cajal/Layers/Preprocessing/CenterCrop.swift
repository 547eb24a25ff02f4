/// Cuts out the middle of images; smaller images are cut to the proportions and resized.
///
/// Shapes: x `[batch, height′, width′, channels]` → `[batch, height, width, channels]`.
/// Example: `CenterCrop(height: 224, width: 224)`
public struct CenterCrop: Layer {
  /// Rows of the part.
  public var height: Int
  /// Columns of the part.
  public var width: Int
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(height: Int, width: Int, name: String? = nil) {
    self.height = height
    self.width = width
    self.name = LayerName(name)
  }

  public func forward(_ input: Tensor) throws -> Tensor {
    try demandImage(input, spatialAxes: 2)
    try demandSizes("height, width", [height, width], axes: 2)
    let images = input.dtype.isFloating ? input : input.cast(to: .float32)
    let (down, across) = (images.shape[1] - height, images.shape[2] - width)
    guard down >= 0, across >= 0 else { return smartlyResized(images, height: height, width: width) }
    return images.slice(axis: 1, down / 2..<down / 2 + height).slice(axis: 2, across / 2..<across / 2 + width)
  }
}
