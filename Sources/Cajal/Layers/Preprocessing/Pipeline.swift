/// Preprocessing layers one after another.
///
/// Shapes: whatever the first layer takes → whatever the last one gives.
/// Example: `Pipeline([Resizing(height: 64, width: 64), RandomFlip(), Rescaling(1.0 / 255)])`
public struct Pipeline: Layer {
  /// The layers in order.
  public var layers: [any Layer<Tensor, Tensor>]
  public var name: LayerName

  /// Layers in order.
  public init(_ layers: [any Layer<Tensor, Tensor>], name: String? = nil) {
    self.layers = layers
    self.name = LayerName(name)
  }

  public func forward(_ input: Tensor) throws -> Tensor {
    var value = input
    for layer in layers { value = layer(value) }
    return value
  }
}

// In files each layer is its class name and its configuration.
extension Pipeline {
  private enum CodingKeys: String, CodingKey { case layers, name }

  public init(from decoder: Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    layers = try container.decode([LayerEntry].self, forKey: .layers).map { try $0.single(in: "Pipeline") }
    name = try container.decode(LayerName.self, forKey: .name)
  }

  public func encode(to encoder: Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(layers.map { LayerEntry($0) }, forKey: .layers)
    try container.encode(name, forKey: .name)
  }
}
