// Slice, pad and concatenate: each is the gradient of another.

/// Elements start, start + stride, … below limit, along every axis.
package struct Slice: Operation {
  package static let name = "slice"
  package var starts: [Int]
  package var limits: [Int]
  package var strides: [Int]
  package init(starts: [Int], limits: [Int], strides: [Int]) {
    self.starts = starts
    self.limits = limits
    self.strides = strides
  }

  package func result(_ inputs: [TensorType]) throws -> [TensorType] {
    let shape = inputs[0].shape
    guard starts.count == shape.rank, limits.count == shape.rank, strides.count == shape.rank else {
      throw misfit(.argument, expected: "a range for each axis of \(shape)", given: "there are \(starts.count)")
    }
    for axis in 0..<shape.rank {
      guard starts[axis] >= 0, starts[axis] <= limits[axis], limits[axis] <= shape[axis], strides[axis] >= 1 else {
        throw misfit(
          .argument, expected: "a range inside 0..<\(shape[axis]) for axis \(axis) of \(shape)",
          given: "it is \(starts[axis])..<\(limits[axis]) by \(strides[axis])")
      }
    }
    let sizes = (0..<shape.rank).map { (axis: Int) -> Int in
      let span: Int = limits[axis] - starts[axis]
      return (span + strides[axis] - 1) / strides[axis]
    }
    return [TensorType(Shape(sizes), inputs[0].dtype)]
  }

  package func gradient(_ context: GradientContext) -> [Tensor?] {
    let from = context.inputs[0].shape
    let to = context.output.shape
    let high = (0..<from.rank).map { axis -> Int in
      let covered = to[axis] == 0 ? 0 : (to[axis] - 1) * strides[axis] + 1
      return from[axis] - starts[axis] - covered
    }
    return [Tensor.make(Pad(low: starts, high: high, interior: strides.map { $0 - 1 }, value: 0), [context.gradient])]
  }
}

/// A border of `value` around the elements and `interior` copies of it between neighbours, per axis.
package struct Pad: Operation {
  package static let name = "pad"
  package var low: [Int]
  package var high: [Int]
  package var interior: [Int]
  @Bitwise package var value: Double
  package init(low: [Int], high: [Int], interior: [Int], value: Double) {
    self.low = low
    self.high = high
    self.interior = interior
    self.value = value
  }

  package func result(_ inputs: [TensorType]) throws -> [TensorType] {
    let shape = inputs[0].shape
    guard low.count == shape.rank, high.count == shape.rank, interior.count == shape.rank,
      (low + high + interior).allSatisfy({ $0 >= 0 })
    else {
      throw misfit(
        .argument, expected: "paddings ≥ 0 for each axis of \(shape)",
        given: "they are \(low), \(high) and \(interior) inside")
    }
    let sizes = (0..<shape.rank).map { (axis: Int) -> Int in
      let between: Int = max(shape[axis] - 1, 0) * interior[axis]
      return low[axis] + high[axis] + shape[axis] + between
    }
    return [TensorType(Shape(sizes), inputs[0].dtype)]
  }

  package func gradient(_ context: GradientContext) -> [Tensor?] {
    let from = context.inputs[0].shape
    let limits = (0..<from.rank).map { (axis: Int) -> Int in
      guard from[axis] > 0 else { return low[axis] }
      let reach: Int = (from[axis] - 1) * (interior[axis] + 1)
      return low[axis] + reach + 1
    }
    return [Tensor.make(Slice(starts: low, limits: limits, strides: interior.map { $0 + 1 }), [context.gradient])]
  }
}

/// Tensors one after another along an axis; the other sizes are equal.
package struct Concatenate: Operation {
  package static let name = "concatenate"
  package var axis: Int
  package init(axis: Int) {
    self.axis = axis
  }

  package func result(_ inputs: [TensorType]) throws -> [TensorType] {
    guard let first = inputs.first, first.shape.dimensions.indices.contains(axis) else {
      throw misfit(
        .argument, expected: "at least one tensor with axis \(axis)",
        given: "there are \(inputs.count) of shapes \(inputs.map(\.shape))")
    }
    var shape = first.shape
    for other in inputs.dropFirst() {
      var aligned = other.shape
      if aligned.rank == shape.rank { aligned.dimensions[axis] = shape[axis] }
      guard aligned == shape, other.dtype == first.dtype else {
        throw misfit(
          expected: "\(first.dtype.rawValue) of sizes \(first.shape) except along axis \(axis)",
          given: "one is \(other)")
      }
    }
    shape.dimensions[axis] = inputs.reduce(0) { $0 + $1.shape[axis] }
    return [TensorType(shape, first.dtype)]
  }

  package func gradient(_ context: GradientContext) -> [Tensor?] {
    var start = 0
    return context.inputs.enumerated().map { index, input in
      defer { start += input.shape[axis] }
      return context.needed[index] ? context.gradient.slice(axis: axis, start..<(start + input.shape[axis])) : nil
    }
  }
}

extension Tensor {
  /// A range of one axis; the other axes whole.
  public func slice(axis: Int, _ range: Range<Int>, stride: Int = 1) -> Tensor {
    if shape.isPoisoned { return self }
    let axis = axis < 0 ? axis + rank : axis
    guard shape.dimensions.indices.contains(axis) else {
      return refused("slice", expected: "an axis of \(shape)", given: "it is \(axis)")
    }
    var starts = [Int](repeating: 0, count: rank)
    var limits = shape.dimensions
    var strides = [Int](repeating: 1, count: rank)
    (starts[axis], limits[axis], strides[axis]) = (range.lowerBound, range.upperBound, stride)
    if range == 0..<shape[axis], stride == 1 { return self }
    return Tensor.make(Slice(starts: starts, limits: limits, strides: strides), [self])
  }

  /// The element, row or plane at an index of the first axis; negative indices count from the end.
  public subscript(index: Int) -> Tensor {
    if shape.isPoisoned { return self }
    guard rank > 0 else { return refused("index", expected: "at least one axis to index", given: "this is a scalar") }
    let row = index < 0 ? index + shape[0] : index
    return slice(axis: 0, row..<(row + 1)).squeezed(axes: [0])
  }

  /// Some entries along the first axis.
  public subscript(range: Range<Int>) -> Tensor { slice(axis: 0, range) }

  /// A border of `value` around the elements, `(low, high)` per axis.
  public func padded(_ paddings: [(low: Int, high: Int)], value: Double = 0) -> Tensor {
    if paddings.allSatisfy({ $0.low == 0 && $0.high == 0 }), paddings.count == rank { return self }
    let pad = Pad(low: paddings.map(\.low), high: paddings.map(\.high), interior: paddings.map { _ in 0 }, value: value)
    return Tensor.make(pad, [self])
  }

  /// Tensors one after another along an axis.
  public static func concatenate(_ tensors: [Tensor], axis: Int = 0) -> Tensor {
    if tensors.count == 1 { return tensors[0] }
    let rank = tensors.first?.rank ?? 0
    return make(Concatenate(axis: axis < 0 ? axis + rank : axis), tensors)
  }

  /// Tensors of one shape along a new axis.
  public static func stack(_ tensors: [Tensor], axis: Int = 0) -> Tensor {
    concatenate(tensors.map { $0.expandingDimension(at: axis) }, axis: axis)
  }

  /// Equal or given pieces along an axis.
  public func split(_ sizes: [Int], axis: Int) -> [Tensor] {
    var start = 0
    return sizes.map { size in
      defer { start += size }
      return slice(axis: axis, start..<(start + size))
    }
  }
}
