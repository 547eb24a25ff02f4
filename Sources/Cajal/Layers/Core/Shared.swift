/// A layer that may be called more than once, each time with the same weights.
///
/// Its parameters live where it was called first, under the wrapped layer's name (`dense/kernel`). State that two calls
/// update in one step, such as a moving average, keeps the last update.
///
/// Example: `let encode = Shared(Dense(64)); let distance = encode(left) - encode(right)`
public struct Shared<Wrapped: Layer>: Layer, SharingLayer {
  /// The layer whose weights are shared.
  public private(set) var layer: Wrapped
  public var name: LayerName

  /// Shares a layer's weights, under the wrapped layer's name by default.
  public init(_ layer: Wrapped, name: String? = nil) {
    self.layer = layer
    self.name = LayerName(name ?? layer.name.text, sharing: Wrapped.className)
  }

  public static var passesMask: Bool { Wrapped.passesMask }

  public func forward(_ input: Wrapped.Input) throws -> Wrapped.Output { try layer.forward(input) }

  var shared: any Layer { layer }

  private enum CodingKeys: String, CodingKey { case layer, name }

  public init(from decoder: Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      try container.decode(Wrapped.self, forKey: .layer), name: try container.decode(LayerName.self, forKey: .name).text
    )
  }
}

/// A layer that is another one, called more than once.
protocol SharingLayer {
  var shared: any Layer { get }
}
