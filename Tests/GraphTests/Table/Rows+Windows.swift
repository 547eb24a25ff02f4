import CajalGraph

private func f(_ shape: Shape) -> TensorType { TensorType(shape, .float32) }
private let plain = Window(strides: [1, 1], paddingLow: [0, 0], paddingHigh: [0, 0], dilations: [1, 1])

/// A convolution's attributes and shapes.
private struct Layer {
  var operation: Convolution
  var input: [Int]
  var kernel: [Int]
  var output: [Int]

  init(_ draw: inout Draw, spatial: Int, groups: Int, dilated: Bool) {
    func each(_ range: ClosedRange<Int>) -> [Int] { (0..<spatial).map { _ in draw.integer(range) } }
    let window = Window(
      strides: each(1...2), paddingLow: each(0...1), paddingHigh: each(0...1),
      dilations: dilated ? each(1...2) : each(1...1))
    operation = Convolution(window: window, groups: groups)
    let (channels, filters) = (draw.size(), draw.size())
    input = [draw.size()] + (0..<spatial).map { _ in draw.size() + (spatial > 2 ? 1 : 2) } + [channels * groups]
    kernel = each(1...2) + [channels, filters * groups]
    output = []
    let types = [f(Shape(input)), f(Shape(kernel))]
    output = (try? operation.result(types)[0].shape.dimensions) ?? []
  }
}

extension Table {
  static let products: [Row] = [(false, false), (true, false), (false, true), (true, true)].map { left, right in
    Row(
      "matrix product \(left ? "ᵀ" : "")·\(right ? "ᵀ" : "")", Contraction.self,
      dtypes: [.float32, .float64, .int32, .int64],
      errors: [
        ErrorSample(
          Contraction(transposesLeft: left, transposesRight: right), [f([5, 2, 3]), f([2, 3])],
          "contraction: expected matrices with equal batch axes, but they are [5, 2, 3] and [2, 3]."),
        ErrorSample(
          Contraction(transposesLeft: left, transposesRight: right), [f([2, 3]), TensorType([2, 3], .int32)],
          "contraction: expected numbers of one dtype, but they are float32 and int32."),
        ErrorSample(
          Contraction(transposesLeft: left, transposesRight: right), [f([2, 3]), f([4, 5])],
          "contraction: expected as many columns on the left as rows on the right, but there are \(left ? 2 : 3) and "
            + "\(right ? 5 : 4) ([2, 3]\(left ? "ᵀ" : "") · [4, 5]\(right ? "ᵀ" : ""))."),
      ]
    ) { draw in
      let batch = draw.bool() ? draw.shape(rank: 2) : []
      let (m, k, n) = (draw.size(), draw.size(), draw.size())
      return Sample(
        Contraction(transposesLeft: left, transposesRight: right),
        [draw.numbers(batch + (left ? [k, m] : [m, k])), draw.numbers(batch + (right ? [n, k] : [k, n]))])
    }
  }

  static let convolutions: [Row] = (1...3).flatMap { spatial in
    [false, true].flatMap { grouped in
      [false, true].flatMap { dilated in convolution(spatial, grouped: grouped, dilated: dilated) }
    }
  }

  private static func convolution(_ spatial: Int, grouped: Bool, dilated: Bool) -> [Row] {
    let suffix = " \(spatial)D\(grouped ? " grouped" : "")\(dilated ? " dilated" : "")"
    let isFirst = spatial == 2 && !grouped && !dilated
    let operation = Convolution(window: plain, groups: 1)
    @Sendable func layer(_ draw: inout Draw) -> Layer {
      Layer(&draw, spatial: spatial, groups: grouped ? draw.integer(2...3) : 1, dilated: dilated)
    }
    return [
      Row("convolution" + suffix, Convolution.self, tolerance: 1e-5, errors: isFirst ? convolutionErrors : []) { draw in
        let layer = layer(&draw)
        return Sample(layer.operation, [draw.numbers(layer.input), draw.numbers(layer.kernel)])
      },
      Row(
        "convolution input gradient" + suffix, ConvolutionInputGradient.self, tolerance: 1e-5,
        errors: isFirst
          ? [
            ErrorSample(
              ConvolutionInputGradient(operation, inputShape: [1, 5, 5, 2]), [f([1, 5, 5, 4]), f([3, 3, 2, 4])],
              "convolution input gradient: expected a gradient of shape [1, 3, 3, 4], but it is [1, 5, 5, 4].")
          ] : []
      ) { draw in
        let layer = layer(&draw)
        return Sample(
          ConvolutionInputGradient(layer.operation, inputShape: Shape(layer.input)),
          [draw.numbers(layer.output), draw.numbers(layer.kernel)])
      },
      Row(
        "convolution kernel gradient" + suffix, ConvolutionKernelGradient.self, tolerance: 1e-5,
        errors: isFirst
          ? [
            ErrorSample(
              ConvolutionKernelGradient(operation, kernelShape: [3, 3, 2, 4]), [f([1, 5, 5, 2]), f([1, 5, 5, 4])],
              "convolution kernel gradient: expected a gradient of shape [1, 3, 3, 4], but it is [1, 5, 5, 4].")
          ] : []
      ) { draw in
        let layer = layer(&draw)
        return Sample(
          ConvolutionKernelGradient(layer.operation, kernelShape: Shape(layer.kernel)),
          [draw.numbers(layer.input), draw.numbers(layer.output)])
      },
    ]
  }

