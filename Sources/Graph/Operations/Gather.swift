// Rows picked by index, and their adjoint: rows added at indices.

/// Picks entries of one axis by index.
///
/// Plain: data [outer…, n, inner…], indices [k…] → [outer…, k…, inner…]. Along the axis (`perRow`): indices have the
/// data's rank and sizes except along the axis, and each row has its own. Indices are 0 ≤ i < n; others are an error when
/// the program runs.
package struct Gather: Operation {
  package static let name = "gather"
  package var axis: Int
  package var perRow: Bool
  package init(axis: Int, perRow: Bool) {
    self.axis = axis
    self.perRow = perRow
  }

  package func result(_ inputs: [TensorType]) throws -> [TensorType] {
    let (data, indices) = (inputs[0], inputs[1])
    guard data.shape.dimensions.indices.contains(axis) else {
      throw misfit(.argument, expected: "an axis of \(data.shape)", given: "it is \(axis)")
    }
    guard indices.dtype == .int32 || indices.dtype == .int64 else {
      throw misfit(
        .dtype, expected: "indices of int32 or int64", given: "they are \(indices.dtype.rawValue)",
        advice: "Use cast(to: .int32).")
    }
    if perRow {
      var aligned = indices.shape
      if aligned.rank == data.shape.rank { aligned.dimensions[axis] = data.shape[axis] }
      guard aligned == data.shape else {
        throw misfit(
          expected: "indices of sizes \(data.shape) except along axis \(axis)", given: "they are \(indices.shape)")
      }
      return [TensorType(indices.shape, data.dtype)]
    }
    var shape = data.shape.dimensions
    shape.replaceSubrange(axis...axis, with: indices.shape.dimensions)
    return [TensorType(Shape(shape), data.dtype)]
  }

  package func gradient(_ context: GradientContext) -> [Tensor?] {
    let adjoint = ScatterAdd(axis: axis, size: context.inputs[0].shape[axis], perRow: perRow)
    return [Tensor.make(adjoint, [context.gradient, context.inputs[1]]), nil]
  }
}

/// Adds entries at indices of one axis of a zero tensor whose axis has `size` entries; the adjoint of `Gather`.
package struct ScatterAdd: Operation {
  package static let name = "scatter add"
  package var axis: Int
  package var size: Int
  package var perRow: Bool
  package init(axis: Int, size: Int, perRow: Bool) {
    self.axis = axis
    self.size = size
    self.perRow = perRow
  }

  package func result(_ inputs: [TensorType]) throws -> [TensorType] {
    let (updates, indices) = (inputs[0], inputs[1])
    var shape = updates.shape.dimensions
    guard axis >= 0, axis <= shape.count, size >= 0 else {
      throw misfit(.argument, expected: "an axis of \(updates.shape)", given: "it is \(axis)")
    }
    guard indices.dtype == .int32 || indices.dtype == .int64 else {
      throw misfit(
        .dtype, expected: "indices of int32 or int64", given: "they are \(indices.dtype.rawValue)",
        advice: "Use cast(to: .int32).")
    }
    if perRow {
      guard updates.shape == indices.shape, shape.indices.contains(axis) else {
        throw misfit(
          expected: "updates and indices of one shape", given: "they are \(updates.shape) and \(indices.shape)")
      }
      shape[axis] = size
    } else {
      let end = axis + indices.shape.rank
      guard end <= shape.count, Array(shape[axis..<end]) == indices.shape.dimensions else {
        throw misfit(
          expected: "updates that have \(indices.shape) from axis \(axis) on", given: "their shape is \(updates.shape)")
      }
      shape.replaceSubrange(axis..<end, with: [size])
    }
    return [TensorType(Shape(shape), updates.dtype)]
  }

  package func gradient(_ context: GradientContext) -> [Tensor?] {
    [Tensor.make(Gather(axis: axis, perRow: perRow), [context.gradient, context.inputs[1]]), nil]
  }
}

extension Tensor {
  /// Entries of an axis picked by index: data [outer…, n, inner…] and indices [k…] give [outer…, k…, inner…].
  public func gathered(_ indices: Tensor, axis: Int = 0) -> Tensor {
    Tensor.make(Gather(axis: axis < 0 ? axis + rank : axis, perRow: false), [self, indices])
  }

  /// Entries of an axis picked by an index for each row: indices have this tensor's sizes except along the axis.
  public func gatheredAlong(axis: Int, _ indices: Tensor) -> Tensor {
    Tensor.make(Gather(axis: axis < 0 ? axis + rank : axis, perRow: true), [self, indices])
  }

  /// These entries added at indices of a zero tensor whose axis has `size` entries.
  public func scatteredAdd(at indices: Tensor, size: Int, axis: Int = 0) -> Tensor {
    Tensor.make(ScatterAdd(axis: axis < 0 ? axis + rank : axis, size: size, perRow: false), [self, indices])
  }

  /// 1 at each index and 0 elsewhere: indices [k…] give [k…, classes].
  public func oneHot(_ classes: Int, dtype: DType = .float32) -> Tensor {
    let column = expandingDimension(at: -1)
    return (column .== Tensor.indices(along: 0, shape: [classes], dtype: self.dtype)).cast(to: dtype)
  }
}
