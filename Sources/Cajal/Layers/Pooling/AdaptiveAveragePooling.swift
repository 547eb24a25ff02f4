/// ``AdaptiveAveragePooling1D``, ``AdaptiveAveragePooling2D`` and ``AdaptiveAveragePooling3D``: see there.
public struct AdaptiveAveragePooling<Axes: SpatialAxes>: AdaptivePooling {
  public static var className: String { "AdaptiveAveragePooling\(Axes.count)D" }
  static var spatialAxes: Int { Axes.count }

  /// Places of the result along each spatial axis.
  public var outputSize: [Int]
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(_ outputSize: some SpatialSize, name: String? = nil) {
    self.outputSize = outputSize.sizes(axes: Axes.count)
    self.name = LayerName(name)
  }

  public func forward(_ input: Tensor) throws -> Tensor {
    try pooled(input) { $0.mean(axes: [$1], keepsDimensions: true) }
  }
}
