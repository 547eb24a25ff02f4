// Operations that move elements and change none: stretch, reshape, transpose, reverse.

/// Axes of size 1 stretched to the sizes of `shape`; ranks are equal.
package struct Broadcast: Operation {
  package static let name = "broadcast"
  package var shape: Shape
  package init(shape: Shape) {
    self.shape = shape
  }

  package func result(_ inputs: [TensorType]) throws -> [TensorType] {
    let given = inputs[0].shape
    guard shape.hasSizes else {
      throw misfit(.argument, expected: "sizes of 0 or more", given: "the shape is \(shape)")
    }
    guard given.rank == shape.rank, zip(given.dimensions, shape.dimensions).allSatisfy({ $0 == $1 || $0 == 1 }) else {
      throw misfit(
        expected: "a shape that stretches to \(shape)", given: "it is \(given)", advice: "Only sizes of 1 stretch.")
    }
    return [TensorType(shape, inputs[0].dtype)]
  }
  package func gradient(_ context: GradientContext) -> [Tensor?] {
    let from = context.inputs[0].shape
    let axes = (0..<shape.rank).filter { from[$0] == 1 && shape[$0] != 1 }
    return [context.gradient.sum(axes: axes, keepsDimensions: true)]
  }
}

/// The same elements in the same order under another shape.
package struct Reshape: Operation {
  package static let name = "reshape"
  package var shape: Shape
  package init(shape: Shape) {
    self.shape = shape
  }

  package func result(_ inputs: [TensorType]) throws -> [TensorType] {
    guard shape.dimensions.allSatisfy({ $0 >= 0 }) else {
      throw misfit(.argument, expected: "sizes ≥ 0", given: "the shape is \(shape)")
    }
    guard inputs[0].shape.count == shape.count else {
      throw misfit(
        expected: "\(shape.count) elements for shape \(shape)",
        given: "\(inputs[0].shape) has \(inputs[0].shape.count)")
    }
    return [TensorType(shape, inputs[0].dtype)]
  }
  package func gradient(_ context: GradientContext) -> [Tensor?] {
    [context.gradient.reshaped(context.inputs[0].shape)]
  }
}

/// Axes in another order: axis i of the result is axis `permutation[i]` of the input.
package struct Transpose: Operation {
  package static let name = "transpose"
  package var permutation: [Int]
  package init(permutation: [Int]) {
    self.permutation = permutation
  }

  package func result(_ inputs: [TensorType]) throws -> [TensorType] {
    let shape = inputs[0].shape
    guard permutation.sorted() == Array(0..<shape.rank) else {
      throw misfit(.argument, expected: "each axis of \(shape) once", given: "the permutation is \(permutation)")
    }
    return [TensorType(Shape(permutation.map { shape[$0] }), inputs[0].dtype)]
  }
  package func gradient(_ context: GradientContext) -> [Tensor?] {
    var inverse = permutation
    for (to, from) in permutation.enumerated() { inverse[from] = to }
    return [context.gradient.transposed(inverse)]
  }
}

/// The order along some axes turned around.
package struct Reverse: Operation {
  package static let name = "reverse"
  package var axes: [Int]
  package init(axes: [Int]) {
    self.axes = axes
  }

  package func result(_ inputs: [TensorType]) throws -> [TensorType] {
    guard axes.allSatisfy({ inputs[0].shape.dimensions.indices.contains($0) }) else {
      throw misfit(.argument, expected: "axes of \(inputs[0].shape)", given: "they are \(axes)")
    }
    return inputs
  }
  package func gradient(_ context: GradientContext) -> [Tensor?] { [context.gradient.reversed(axes: axes)] }
}

extension Tensor {
  /// Stretched to `shape` by the usual rule: aligned at the last axis, sizes of 1 stretch.
  public func broadcast(to shape: Shape) -> Tensor {
    if shape == self.shape { return self }
    guard shape.rank >= rank else { return Tensor.make(Broadcast(shape: shape), [self]) }
    let padded = Shape(Array(repeating: 1, count: shape.rank - rank) + self.shape.dimensions)
    let aligned = reshaped(padded)
    return padded == shape ? aligned : Tensor.make(Broadcast(shape: shape), [aligned])
  }

  /// Another shape for the same elements; one size may be -1 and is worked out.
  public func reshaped(_ shape: Shape) -> Tensor {
    if shape == self.shape { return self }
    var wanted = shape
    if let free = wanted.dimensions.firstIndex(of: -1) {
      wanted.dimensions[free] = 1
      let others = wanted.count
      // Left at -1 where nothing fits, so that the message shows it.
      wanted.dimensions[free] = others > 0 ? (count % others == 0 ? count / others : -1) : others == 0 ? 0 : -1
    }
    return Tensor.make(Reshape(shape: wanted), [self])
  }

  /// Axes in another order; without arguments the axes turned around (the matrix transpose).
  public func transposed(_ permutation: [Int]? = nil) -> Tensor {
    let order = permutation ?? Array((0..<rank).reversed())
    return order == Array(0..<rank) ? self : Tensor.make(Transpose(permutation: order), [self])
  }

  /// The order along axes turned around.
  public func reversed(axes: [Int]) -> Tensor {
    axes.isEmpty ? self : Tensor.make(Reverse(axes: axes.map { $0 < 0 ? $0 + rank : $0 }.sorted()), [self])
  }

  /// A new axis of size 1 before `axis`; -1 puts it last.
  public func expandingDimension(at axis: Int) -> Tensor {
    let place = axis < 0 ? axis + rank + 1 : axis
    if shape.isPoisoned { return self }
    guard (0...rank).contains(place) else {
      return refused(
        "new axis", expected: "a place in \(-rank - 1)...\(rank) for the axes of \(shape)", given: "it is \(axis)")
    }
    var dimensions = shape.dimensions
    dimensions.insert(1, at: place)
    return reshaped(Shape(dimensions))
  }

  /// Without the axes of size 1 that are named.
  public func squeezed(axes: [Int]) -> Tensor {
    if shape.isPoisoned { return self }
    let dropped = Set(axes.map { $0 < 0 ? $0 + rank : $0 })
    guard dropped.allSatisfy({ (0..<rank).contains($0) && shape[$0] == 1 }) else {
      return refused("squeeze", expected: "axes of size 1 of \(shape)", given: "they are \(axes)")
    }
    return reshaped(Shape(shape.dimensions.enumerated().filter { !dropped.contains($0.offset) }.map(\.element)))
  }
}