  private static let convolutionErrors: [ErrorSample] = [
    ErrorSample(
      Convolution(window: plain, groups: 1), [f([1, 5, 5]), f([3, 3, 2, 4])],
      "convolution: expected an input [batch, 2 spatial axes, channels] and a kernel of as many axes, but they are [1, 5, 5] "
        + "and [3, 3, 2, 4]."),
    ErrorSample(
      Convolution(window: plain, groups: 1), [f([1, 5, 5, 3]), f([3, 3, 2, 4])],
      "convolution: expected 2 input channels, because the kernel is [3, 3, 2, 4] in 1 group, but the input is [1, 5, 5, 3]."
    ),
    ErrorSample(
      Convolution(window: plain, groups: 1), [f([1, 2, 5, 2]), f([3, 3, 2, 4])],
      "convolution: expected a spatial size of at least the kernel's reach, but axis 1 of [1, 2, 5, 2] is shorter than the "
        + "kernel [3, 3, 2, 4]. Use padding .same, or fewer or smaller windows before this one."),
    ErrorSample(
      Convolution(window: plain, groups: 1), [TensorType([1, 5, 5, 2], .int32), TensorType([3, 3, 2, 4], .int32)],
      "convolution: expected one floating dtype, but they are int32 and int32."),
    ErrorSample(
      Convolution(
        window: Window(strides: [0, 1], paddingLow: [0, 0], paddingHigh: [0, 0], dilations: [1, 1]), groups: 1),
      [f([1, 5, 5, 2]), f([3, 3, 2, 4])],
      "convolution: expected strides and dilations ≥ 1 and paddings ≥ 0 for each spatial axis, but they are [0, 1], [1, 1] and "
        + "[0, 0] to [0, 0]."),
    ErrorSample(
      Convolution(window: plain, groups: 1), [f([1, 5, 5, 2]), f([0, 3, 2, 4])],
      "convolution: expected a kernel with windows of at least 1, but it is [0, 3, 2, 4]."),
  ]

  // MARK: - Pooling

  static let poolings: [Row] =
    (1...3).flatMap { spatial in
      [
        pooling(spatial, .maximum, countsPadding: false), pooling(spatial, .average, countsPadding: false),
        pooling(spatial, .average, countsPadding: true), maxGradient(spatial), maxSelection(spatial),
        averageGradient(spatial, countsPadding: false), averageGradient(spatial, countsPadding: true),
      ]
    }

  private static func drawn(
    _ draw: inout Draw, _ spatial: Int, _ kind: Pooling.Kind, _ countsPadding: Bool
  ) -> (Pooling, input: [Int], output: [Int]) {
    func each(_ range: ClosedRange<Int>) -> [Int] { (0..<spatial).map { _ in draw.integer(range) } }
    let size = each(1...3)
    let window = Window(
      strides: each(1...2), paddingLow: size.map { draw.integer(0...($0 - 1)) },
      paddingHigh: size.map { draw.integer(0...($0 - 1)) },
      dilations: each(1...1))
    let operation = Pooling(kind: kind, size: size, window: window, countsPadding: countsPadding)
    let input = [draw.size()] + (0..<spatial).map { _ in draw.size() + 1 } + [draw.size()]
    return (operation, input, (try? operation.result([f(Shape(input))])[0].shape.dimensions) ?? [])
  }

