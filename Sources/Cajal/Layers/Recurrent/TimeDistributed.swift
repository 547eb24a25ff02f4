/// Applies a layer to each step of a sequence, with the same weights.
///
/// All steps go through the layer at once, as one larger batch: a batch normalization inside sees all of them, where
/// Keras's sees one step after another.
/// Shapes: x `[batch, time, …]` → `[batch, time, …]`, with the layer's shapes behind the time.
/// Example: `TimeDistributed(Conv2D(16, kernelSize: 3))`
public struct TimeDistributed: Layer {
  /// The layer that is applied to each step.
  public var layer: any Layer<Tensor, Tensor>
  public static var passesMask: Bool { true }
  public var name: LayerName

  /// Applies a layer to each step.
  public init(_ layer: any Layer<Tensor, Tensor>, name: String? = nil) {
    self.layer = layer
    self.name = LayerName(name)
  }

  public func forward(_ input: Tensor) throws -> Tensor {
    try demand(input.rank >= 3, .shape, expected: "an input [batch, time, …]", given: "it is \(input.shape)")
    let (batch, time) = (input.shape[0], input.shape[1])
    let output = layer(input.reshaped(Shape([batch * time] + input.shape.dimensions.dropFirst(2))))
    guard !output.shape.isPoisoned else { return output }
    return output.reshaped(Shape([batch, time] + output.shape.dimensions.dropFirst()))
  }
}

// In files the layer is its class name and its configuration.
extension TimeDistributed {
  private enum CodingKeys: String, CodingKey { case layer, name }

  public init(from decoder: Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    layer = try container.decode(LayerEntry.self, forKey: .layer).single(in: "TimeDistributed")
    name = try container.decode(LayerName.self, forKey: .name)
  }

  public func encode(to encoder: Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(LayerEntry(layer), forKey: .layer)
    try container.encode(name, forKey: .name)
  }
}

extension LayerEntry {
  /// The layer, which takes and gives one tensor.
  func single(in subject: String) throws -> any Layer<Tensor, Tensor> {
    guard let layer = layer as? any Layer<Tensor, Tensor> else {
      throw CajalError(
        .format, subject, expected: "layers from one tensor to one tensor",
        given: "\(type(of: layer).className) takes or gives several")
    }
    return layer
  }
}
