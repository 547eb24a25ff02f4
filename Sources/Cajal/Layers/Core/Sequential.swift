/// Layers one after another.
///
/// Shapes: whatever the first layer takes → whatever the last one gives. As a model its parameters are found under the
/// layers' names (`dense/kernel`, `conv2d_1/bias`); inside another layer under its own name as well.
///
/// Example:
/// ```swift
/// let network = Sequential {
///   Conv2D(16, kernelSize: 3, activation: .relu)
///   MaxPooling2D()
///   Flatten()
///   Dense(10, activation: .softmax)
/// }
/// ```
public struct Sequential: Layer {
  /// The layers in order.
  public var layers: [any Layer<Tensor, Tensor>]
  public var name: LayerName

  /// Layers listed in braces, with `if`, `for` and `switch` where wanted.
  public init(name: String? = nil, @SequentialBuilder _ layers: () -> [any Layer<Tensor, Tensor>]) {
    self.init(layers(), name: name)
  }

  /// Layers of an array.
  public init(_ layers: [any Layer<Tensor, Tensor>] = [], name: String? = nil) {
    self.layers = layers
    self.name = LayerName(name)
  }

  /// Appends a layer.
  public mutating func add(_ layer: any Layer<Tensor, Tensor>) { layers.append(layer) }

  public func forward(_ input: Tensor) throws -> Tensor {
    var value = input
    for layer in layers { value = layer(value) }
    return value
  }
}

/// Collects the layers of a `Sequential`, with `if`, `for` and `switch`.
@resultBuilder
public enum SequentialBuilder {
  /// What the parts of the list become.
  public typealias Layers = [any Layer<Tensor, Tensor>]
  /// One layer.
  public static func buildExpression(_ layer: any Layer<Tensor, Tensor>) -> Layers { [layer] }
  /// Layers that are a list already.
  public static func buildExpression(_ layers: Layers) -> Layers { layers }
  /// Parts one after another.
  public static func buildBlock(_ parts: Layers...) -> Layers { parts.flatMap { $0 } }
  /// An `if` without `else`.
  public static func buildOptional(_ part: Layers?) -> Layers { part ?? [] }
  /// The first branch of an `if` or `switch`.
  public static func buildEither(first: Layers) -> Layers { first }
  /// The other branch of an `if` or `switch`.
  public static func buildEither(second: Layers) -> Layers { second }
  /// A `for`.
  public static func buildArray(_ parts: [Layers]) -> Layers { parts.flatMap { $0 } }
}

// In files each layer is its class name and its configuration.
extension Sequential {
  private enum CodingKeys: String, CodingKey { case name, layers }

  public init(from decoder: Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let entries = try container.decode([LayerEntry].self, forKey: .layers)
    layers = try entries.map { try $0.single(in: "Sequential") }
    name = try container.decode(LayerName.self, forKey: .name)
  }

  public func encode(to encoder: Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(name, forKey: .name)
    try container.encode(layers.map(LayerEntry.init), forKey: .layers)
  }
}
