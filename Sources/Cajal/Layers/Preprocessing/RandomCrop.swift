/// Cuts out a part of a given size, at a random place that is the same for a batch; inference takes the middle, resized.
///
/// Images of the size or smaller are cut to the proportions of the part and resized. Keras 3.15 lets images pass as they are
/// when predicting, against its documentation; here the result has one shape.
/// Shapes: x `[batch, height′, width′, channels]` → `[batch, height, width, channels]`.
/// Example: `RandomCrop(height: 224, width: 224)`
public struct RandomCrop: Layer {
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
    let (rows, columns) = (images.shape[1], images.shape[2])
    guard input.scope.isTraining, rows > height, columns > width else {
      return smartlyResized(images, height: height, width: width)
    }
    func cut(_ x: Tensor, axis: Int, _ length: Int) -> Tensor {
      let start = (input.scope.uniform([1], upper: Double(x.shape[axis] - length + 1))).floor()
        .clipped(0, Double(x.shape[axis] - length)).cast(to: .int32)
      return x.gathered(start + Tensor.range(length, dtype: .int32), axis: axis)
    }
    return cut(cut(images, axis: 1, height), axis: 2, width)
  }
}
