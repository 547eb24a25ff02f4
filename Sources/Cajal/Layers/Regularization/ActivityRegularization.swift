/// Gives its input back and adds (l1 Σ |x| + l2 Σ x²) / batch to the loss while training: what makes a code sparse.
public struct ActivityRegularization: Layer {
  /// Weight of Σ |x|.
  public var l1: Double
  /// Weight of Σ x².
  public var l2: Double
  public static var passesMask: Bool { true }
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(l1: Double = 0, l2: Double = 0, name: String? = nil) {
    self.l1 = l1
    self.l2 = l2
    self.name = LayerName(name)
  }

  public func forward(_ input: Tensor) throws -> Tensor {
    input.scope.penalizing(input, Regularizer(l1: Float(l1), l2: Float(l2)))
  }
}
