// Operations that move elements: stretch, transpose, slices, paddings, rows by index.
import CajalGraph

extension Interpreter {
  static func stretch(_ x: Values, _ shape: [Int]) -> Values {
    Values(shape, x.dtype) { index in x[zip(index, x.shape).map { $1 == 1 ? 0 : $0 }] }
  }

  static func transpose(_ x: Values, _ permutation: [Int]) -> Values {
    Values(permutation.map { x.shape[$0] }, x.dtype) { index in
      var from = index
      for (to, axis) in permutation.enumerated() { from[axis] = index[to] }
      return x[from]
    }
  }

  static func reverse(_ x: Values, _ axes: [Int]) -> Values {
    Values(x.shape, x.dtype) { index in
      var from = index
      for axis in Set(axes) { from[axis] = x.shape[axis] - 1 - index[axis] }
      return x[from]
    }
  }

  static func slice(_ operation: Slice, _ x: Values) -> Values {
    let shape = x.shape.indices.map { axis in
      Array(stride(from: operation.starts[axis], to: operation.limits[axis], by: operation.strides[axis])).count
    }
    return Values(shape, x.dtype) { index in
      x[index.indices.map { operation.starts[$0] + index[$0] * operation.strides[$0] }]
    }
  }

  static func pad(_ operation: Pad, _ x: Values) -> Values {
    let shape = x.shape.indices.map { axis -> Int in
      let gaps = x.shape[axis] > 1 ? (x.shape[axis] - 1) * operation.interior[axis] : 0
      return operation.low[axis] + x.shape[axis] + gaps + operation.high[axis]
    }
    var result = Values(shape, x.dtype) { _ in
      x.dtype.isFloating ? operation.value : store(operation.value, as: x.dtype)
    }
    everyIndex(x.shape) { index in
      result[index.indices.map { operation.low[$0] + index[$0] * (operation.interior[$0] + 1) }] = x[index]
    }
    return result
  }

  static func concatenate(_ inputs: [Values], _ axis: Int) -> Values {
    var shape = inputs[0].shape
    shape[axis] = inputs.map { $0.shape[axis] }.reduce(0, +)
    return Values(shape, inputs[0].dtype) { index in
      var from = index
      var part = 0
      while from[axis] >= inputs[part].shape[axis] {
        from[axis] -= inputs[part].shape[axis]
        part += 1
      }
      return inputs[part][from]
    }
  }

  private static func checked(_ index: Double, below count: Int) throws -> Int {
    guard index >= 0, index < Double(count) else { throw ReferenceError(description: "index \(index) of \(count)") }
    return Int(index)
  }

  static func gather(_ operation: Gather, _ data: Values, _ indices: Values) throws -> Values {
    let axis = operation.axis
    for index in indices.data { _ = try checked(index, below: data.shape[axis]) }
    if operation.perRow {
      return Values(indices.shape, data.dtype) { index in
        var from = index
        from[axis] = Int(indices[index])
        return data[from]
      }
    }
    let rank = indices.shape.count
    let shape = Array(data.shape[..<axis]) + indices.shape + Array(data.shape[(axis + 1)...])
    return Values(shape, data.dtype) { index in
      let row = indices[Array(index[axis..<(axis + rank)])]
      return data[Array(index[..<axis]) + [Int(row)] + Array(index[(axis + rank)...])]
    }
  }

  static func scatter(_ operation: ScatterAdd, _ updates: Values, _ indices: Values) throws -> Values {
    let axis = operation.axis
    for index in indices.data { _ = try checked(index, below: operation.size) }
    let rank = operation.perRow ? 1 : indices.shape.count
    let shape = Array(updates.shape[..<axis]) + [operation.size] + Array(updates.shape[(axis + rank)...])
    var result = Values(shape, updates.dtype) { _ in 0 }
    everyIndex(updates.shape) { index in
      let row = operation.perRow ? indices[index] : indices[Array(index[axis..<(axis + rank)])]
      result[Array(index[..<axis]) + [Int(row)] + Array(index[(axis + rank)...])] += updates[index]
    }
    return result
  }
}
