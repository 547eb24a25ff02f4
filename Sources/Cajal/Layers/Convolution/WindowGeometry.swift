// From what people write (strides, padding, dilation) to the window an operation moves.
extension Layer {
  /// Throws unless there is a number of at least 1 for each spatial axis; bounded so that products cannot overflow.
  func demandSizes(_ name: String, _ values: [Int], axes: Int) throws {
    try demand(
      values.count == axes && values.allSatisfy { $0 >= 1 && $0 <= 1 << 24 },
      expected: "\(name): \(axes == 1 ? "a number" : "\(axes) numbers") of at least 1", given: "it is \(values)")
  }

  /// The window over an input [batch, spatial…, channels].
  func window(
    over input: Tensor, size: [Int], strides: [Int], padding: Padding, dilationRate: [Int]? = nil
  ) throws -> Window {
    let axes = size.count
    let dilations = dilationRate ?? Array(repeating: 1, count: axes)
    try demandSizes("strides", strides, axes: axes)
    try demandSizes("dilationRate", dilations, axes: axes)
    let spatial = Array(input.shape.dimensions.dropFirst().prefix(axes))
    let reach = zip(size, dilations).map { ($0 - 1) * $1 + 1 }
    let (low, high) = try paddings(spatial, reach: reach, strides: strides, padding)
    return Window(strides: strides, paddingLow: low, paddingHigh: high, dilations: dilations)
  }

  /// The input and the window over it; with circular padding what is added comes from the other end.
  func surrounded(
    _ input: Tensor, size: [Int], strides: [Int], padding: Padding, dilationRate: [Int]
  ) throws -> (input: Tensor, window: Window) {
    guard padding == .circular else {
      return (
        input, try window(over: input, size: size, strides: strides, padding: padding, dilationRate: dilationRate)
      )
    }
    let same = try window(over: input, size: size, strides: strides, padding: .same, dilationRate: dilationRate)
    var ring = input
    for axis in size.indices {
      let (low, high, length) = (same.paddingLow[axis], same.paddingHigh[axis], input.shape[axis + 1])
      try demand(
        low <= length && high <= length, .shape,
        expected: "at most \(length) places of circular padding along axis \(axis)",
        given: "there are \(low) and \(high)")
      ring = Tensor.concatenate(
        (low > 0 ? [ring.slice(axis: axis + 1, (length - low)..<length)] : []) + [ring]
          + (high > 0 ? [ring.slice(axis: axis + 1, 0..<high)] : []), axis: axis + 1)
    }
    let none = size.map { _ in 0 }
    return (ring, Window(strides: strides, paddingLow: none, paddingHigh: none, dilations: dilationRate))
  }

  /// Zeros before and after each spatial axis; `reach` is the window's size with its holes.
  func paddings(_ spatial: [Int], reach: [Int], strides: [Int], _ padding: Padding) throws -> (low: [Int], high: [Int])
  {
    let axes = spatial.count
    let none = [Int](repeating: 0, count: axes)
    switch padding {
    case .valid: return (none, none)
    case .same:
      let total = (0..<axes).map { axis -> Int in
        let places = (spatial[axis] + strides[axis] - 1) / strides[axis]
        return max((places - 1) * strides[axis] + reach[axis] - spatial[axis], 0)
      }
      return (total.map { $0 / 2 }, total.map { $0 - $0 / 2 })
    case .causal:
      try demand(axes == 1, expected: "causal padding on one spatial axis", given: "there are \(axes)")
      return (reach.map { $0 - 1 }, none)
    case .circular:
      throw CajalError(
        .argument, Self.className, expected: "padding .valid, .same or .explicit", given: "it is .circular",
        advice: "Circular padding is for Conv1D to Conv3D and their depthwise and separable forms.")
    case .explicit(let low, let high):
      func spread(_ sizes: [Int]) -> [Int] { sizes.count == 1 ? Array(repeating: sizes[0], count: axes) : sizes }
      let (low, high) = (spread(low), spread(high))
      try demand(
        low.count == axes && high.count == axes && (low + high).allSatisfy { (0...1 << 24).contains($0) },
        expected: "padding ≥ 0 for \(axes) spatial axes", given: "it is \(low) and \(high)")
      return (low, high)
    }
  }
}
