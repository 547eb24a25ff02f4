/// Running sums or products along an axis: yᵢ = x₀ ∘ … ∘ xᵢ, or without xᵢ itself (`exclusive`), or from the end (`reverse`).
package struct Cumulative: Operation {
  package enum Kind: String, Sendable { case sum, product }
  package static let name = "cumulative"
  package var kind: Kind
  package var axis: Int
  package var exclusive: Bool
  package var reverse: Bool
  package init(kind: Kind, axis: Int, exclusive: Bool, reverse: Bool) {
    self.kind = kind
    self.axis = axis
    self.exclusive = exclusive
    self.reverse = reverse
  }

  package var label: String { "cumulative \(kind.rawValue)" }

  package func result(_ inputs: [TensorType]) throws -> [TensorType] {
    guard inputs[0].shape.dimensions.indices.contains(axis) else {
      throw misfit(.argument, expected: "an axis of \(inputs[0].shape)", given: "it is \(axis)")
    }
    return inputs
  }

  package func gradient(_ context: GradientContext) -> [Tensor?] {
    let (x, y, dy) = (context.inputs[0], context.output, context.gradient)
    func backward(_ terms: Tensor) -> Tensor {
      terms.cumulative(.sum, axis: axis, exclusive: exclusive, reverse: !reverse)
    }
    return [kind == .sum ? backward(dy) : backward(dy * y) / x]
  }
}

extension Tensor {
  func cumulative(_ kind: Cumulative.Kind, axis: Int, exclusive: Bool = false, reverse: Bool = false) -> Tensor {
    let axis = axis < 0 ? axis + rank : axis
    return Tensor.make(Cumulative(kind: kind, axis: axis, exclusive: exclusive, reverse: reverse), [self])
  }

  /// Running sums along an axis.
  public func cumulativeSum(axis: Int, exclusive: Bool = false, reverse: Bool = false) -> Tensor {
    cumulative(.sum, axis: axis, exclusive: exclusive, reverse: reverse)
  }

  /// Running products along an axis; its gradient needs values other than 0.
  public func cumulativeProduct(axis: Int, exclusive: Bool = false, reverse: Bool = false) -> Tensor {
    cumulative(.product, axis: axis, exclusive: exclusive, reverse: reverse)
  }
}