  private static func pooling(_ spatial: Int, _ kind: Pooling.Kind, countsPadding: Bool) -> Row {
    let operation = Pooling(kind: kind, size: [2, 2], window: plain, countsPadding: countsPadding)
    let name = "\(operation.label) \(spatial)D\(countsPadding ? " with padding" : "")"
    let still = Window(strides: [0, 0], paddingLow: [0, 0], paddingHigh: [0, 0], dilations: [1, 1])
    return Row(
      name, Pooling.self,
      errors: [
        ErrorSample(
          operation, [f([1, 5, 5])],
          "\(operation.label): expected a floating input [batch, 2 spatial axes, channels], but it is float32[1, 5, 5]."
        ),
        ErrorSample(
          operation, [f([1, 1, 5, 2])],
          "\(operation.label): expected spatial sizes of at least the window [2, 2], but the input is [1, 1, 5, 2]. "
            + "Use padding .same, or pool less before this layer."),
        ErrorSample(
          Pooling(kind: kind, size: [2, 2], window: still, countsPadding: false), [f([1, 4, 4, 2])],
          "\(operation.label): expected strides and dilations ≥ 1 and paddings ≥ 0 for each spatial axis, but they are [0, 0], "
            + "[1, 1] and [0, 0] to [0, 0]."),
      ]
    ) { draw in
      let (operation, input, _) = drawn(&draw, spatial, kind, countsPadding)
      return Sample(operation, [draw.distinct(input)])
    }
  }

  private static func maxGradient(_ spatial: Int) -> Row {
    let operation = MaxPoolingGradient(
      pooling: Pooling(kind: .maximum, size: [2, 2], window: plain, countsPadding: false))
    return Row(
      "max pooling gradient \(spatial)D", MaxPoolingGradient.self,
      errors: [
        ErrorSample(
          operation, [f([1, 4, 4, 2]), f([1, 3, 3, 2]), f([1, 2, 2, 2])],
          "max pooling gradient: expected an output and a gradient float32[1, 3, 3, 2], but they are float32[1, 3, 3, 2] and "
            + "float32[1, 2, 2, 2].")
      ]
    ) { draw in
      let (pooling, input, output) = drawn(&draw, spatial, .maximum, false)
      let x = draw.distinct(input)
      guard !output.isEmpty else { return Sample(MaxPoolingGradient(pooling: pooling), [x, x, x]) }
      let y = (try? Interpreter.evaluate(pooling, [x])[0]) ?? x
      return Sample(MaxPoolingGradient(pooling: pooling), [x, y, draw.numbers(output)], differentiable: [2])
    }
  }

  private static func maxSelection(_ spatial: Int) -> Row {
    let operation = MaxPoolingSelection(
      pooling: Pooling(kind: .maximum, size: [2, 2], window: plain, countsPadding: false))
    return Row(
      "max pooling selection \(spatial)D", MaxPoolingSelection.self,
      errors: [
        ErrorSample(
          operation, [f([1, 4, 4, 2]), f([1, 3, 3, 2]), f([1, 2, 2, 2])],
          "max pooling selection: expected values float32[1, 4, 4, 2], but they are float32[1, 2, 2, 2].")
      ]
    ) { draw in
      let (pooling, input, output) = drawn(&draw, spatial, .maximum, false)
      let x = draw.distinct(input)
      guard !output.isEmpty else { return Sample(MaxPoolingSelection(pooling: pooling), [x, x, x]) }
      let y = (try? Interpreter.evaluate(pooling, [x])[0]) ?? x
      return Sample(MaxPoolingSelection(pooling: pooling), [x, y, draw.numbers(input)], differentiable: [2])
    }
  }

  private static func averageGradient(_ spatial: Int, countsPadding: Bool) -> Row {
    let pooling = Pooling(kind: .average, size: [2, 2], window: plain, countsPadding: false)
    return Row(
      "average pooling gradient \(spatial)D\(countsPadding ? " with padding" : "")", AveragePoolingGradient.self,
      errors: [
        ErrorSample(
          AveragePoolingGradient(pooling: pooling, inputShape: [1, 4, 4, 2]), [f([1, 4, 4, 2])],
          "average pooling gradient: expected a gradient float32[1, 3, 3, 2], but it is float32[1, 4, 4, 2].")
      ]
    ) { draw in
      let (pooling, input, output) = drawn(&draw, spatial, .average, countsPadding)
      return Sample(AveragePoolingGradient(pooling: pooling, inputShape: Shape(input)), [draw.numbers(output)])
    }
  }
}
