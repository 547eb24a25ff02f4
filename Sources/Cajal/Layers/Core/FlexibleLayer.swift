/// A layer that can be called with more than its usual input, or that can give more than its usual output.
///
/// `forward` is the usual call; this is every call that Keras knows: inputs in Keras's order (`[x] + initialState`,
/// `[query, value, key]`), others by Keras's argument names (`mask`, `attention_mask`), all results in Keras's order.
public protocol FlexibleLayer: Layer {
  /// All results for inputs in Keras's order and others by Keras's names.
  func forward(all inputs: [Tensor], named: [String: Tensor]) throws -> [Tensor]

  /// Properties that are arguments of the call in Keras, not part of its configuration: `useCausalMask`.
  static var callArguments: [String] { get }
}

extension FlexibleLayer {
  public static var callArguments: [String] { [] }

  /// Calls the layer with any inputs; all its results, in Keras's order.
  public func call(_ inputs: [Tensor], named: [String: Tensor] = [:]) -> [Tensor] {
    entered(inputs) { try forward(all: inputs, named: named) }
  }
}
