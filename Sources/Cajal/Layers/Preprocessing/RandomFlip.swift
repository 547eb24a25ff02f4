/// Turns each image around with probability ½: left and right, top and bottom, or each on its own.
///
/// Shapes: x `[batch, height, width, channels]` → the same. Training only.
/// Example: `RandomFlip(.horizontal)`
public struct RandomFlip: RandomImageLayer {
  /// Which way images are turned around.
  public var mode: Mode
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(_ mode: Mode = .horizontalAndVertical, name: String? = nil) {
    self.mode = mode
    self.name = LayerName(name)
  }

  /// Which way images are turned around.
  public enum Mode: String, Hashable, Sendable, Codable {
    /// Left and right.
    case horizontal
    /// Top and bottom.
    case vertical
    /// Both at once.
    case horizontalAndVertical = "horizontal_and_vertical"
  }

  func changed(_ images: Tensor, _ scope: Scope) throws -> Tensor {
    // As in Keras one draw decides both ways.
    let isTurned = scope.uniform([images.shape[0], 1, 1, 1]) .<= 0.5
    var output = images
    if mode != .vertical { output = isTurned.select(output.reversed(axes: [2]), output) }
    if mode != .horizontal { output = isTurned.select(output.reversed(axes: [1]), output) }
    return output
  }
}
