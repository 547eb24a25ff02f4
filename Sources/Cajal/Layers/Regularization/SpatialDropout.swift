/// ``SpatialDropout1D``, ``SpatialDropout2D`` and ``SpatialDropout3D``: see there.
public struct SpatialDropout<Axes: SpatialAxes>: Layer {
  public static var className: String { "SpatialDropout\(Axes.count)D" }

  /// The fraction that is dropped, in 0 … 1.
  public var rate: Double
  public static var passesMask: Bool { true }
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(_ rate: Double, name: String? = nil) {
    self.rate = rate
    self.name = LayerName(name)
  }

  public func forward(_ input: Tensor) throws -> Tensor {
    try demandImage(input, spatialAxes: Axes.count)
    let places = [Int](repeating: 1, count: Axes.count)
    return try dropping(input, rate, shape: Shape([input.shape[0]] + places + [input.shape.last]))
  }
}
