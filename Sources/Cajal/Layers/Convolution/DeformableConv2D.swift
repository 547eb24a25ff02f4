/// Convolution whose window bends: each place of the window is moved by an offset that another convolution computes.
///
/// y[p] = f(Σ_q x(s p + d q - pad + Δ[p, q]) · kernel[q] + bias), where x is interpolated between its pixels and 0 outside.
/// Offsets begin at 0, where this is an ordinary convolution.
/// Shapes: x `[batch, height, width, channels]` → `[batch, height′, width′, filters]`; `offset_kernel` `[height, width,
/// channels, 2 places]` and `offset_bias` `[2 places]` (row and column of each place in turn), `kernel` `[height, width,
/// channels, filters]`, `bias` `[filters]`.
/// Source: Dai et al., arXiv:1703.06211. Keras has no such layer.
/// Example: `DeformableConv2D(64, kernelSize: 3, padding: .same)`
public struct DeformableConv2D: Layer {
  /// Channels of the result, at least 1.
  public var filters: Int
  /// Places of the window along each spatial axis.
  public var kernelSize: [Int]
  /// How far the window moves along each spatial axis.
  public var strides: [Int]
  /// What lies around the input when the window moves over it.
  public var padding: Padding
  /// Distance of neighbouring places of the window along each spatial axis.
  public var dilationRate: [Int]
  /// The function of the results, such as `.relu`.
  public var activation: ActivationFunction
  /// Whether a bias is added to the results.
  public var useBias: Bool
  /// How the kernel gets its first values.
  public var kernelInitializer: Initializer
  /// How the kernel of the offsets gets its first values.
  public var offsetInitializer: Initializer
  /// A penalty on the kernel, added to the loss while training.
  public var kernelRegularizer: Regularizer?
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(
    _ filters: Int, kernelSize: some SpatialSize, strides: some SpatialSize = 1, padding: Padding = .valid,
    dilationRate: some SpatialSize = 1, activation: ActivationFunction = .linear, useBias: Bool = true,
    kernelInitializer: Initializer = .glorotUniform, offsetInitializer: Initializer = .zeros,
    kernelRegularizer: Regularizer? = nil, name: String? = nil
  ) {
    self.filters = filters
    self.kernelSize = kernelSize.sizes(axes: 2)
    self.strides = strides.sizes(axes: 2)
    self.padding = padding
    self.dilationRate = dilationRate.sizes(axes: 2)
    self.activation = activation
    self.useBias = useBias
    self.kernelInitializer = kernelInitializer
    self.offsetInitializer = offsetInitializer
    self.kernelRegularizer = kernelRegularizer
    self.name = LayerName(name)
  }

  public func forward(_ input: Tensor) throws -> Tensor {
    try demandPositive("filters", filters)
    try demandSizes("kernelSize", kernelSize, axes: 2)
    try demandImage(input, spatialAxes: 2)
    let window = try window(
      over: input, size: kernelSize, strides: strides, padding: padding, dilationRate: dilationRate)
    let (scope, channels, places) = (input.scope, input.shape.last, kernelSize[0] * kernelSize[1])
    let offsetKernel = scope.parameter(
      "offset_kernel", Shape(kernelSize + [channels, 2 * places]), offsetInitializer)
    let offsetBias = scope.parameter("offset_bias", [2 * places], .zeros)
    let kernel = scope.parameter(
      "kernel", Shape(kernelSize + [channels, filters]), kernelInitializer, regularizer: kernelRegularizer)
    let offsets = input.convolved(offsetKernel, window: window) + offsetBias
    guard !offsets.shape.isPoisoned else { return offsets }
    let (batch, rows, columns) = (input.shape[0], offsets.shape[1], offsets.shape[2])
    try demand(
      offsets.count / max(batch, 1) <= 1 << 26, .shape, expected: "at most 2^26 places of windows",
      given: "the offsets are \(offsets.shape)")
    let moved = offsets.reshaped([batch, rows, columns, places, 2])
    let sampled = input.sampled(
      row: positions(axis: 0, rows, columns, window) + moved.slice(axis: 4, 0..<1).squeezed(axes: [4]),
      column: positions(axis: 1, rows, columns, window) + moved.slice(axis: 4, 1..<2).squeezed(axes: [4]))
    var output = sampled.reshaped([batch, rows, columns, places * channels])
      .matmul(kernel.reshaped([places * channels, filters]))
    if useBias { output = output + scope.parameter("bias", [filters], .zeros) }
    return activation(output)
  }

  /// Where the places of an unbent window lie along an axis: [1, rows, columns, places].
  private func positions(axis: Int, _ rows: Int, _ columns: Int, _ window: Window) -> Tensor {
    var values: [Float] = []
    for row in 0..<rows {
      for column in 0..<columns {
        for place in 0..<(kernelSize[0] * kernelSize[1]) {
          let (index, step) = axis == 0 ? (place / kernelSize[1], row) : (place % kernelSize[1], column)
          values.append(Float(step * strides[axis] + index * dilationRate[axis] - window.paddingLow[axis]))
        }
      }
    }
    return Tensor(values, shape: [1, rows, columns, kernelSize[0] * kernelSize[1]])
  }
}

extension Tensor {
  /// Pixels [batch, height, width, channels] between places, interpolated from four neighbours; 0 outside.
  ///
  /// Shapes: rows and columns `[batch, …]` → `[batch, …, channels]`.
  func sampled(row: Tensor, column: Tensor) -> Tensor {
    guard !row.shape.isPoisoned, !column.shape.isPoisoned else { return row.shape.isPoisoned ? row : column }
    let (batch, height, width, channels) = (shape[0], shape[1], shape[2], shape[3])
    let pixels = reshaped([batch * height * width, channels])
    let start = Tensor.indices(along: 0, shape: row.shape) * Double(height * width)
    let (top, left) = (row.floor(), column.floor())
    var sum: Tensor?
    for (down, right) in [(0.0, 0.0), (0, 1), (1, 0), (1, 1)] {
      let (y, x) = (top + down, left + right)
      let nearY = 1 - (row - y).absolute()
      let nearX = 1 - (column - x).absolute()
      let isInside = (y .>= 0).and(y .<= Double(height - 1)).and((x .>= 0).and(x .<= Double(width - 1)))
      let index =
        start + y.clipped(0, Double(height - 1)).cast(to: .int32) * Double(width)
        + x.clipped(0, Double(width - 1)).cast(to: .int32)
      let weight = isInside.select(nearY * nearX, nearY.filled(0))
      let part = pixels.gathered(index) * weight.expandingDimension(at: -1)
      sum = sum.map { $0 + part } ?? part
    }
    return sum ?? self
  }
}
