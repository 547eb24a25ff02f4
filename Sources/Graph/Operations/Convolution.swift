// Convolution (cross-correlation, as the field uses the word) and its two adjoints: each one's gradient is the others.

/// How a window moves over the spatial axes.
public struct Window: Hashable, Sendable, Codable {
  /// How far the window moves along each axis.
  public var strides: [Int]
  /// Places added before each axis.
  public var paddingLow: [Int]
  /// Places added after each axis.
  public var paddingHigh: [Int]
  /// Distance of neighbouring places of the window along each axis.
  public var dilations: [Int]

  /// A window from one number for each spatial axis in every list.
  public init(strides: [Int], paddingLow: [Int], paddingHigh: [Int], dilations: [Int]) {
    self.strides = strides
    self.paddingLow = paddingLow
    self.paddingHigh = paddingHigh
    self.dilations = dilations
  }

  /// Whether the window can move over that many axes.
  func fits(axes: Int) -> Bool {
    [strides, paddingLow, paddingHigh, dilations].allSatisfy { $0.count == axes }
      && (strides + dilations).allSatisfy { $0 >= 1 } && (paddingLow + paddingHigh).allSatisfy { $0 >= 0 }
  }

  /// What `fits` wants, for messages, and what there is.
  static let expectation = "strides and dilations ≥ 1 and paddings ≥ 0 for each spatial axis"
  var listing: String { "they are \(strides), \(dilations) and \(paddingLow) to \(paddingHigh)" }

  /// Size of the output for an input and a kernel: ⌊(n + pₗ + pₕ - (d (f - 1) + 1)) / s⌋ + 1.
  func outputSize(_ input: Int, kernel: Int, axis: Int) -> Int {
    let reach = dilations[axis] * (kernel - 1) + 1
    let room = input + paddingLow[axis] + paddingHigh[axis] - reach
    return room < 0 ? 0 : room / strides[axis] + 1
  }
}

/// y[n, o…, c] = Σ x[n, o · s + k · d - p, i] · kernel[k…, i, c], i over the channels of c's group.
///
/// Shapes: x [batch, spatial…, channels], kernel [window…, channels / groups, filters] → y [batch, spatial…, filters].
package struct Convolution: Operation {
  package static let name = "convolution"
  package var window: Window
  package var groups: Int
  package init(window: Window, groups: Int) {
    self.window = window
    self.groups = groups
  }

  package func result(_ inputs: [TensorType]) throws -> [TensorType] {
    let (x, kernel) = (inputs[0], inputs[1])
    try check(x, kernel)
    var shape = [x.shape[0]]
    for axis in 0..<window.strides.count {
      let size = window.outputSize(x.shape[axis + 1], kernel: kernel.shape[axis], axis: axis)
      guard size > 0 else {
        throw misfit(
          expected: "a spatial size of at least the kernel's reach",
          given: "axis \(axis + 1) of \(x.shape) is shorter than the kernel \(kernel.shape)",
          advice: "Use padding .same, or fewer or smaller windows before this one.")
      }
      shape.append(size)
    }
    return [TensorType(Shape(shape + [kernel.shape.last]), x.dtype)]
  }

  func check(_ x: TensorType, _ kernel: TensorType) throws {
    let spatial = window.strides.count
    guard x.shape.rank == spatial + 2, kernel.shape.rank == spatial + 2 else {
      throw misfit(
        expected: "an input [batch, \(spatial) spatial axes, channels] and a kernel of as many axes",
        given: "they are \(x.shape) and \(kernel.shape)")
    }
    guard window.fits(axes: spatial) else {
      throw misfit(.argument, expected: Window.expectation, given: window.listing)
    }
    guard kernel.shape.dimensions.prefix(spatial).allSatisfy({ $0 >= 1 }) else {
      throw misfit(expected: "a kernel with windows of at least 1", given: "it is \(kernel.shape)")
    }
    guard x.dtype == kernel.dtype, x.dtype.isFloating else {
      throw misfit(
        .dtype, expected: "one floating dtype", given: "they are \(x.dtype.rawValue) and \(kernel.dtype.rawValue)")
    }
    guard groups > 0, x.shape.last == kernel.shape[-2] * groups, kernel.shape.last % groups == 0 else {
      throw misfit(
        expected:
          "\(kernel.shape[-2] * groups) input channels, because the kernel is \(kernel.shape) in \(groups) group\(groups == 1 ? "" : "s")",
        given: "the input is \(x.shape)")
    }
  }

  /// Sums of nothing are 0; other convolutions are whole.
  package func decomposition(_ inputs: [Tensor]) -> [Tensor]? {
    guard inputs.contains(where: { $0.count == 0 }), let type = try? result(inputs.map(\.type))[0] else { return nil }
    return [Tensor.fill(0, type: type)]
  }

  package func gradient(_ context: GradientContext) -> [Tensor?] {
    let (x, kernel, dy) = (context.inputs[0], context.inputs[1], context.gradient)
    return [
      context.needed[0] ? Tensor.make(ConvolutionInputGradient(self, inputShape: x.shape), [dy, kernel]) : nil,
      context.needed[1] ? Tensor.make(ConvolutionKernelGradient(self, kernelShape: kernel.shape), [x, dy]) : nil,
    ]
  }
}

