// Products, convolutions and pooling: sums over windows, as the formulas have them.
import CajalGraph

extension Interpreter {
  static func multiply(_ operation: Contraction, _ a: Values, _ b: Values) -> Values {
    let rank = a.shape.count
    let (row, inner) = operation.transposesLeft ? (rank - 1, rank - 2) : (rank - 2, rank - 1)
    let column = operation.transposesRight ? rank - 2 : rank - 1
    let shape = Array(a.shape.dropLast(2)) + [a.shape[row], b.shape[column]]
    return Values(shape, a.dtype) { index in
      let (i, j) = (index[rank - 2], index[rank - 1])
      return (0..<a.shape[inner]).reduce(0.0) { sum, k in
        let batch = Array(index.dropLast(2))
        let left = a[batch + (operation.transposesLeft ? [k, i] : [i, k])]
        return sum + left * b[batch + (operation.transposesRight ? [j, k] : [k, j])]
      }
    }
  }

  /// Number of places a window of `size` has.
  private static func places(_ input: Int, _ size: Int, _ window: Window, _ axis: Int) -> Int {
    let last = input + window.paddingLow[axis] + window.paddingHigh[axis] - ((size - 1) * window.dilations[axis] + 1)
    var count = 0
    while count * window.strides[axis] <= last { count += 1 }
    return count
  }

  /// The place in the input that a window reads, or nil in the padding.
  private static func source(_ output: [Int], _ tap: [Int], _ window: Window, _ input: [Int]) -> [Int]? {
    var place: [Int] = []
    for axis in tap.indices {
      let position = output[axis] * window.strides[axis] + tap[axis] * window.dilations[axis] - window.paddingLow[axis]
      guard position >= 0, position < input[axis] else { return nil }
      place.append(position)
    }
    return place
  }

  /// Every product a convolution adds up: places in input, kernel and output.
  private static func products(
    _ operation: Convolution, _ input: [Int], _ kernel: [Int], _ output: [Int], _ body: ([Int], [Int], [Int]) -> Void
  ) {
    let spatial = input.count - 2
    let perGroup = kernel[spatial]
    let filtersPerGroup = kernel[spatial + 1] / operation.groups
    everyIndex(output) { y in
      let filter = y[spatial + 1]
      everyIndex(Array(kernel.dropLast())) { tap in
        let channel = filter / filtersPerGroup * perGroup + tap[spatial]
        let place = source(Array(y[1...spatial]), Array(tap[..<spatial]), operation.window, Array(input[1...spatial]))
        if let place { body([y[0]] + place + [channel], tap + [filter], y) }
      }
    }
  }

  static func convolve(_ operation: Convolution, _ x: Values, _ kernel: Values) -> Values {
    let spatial = x.shape.count - 2
    let sizes = (0..<spatial).map { places(x.shape[$0 + 1], kernel.shape[$0], operation.window, $0) }
    var y = Values([x.shape[0]] + sizes + [kernel.shape[spatial + 1]], x.dtype) { _ in 0 }
    products(operation, x.shape, kernel.shape, y.shape) { from, tap, to in y[to] += x[from] * kernel[tap] }
    return y
  }

  static func convolutionInput(_ operation: ConvolutionInputGradient, _ dy: Values, _ kernel: Values) -> Values {
    var dx = Values(operation.inputShape.dimensions, dy.dtype) { _ in 0 }
    products(operation.convolution, dx.shape, kernel.shape, dy.shape) { from, tap, to in
      dx[from] += dy[to] * kernel[tap]
    }
    return dx
  }

  static func convolutionKernel(_ operation: ConvolutionKernelGradient, _ x: Values, _ dy: Values) -> Values {
    var kernel = Values(operation.kernelShape.dimensions, x.dtype) { _ in 0 }
    products(operation.convolution, x.shape, kernel.shape, dy.shape) { from, tap, to in kernel[tap] += x[from] * dy[to]
    }
    return kernel
  }

  // MARK: - Pooling

  private static func outputShape(_ pooling: Pooling, _ x: [Int]) -> [Int] {
    [x[0]] + pooling.size.indices.map { places(x[$0 + 1], pooling.size[$0], pooling.window, $0) } + [x[x.count - 1]]
  }

  /// The places of the input that one window covers.
  private static func covered(_ pooling: Pooling, _ x: [Int], _ y: [Int]) -> [[Int]] {
    let spatial = pooling.size.count
    var places: [[Int]] = []
    everyIndex(pooling.size) { tap in
      if let place = source(Array(y[1...spatial]), tap, pooling.window, Array(x[1...spatial])) {
        places.append([y[0]] + place + [y[spatial + 1]])
      }
    }
    return places
  }

  private static func winner(_ places: [[Int]], _ x: Values) -> [Int] {
    places.dropFirst().reduce(places[0]) { best, place in x[place] > x[best] ? place : best }
  }

  private static func divisor(_ pooling: Pooling, _ places: [[Int]]) -> Double {
    Double(pooling.countsPadding ? pooling.size.reduce(1, *) : places.count)
  }

  static func pool(_ pooling: Pooling, _ x: Values) -> Values {
    Values(outputShape(pooling, x.shape), x.dtype) { y in
      let places = covered(pooling, x.shape, y)
      if pooling.kind == .maximum { return x[winner(places, x)] }
      return places.reduce(0) { $0 + x[$1] } / divisor(pooling, places)
    }
  }

  static func maxPoolGradient(_ pooling: Pooling, _ x: Values, _ dy: Values) -> Values {
    var dx = Values(x.shape, x.dtype) { _ in 0 }
    everyIndex(dy.shape) { y in dx[winner(covered(pooling, x.shape, y), x)] += dy[y] }
    return dx
  }

  static func maxPoolSelect(_ pooling: Pooling, _ x: Values, _ values: Values) -> Values {
    Values(outputShape(pooling, x.shape), x.dtype) { y in values[winner(covered(pooling, x.shape, y), x)] }
  }

  static func averagePoolGradient(_ operation: AveragePoolingGradient, _ dy: Values) -> Values {
    let pooling = operation.pooling
    var dx = Values(operation.inputShape.dimensions, dy.dtype) { _ in 0 }
    everyIndex(dy.shape) { y in
      let places = covered(pooling, dx.shape, y)
      for place in places { dx[place] += dy[y] / divisor(pooling, places) }
    }
    return dx
  }
}
