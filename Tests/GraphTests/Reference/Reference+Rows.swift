// Reductions, running sums, order, softmax: operations along axes.
import CajalGraph
import Foundation

extension Interpreter {
  static func reduce(_ operation: Reduce, _ x: Values) -> Values {
    var shape = x.shape
    for axis in operation.axes { shape[axis] = 1 }
    let neutral: Double
    switch operation.kind {
    case .sum, .any: neutral = 0
    case .product, .all: neutral = 1
    case .maximum: neutral = x.dtype.isFloating ? -.infinity : store(-1e30, as: x.dtype)
    case .minimum: neutral = x.dtype.isFloating ? .infinity : store(1e30, as: x.dtype)
    }
    var result = Values(shape, x.dtype) { _ in neutral }
    everyIndex(x.shape) { index in
      var to = index
      for axis in operation.axes { to[axis] = 0 }
      let (old, new) = (result[to], x[index])
      switch operation.kind {
      case .sum: result[to] = old + new
      case .product: result[to] = old * new
      case .maximum: result[to] = old.isNaN || new.isNaN ? .nan : max(old, new)
      case .minimum: result[to] = old.isNaN || new.isNaN ? .nan : min(old, new)
      case .all: result[to] = old != 0 && new != 0 ? 1 : 0
      case .any: result[to] = old != 0 || new != 0 ? 1 : 0
      }
    }
    return result
  }

  static func cumulate(_ operation: Cumulative, _ x: Values) -> Values {
    let axis = operation.axis
    return Values(x.shape, x.dtype) { index in
      var result: Double = operation.kind == .sum ? 0 : 1
      for position in 0..<x.shape[axis] {
        let isBefore = operation.reverse ? position > index[axis] : position < index[axis]
        guard isBefore || position == index[axis] && !operation.exclusive else { continue }
        var from = index
        from[axis] = position
        if operation.kind == .sum { result += x[from] } else { result *= x[from] }
      }
      return result
    }
  }

  static func argExtreme(_ operation: ArgExtreme, _ x: Values) -> Values {
    let axis = operation.axis
    var shape = x.shape
    let size = shape.remove(at: axis)
    return Values(shape, .int32) { index in
      func value(_ position: Int) -> Double { x[Array(index[..<axis]) + [position] + Array(index[axis...])] }
      var best = 0
      for position in 0..<size {
        if value(position).isNaN { return Double(position) }
        if operation.takesLargest ? value(position) > value(best) : value(position) < value(best) { best = position }
      }
      return Double(best)
    }
  }

  static func sort(_ operation: Sort, _ x: Values) -> [Values] {
    let size = x.shape[x.shape.count - 1]
    let shape = Array(x.shape.dropLast()) + [operation.count]
    var values = Values(shape, x.dtype, [])
    var indices = Values(shape, .int32, [])
    let rows = x.shape.dropLast().reduce(1, *)
    for row in 0..<rows {
      let entries = (0..<size).map { (position: $0, value: x.data[row * size + $0]) }
      let order = entries.sorted { a, b in
        if a.value.isNaN || b.value.isNaN {
          return a.value.isNaN == b.value.isNaN ? a.position < b.position : b.value.isNaN
        }
        if a.value != b.value { return operation.descending ? a.value > b.value : a.value < b.value }
        return a.position < b.position
      }
      values.data += order.prefix(operation.count).map(\.value)
      indices.data += order.prefix(operation.count).map { Double($0.position) }
    }
    return [values, indices]
  }

  /// Each row of the last axis, transformed.
  private static func rows(_ x: Values, _ body: ([Double]) -> [Double]) -> Values {
    let size = x.shape[x.shape.count - 1]
    var result = x
    for row in 0..<x.shape.dropLast().reduce(1, *) {
      result.data.replaceSubrange(
        (row * size)..<((row + 1) * size), with: body(Array(x.data[(row * size)..<((row + 1) * size)])))
    }
    return result
  }

  static func softmax(_ x: Values) -> Values { logSoftmax(x).map { Foundation.exp($0) } }

  static func logSoftmax(_ x: Values) -> Values {
    rows(x) { row in
      let top = row.max() ?? 0
      let logarithm = top + Foundation.log(row.reduce(0) { $0 + Foundation.exp($1 - top) })
      return row.map { $0 - logarithm }
    }
  }

  static func crossEntropy(_ logits: Values, _ targets: Values) -> [Values] {
    let size = logits.shape[logits.shape.count - 1]
    let logP = logSoftmax(logits)
    let shape = Array(logits.shape.dropLast())
    let losses = (0..<shape.reduce(1, *)).map { row -> Double in
      if !targets.dtype.isFloating { return -logP.data[row * size + Int(targets.data[row])] }
      return (0..<size).reduce(0) { $0 - targets.data[row * size + $1] * logP.data[row * size + $1] }
    }
    return [Values(shape, logits.dtype, losses), softmax(logits)]
  }
}
