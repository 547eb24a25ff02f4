/// What the adaptive pooling layers have in common: windows that cut each spatial axis into a given number of places.
///
/// Window i of m over n places is ⌊i n / m⌋ ..< ⌈(i + 1) n / m⌉; windows may share places.
protocol AdaptivePooling: Layer where Input == Tensor, Output == Tensor {
  static var spatialAxes: Int { get }
  var outputSize: [Int] { get }
}

extension AdaptivePooling {
  /// Axis after axis, each window by a function of its slice and axis that keeps the axis.
  func pooled(_ input: Tensor, _ reduce: (Tensor, Int) -> Tensor) throws -> Tensor {
    try demandSizes("outputSize", outputSize, axes: Self.spatialAxes)
    try demandImage(input, spatialAxes: Self.spatialAxes)
    var output = input
    for (index, places) in outputSize.enumerated() {
      let (axis, size) = (index + 1, input.shape[index + 1])
      try demand(
        size > 0 && places <= 1 << 12, .shape,
        expected: "spatial sizes of at least 1, and at most 4096 places of output",
        given: "the input is \(input.shape), and outputSize \(outputSize)")
      let windows = (0..<places).map { place in
        let end = ((place + 1) * size + places - 1) / places
        return reduce(output.slice(axis: axis, (place * size / places)..<end), axis)
      }
      output = Tensor.concatenate(windows, axis: axis)
    }
    return output
  }
}