/// The adjoint of a convolution in its input; as a layer's forward it is the transposed convolution.
package struct ConvolutionInputGradient: Operation {
  package static let name = "convolution input gradient"
  package var convolution: Convolution
  package var inputShape: Shape
  package init(_ convolution: Convolution, inputShape: Shape) {
    self.convolution = convolution
    self.inputShape = inputShape
  }

  package func result(_ inputs: [TensorType]) throws -> [TensorType] {
    let (dy, kernel) = (inputs[0], inputs[1])
    let y = try convolution.result([TensorType(inputShape, dy.dtype), kernel])[0]
    guard y.shape == dy.shape else {
      throw misfit(expected: "a gradient of shape \(y.shape)", given: "it is \(dy.shape)")
    }
    return [TensorType(inputShape, dy.dtype)]
  }

  /// Sums of nothing are 0; other convolutions are whole.
  package func decomposition(_ inputs: [Tensor]) -> [Tensor]? {
    guard inputs.contains(where: { $0.count == 0 }), let type = try? result(inputs.map(\.type))[0] else { return nil }
    return [Tensor.fill(0, type: type)]
  }

  package func gradient(_ context: GradientContext) -> [Tensor?] {
    let (dy, kernel, g) = (context.inputs[0], context.inputs[1], context.gradient)
    return [
      context.needed[0] ? Tensor.make(convolution, [g, kernel]) : nil,
      context.needed[1]
        ? Tensor.make(ConvolutionKernelGradient(convolution, kernelShape: kernel.shape), [g, dy]) : nil,
    ]
  }
}

/// The adjoint of a convolution in its kernel.
package struct ConvolutionKernelGradient: Operation {
  package static let name = "convolution kernel gradient"
  package var convolution: Convolution
  package var kernelShape: Shape
  package init(_ convolution: Convolution, kernelShape: Shape) {
    self.convolution = convolution
    self.kernelShape = kernelShape
  }

  package func result(_ inputs: [TensorType]) throws -> [TensorType] {
    let (x, dy) = (inputs[0], inputs[1])
    let y = try convolution.result([x, TensorType(kernelShape, x.dtype)])[0]
    guard y.shape == dy.shape else {
      throw misfit(expected: "a gradient of shape \(y.shape)", given: "it is \(dy.shape)")
    }
    return [TensorType(kernelShape, x.dtype)]
  }

  /// Sums of nothing are 0; other convolutions are whole.
  package func decomposition(_ inputs: [Tensor]) -> [Tensor]? {
    guard inputs.contains(where: { $0.count == 0 }), let type = try? result(inputs.map(\.type))[0] else { return nil }
    return [Tensor.fill(0, type: type)]
  }

  package func gradient(_ context: GradientContext) -> [Tensor?] {
    let (x, dy, g) = (context.inputs[0], context.inputs[1], context.gradient)
    return [
      context.needed[0] ? Tensor.make(ConvolutionInputGradient(convolution, inputShape: x.shape), [dy, g]) : nil,
      context.needed[1] ? Tensor.make(convolution, [x, g]) : nil,
    ]
  }
}

extension Tensor {
  /// Convolution with a kernel [window…, channels / groups, filters]; see `Convolution`.
  public func convolved(_ kernel: Tensor, window: Window, groups: Int = 1) -> Tensor {
    Tensor.make(Convolution(window: window, groups: groups), [self, kernel])
  }

  /// The adjoint of `convolved` in its input: [batch, spatial…, filters] → `shape`.
  public func convolvedTransposed(_ kernel: Tensor, window: Window, groups: Int = 1, to shape: Shape) -> Tensor {
    Tensor.make(
      ConvolutionInputGradient(Convolution(window: window, groups: groups), inputShape: shape), [self, kernel])
  }
}
