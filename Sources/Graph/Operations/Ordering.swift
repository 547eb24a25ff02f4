// Where the largest value is, and values in order.

/// The index of the largest or smallest value along an axis, which is dropped; the first of equals, the first NaN of all.
package struct ArgExtreme: Operation {
  package static let name = "arg extreme"
  package static let differentiability = Differentiability.none("indices do not vary continuously")
  package var axis: Int
  package var takesLargest: Bool
  package init(axis: Int, takesLargest: Bool) {
    self.axis = axis
    self.takesLargest = takesLargest
  }

  package var label: String { takesLargest ? "arg max" : "arg min" }
  package func result(_ inputs: [TensorType]) throws -> [TensorType] {
    var shape = inputs[0].shape
    guard shape.dimensions.indices.contains(axis), shape[axis] > 0 else {
      throw misfit(.argument, expected: "a non-empty axis of \(shape)", given: "it is axis \(axis)")
    }
    shape.dimensions.remove(at: axis)
    return [TensorType(shape, .int32)]
  }
  package func gradient(_ context: GradientContext) -> [Tensor?] { [nil] }
}

/// The `count` first values of the last axis in order, and their indices; equal values keep their order, NaN comes last.
package struct Sort: Operation {
  package static let name = "sort"
  package var count: Int
  package var descending: Bool
  package init(count: Int, descending: Bool) {
    self.count = count
    self.descending = descending
  }

  package func result(_ inputs: [TensorType]) throws -> [TensorType] {
    var shape = inputs[0].shape
    guard shape.rank > 0, count >= 0, count <= shape.last else {
      throw misfit(.argument, expected: "at most \(shape.last) values of \(shape)", given: "\(count) are asked for")
    }
    shape.dimensions[shape.rank - 1] = count
    return [TensorType(shape, inputs[0].dtype), TensorType(shape, .int32)]
  }
  package func gradient(_ context: GradientContext) -> [Tensor?] {
    let x = context.inputs[0]
    let adjoint = ScatterAdd(axis: x.rank - 1, size: x.shape.last, perRow: true)
    return [Tensor.make(adjoint, [context.gradient, context.outputs[1]])]
  }
}

extension Tensor {
  /// The index of the largest value along an axis, as `int32`.
  public func argMax(axis: Int = -1) -> Tensor {
    Tensor.make(ArgExtreme(axis: axis < 0 ? axis + rank : axis, takesLargest: true), [self])
  }

  /// The index of the smallest value along an axis, as `int32`.
  public func argMin(axis: Int = -1) -> Tensor {
    Tensor.make(ArgExtreme(axis: axis < 0 ? axis + rank : axis, takesLargest: false), [self])
  }

  /// The last axis in order, and where each value stood.
  public func sorted(descending: Bool = false) -> (values: Tensor, indices: Tensor) {
    let results = Tensor.apply(Sort(count: shape.last, descending: descending), [self])
    return (results[0], results[1])
  }

  /// The largest values of the last axis in falling order, and where each stood.
  public func topK(_ count: Int) -> (values: Tensor, indices: Tensor) {
    let results = Tensor.apply(Sort(count: count, descending: true), [self])
    return (results[0], results[1])
  }
}
