/// Images in another size.
///
/// With `cropToAspectRatio` the middle of the new proportions is resized, with `padToAspectRatio` the image with a border.
/// Shapes: x `[batch, height′, width′, channels]` → `[batch, height, width, channels]`.
/// Errors: both of them at once; a fill mode other than `.constant`.
/// Example: `Resizing(height: 224, width: 224, interpolation: .bicubic)`
public struct Resizing: Layer {
  /// Rows of the result.
  public var height: Int
  /// Columns of the result.
  public var width: Int
  /// How pixels between the given ones are worked out.
  public var interpolation: Interpolation
  /// Whether the image is cut to the new proportions first.
  public var cropToAspectRatio: Bool
  /// Whether the image gets a border to have the new proportions first.
  public var padToAspectRatio: Bool
  /// What the border is; one value.
  public var fillMode: FillMode
  /// The value of the border.
  public var fillValue: Double
  /// Whether shrinking takes the mean of all pixels a new one covers.
  public var antialias: Bool
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(
    height: Int, width: Int, interpolation: Interpolation = .bilinear, cropToAspectRatio: Bool = false,
    padToAspectRatio: Bool = false, fillMode: FillMode = .constant, fillValue: Double = 0, antialias: Bool = false,
    name: String? = nil
  ) {
    self.height = height
    self.width = width
    self.interpolation = interpolation
    self.cropToAspectRatio = cropToAspectRatio
    self.padToAspectRatio = padToAspectRatio
    self.fillMode = fillMode
    self.fillValue = fillValue
    self.antialias = antialias
    self.name = LayerName(name)
  }

  public func forward(_ input: Tensor) throws -> Tensor {
    try demandImage(input, spatialAxes: 2)
    try demandSizes("height, width", [height, width], axes: 2)
    try demand(
      !(cropToAspectRatio && padToAspectRatio) && fillMode == .constant,
      expected: "one of cropToAspectRatio and padToAspectRatio, and fill mode .constant",
      given: "they are \(cropToAspectRatio), \(padToAspectRatio) and \(fillMode)")
    var images = input.dtype.isFloating ? input : input.cast(to: .float32)
    if cropToAspectRatio { images = croppedToAspectRatio(images, height: height, width: width) }
    if padToAspectRatio {
      let (rows, columns) = (images.shape[1], images.shape[2])
      let down = (max(rows, Int(Float(columns * height) / Float(width))) - rows) / 2
      let across = (max(columns, Int(Float(rows * width) / Float(height))) - columns) / 2
      images = images.padded([(0, 0), (down, down), (across, across), (0, 0)], value: fillValue)
    }
    return images.resized(height: height, width: width, interpolation, antialias: antialias)
  }
}
