/// Fills a random rectangle of some images with noise or with a value.
///
/// Shapes: x `[batch, height, width, channels]` → the same. Training only.
/// Source: Zhong et al., arXiv:1708.04896.
/// Example: `RandomErasing(0.5, fillValue: 0)`
public struct RandomErasing: RandomImageLayer {
  /// The probability, or bounds between which it is drawn.
  public var factor: RandomFactor
  /// The square of the part of each side that is filled, in 0 … 1.
  public var scale: RandomFactor
  /// The value that is filled in; nil for normal noise.
  public var fillValue: Double?
  /// Lowest and highest value of a pixel.
  public var valueRange: [Double]
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(
    _ factor: RandomFactor = 1, scale: RandomFactor = [0.02, 0.33], fillValue: Double? = nil,
    valueRange: [Double] = [0, 255], name: String? = nil
  ) {
    self.factor = factor
    self.scale = scale
    self.fillValue = fillValue
    self.valueRange = valueRange
    self.name = LayerName(name)
  }

  func changed(_ images: Tensor, _ scope: Scope) throws -> Tensor {
    try demandRange("valueRange", valueRange)
    let isErased = try chosen("factor", factor, for: images)
    var isInside: Tensor?
    for axis in [2, 1] {
      let size = Double(images.shape[axis])
      let length = try draw("scale", scale, within: 0...1, for: images).sqrt() * size
      let start = scope.uniform([images.shape[0], 1, 1, 1]) * (size - length)
      var grid: Shape = [1, 1, 1, 1]
      grid.dimensions[axis] = images.shape[axis]
      let place = Tensor.indices(along: axis, shape: grid).cast(to: .float32)
      let along = (place .>= start).and(place .< start + length)
      isInside = isInside.map { $0.and(along) } ?? along
    }
    let fill = fillValue.map { Tensor.full(images.shape, $0) } ?? scope.normal(images.shape) * valueRange[1]
    guard let isInside else { return images }
    return isErased.and(isInside).select(fill.clipped(valueRange[0], valueRange[1]), images)
  }
}
