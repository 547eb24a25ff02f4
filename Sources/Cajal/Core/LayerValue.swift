/// What goes into and comes out of a layer: a tensor, several tensors, or a small struct of them.
public protocol LayerValue {
  /// The tensors, in a fixed order.
  var tensors: [Tensor] { get }

  /// The value made of as many tensors, in the same order.
  init(tensors: [Tensor]) throws
}

extension Tensor: LayerValue {
  public var tensors: [Tensor] { [self] }
  public init(tensors: [Tensor]) throws {
    guard tensors.count == 1 else {
      throw CajalError(
        .argument, "Tensor", expected: "one tensor", given: "there are \(tensors.count)",
        advice: "A layer with several inputs takes [Tensor].")
    }
    self = tensors[0]
  }
}

extension Array: LayerValue where Element == Tensor {
  public var tensors: [Tensor] { self }
  public init(tensors: [Tensor]) { self = tensors }
}
