/// The largest value of each window, channel by channel, with windows chosen so that the result has a given size.
///
/// Window i of m over n places is ⌊i n / m⌋ ..< ⌈(i + 1) n / m⌉.
/// Shapes: x `[batch, depth, height, width, channels]` → `[batch, outputSize…, channels]`.
/// Example: `AdaptiveMaxPooling3D(4)`
public struct AdaptiveMaxPooling3D: AdaptivePooling {
  static let spatialAxes = 3

  /// Places of the result along each spatial axis.
  public var outputSize: [Int]
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(_ outputSize: some SpatialSize, name: String? = nil) {
    self.outputSize = outputSize.sizes(axes: 3)
    self.name = LayerName(name)
  }

  public func forward(_ input: Tensor) throws -> Tensor {
    try pooled(input) { $0.max(axes: [$1], keepsDimensions: true) }
  }
}
