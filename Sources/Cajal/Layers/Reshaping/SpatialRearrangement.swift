// What the padding, cropping and up-sampling layers have in common.
extension Layer {
  func zeroPadded(_ input: Tensor, _ sides: [[Int]], spatialAxes: Int) throws -> Tensor {
    try demandSides("padding", sides, input, spatialAxes)
    return input.padded([(0, 0)] + sides.map { (low: $0[0], high: $0[1]) } + [(0, 0)])
  }

  func cropped(_ input: Tensor, _ sides: [[Int]], spatialAxes: Int) throws -> Tensor {
    try demandSides("cropping", sides, input, spatialAxes)
    var output = input
    for (index, side) in sides.enumerated() {
      let size = input.shape[index + 1]
      try demand(
        side[0] + side[1] < size, .shape, expected: "a cropping below the size \(size) of axis \(index + 1)",
        given: "it is \(side[0]) and \(side[1])")
      output = output.slice(axis: index + 1, side[0]..<(size - side[1]))
    }
    return output
  }

  /// A new axis behind each spatial one, stretched and merged with it.
  func repeated(_ input: Tensor, _ size: [Int], spatialAxes: Int) throws -> Tensor {
    try demandImage(input, spatialAxes: spatialAxes)
    try demandSizes("size", size, axes: spatialAxes)
    var (apart, stretched, merged) = ([input.shape[0]], [input.shape[0]], [input.shape[0]])
    for axis in 0..<spatialAxes {
      let length = input.shape[axis + 1]
      try demand(
        length <= (1 << 30) / size[axis], .shape, expected: "an output of at most 2^30 places",
        given: "\(length) places are repeated \(size[axis]) times")
      apart += [length, 1]
      stretched += [length, size[axis]]
      merged.append(length * size[axis])
    }
    let channels = input.shape.last
    return input.reshaped(Shape(apart + [channels])).broadcast(to: Shape(stretched + [channels]))
      .reshaped(Shape(merged + [channels]))
  }

  private func demandSides(_ what: String, _ sides: [[Int]], _ input: Tensor, _ spatialAxes: Int) throws {
    try demandImage(input, spatialAxes: spatialAxes)
    try demand(
      sides.count == spatialAxes && sides.allSatisfy { $0.count == 2 && $0.allSatisfy { (0...1 << 24).contains($0) } },
      expected: "a \(what) of [before, after] ≥ 0 for \(spatialAxes) spatial axes", given: "it is \(sides)")
  }
}
