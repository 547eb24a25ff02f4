// Maximum and average over moving windows, with their adjoints.

/// One value for each window of the spatial axes: the maximum, or the average.
///
/// Shapes: x [batch, spatial…, channels] → [batch, spatial…, channels]. Padding never wins a maximum; an average counts it
/// only with `countsPadding`. The first of equal maxima gets the gradient.
package struct Pooling: Operation {
  package enum Kind: String, Sendable { case maximum, average }
  package static let name = "pooling"
  package var kind: Kind
  package var size: [Int]
  package var window: Window
  package var countsPadding: Bool
  package init(kind: Kind, size: [Int], window: Window, countsPadding: Bool) {
    self.kind = kind
    self.size = size
    self.window = window
    self.countsPadding = countsPadding
  }

  package var label: String { kind == .maximum ? "max pooling" : "average pooling" }

  package func result(_ inputs: [TensorType]) throws -> [TensorType] {
    let x = inputs[0]
    guard x.shape.rank == size.count + 2, x.dtype.isFloating else {
      throw misfit(
        expected: "a floating input [batch, \(size.count) spatial axes, channels]", given: "it is \(x)")
    }
    guard window.fits(axes: size.count) else {
      throw misfit(.argument, expected: Window.expectation, given: window.listing)
    }
    var shape = [x.shape[0]]
    for axis in size.indices {
      let length = window.outputSize(x.shape[axis + 1], kernel: size[axis], axis: axis)
      guard length > 0, window.paddingLow[axis] < size[axis], window.paddingHigh[axis] < size[axis] else {
        throw misfit(
          expected: "spatial sizes of at least the window \(size)", given: "the input is \(x.shape)",
          advice: "Use padding .same, or pool less before this layer.")
      }
      shape.append(length)
    }
    return [TensorType(Shape(shape + [x.shape.last]), x.dtype)]
  }

  package func gradient(_ context: GradientContext) -> [Tensor?] {
    let (x, y, dy) = (context.inputs[0], context.output, context.gradient)
    if kind == .maximum { return [Tensor.make(MaxPoolingGradient(pooling: self), [x, y, dy])] }
    return [Tensor.make(AveragePoolingGradient(pooling: self, inputShape: x.shape), [dy])]
  }
}

/// The adjoint of maximum pooling: each window's gradient goes to its first maximum. Inputs: x, y, dy.
package struct MaxPoolingGradient: Operation {
  package static let name = "max pooling gradient"
  package var pooling: Pooling
  package init(pooling: Pooling) {
    self.pooling = pooling
  }

  package func result(_ inputs: [TensorType]) throws -> [TensorType] {
    let y = try pooling.result([inputs[0]])[0]
    guard inputs[1] == y, inputs[2] == y else {
      throw misfit(expected: "an output and a gradient \(y)", given: "they are \(inputs[1]) and \(inputs[2])")
    }
    return [inputs[0]]
  }
  package func gradient(_ context: GradientContext) -> [Tensor?] {
    [
      nil, nil,
      Tensor.make(MaxPoolingSelection(pooling: pooling), [context.inputs[0], context.inputs[1], context.gradient]),
    ]
  }
}

/// The values of another tensor at each window's first maximum. Inputs: x, y, values of x's shape.
package struct MaxPoolingSelection: Operation {
  package static let name = "max pooling selection"
  package var pooling: Pooling
  package init(pooling: Pooling) {
    self.pooling = pooling
  }

  package func result(_ inputs: [TensorType]) throws -> [TensorType] {
    guard inputs[2] == inputs[0] else {
      throw misfit(expected: "values \(inputs[0])", given: "they are \(inputs[2])")
    }
    return try pooling.result([inputs[0]])
  }
  package func gradient(_ context: GradientContext) -> [Tensor?] {
    [
      nil, nil,
      Tensor.make(MaxPoolingGradient(pooling: pooling), [context.inputs[0], context.inputs[1], context.gradient]),
    ]
  }
}

/// The adjoint of average pooling: each window's gradient is spread over it.
package struct AveragePoolingGradient: Operation {
  package static let name = "average pooling gradient"
  package var pooling: Pooling
  package var inputShape: Shape
  package init(pooling: Pooling, inputShape: Shape) {
    self.pooling = pooling
    self.inputShape = inputShape
  }

  package func result(_ inputs: [TensorType]) throws -> [TensorType] {
    let x = TensorType(inputShape, inputs[0].dtype)
    let y = try pooling.result([x])[0]
    guard inputs[0] == y else { throw misfit(expected: "a gradient \(y)", given: "it is \(inputs[0])") }
    return [x]
  }
  package func gradient(_ context: GradientContext) -> [Tensor?] { [Tensor.make(pooling, [context.gradient])] }
}

extension Tensor {
  /// The maximum of each window.
  public func maxPooled(size: [Int], window: Window) -> Tensor {
    Tensor.make(Pooling(kind: .maximum, size: size, window: window, countsPadding: false), [self])
  }

  /// These values of windows at the first maximum of each window over `input`, 0 elsewhere: the adjoint of `maxPooled`.
  public func maxUnpooled(to input: Tensor, size: [Int], window: Window) -> Tensor {
    let pooling = Pooling(kind: .maximum, size: size, window: window, countsPadding: false)
    return Tensor.make(MaxPoolingGradient(pooling: pooling), [input, Tensor.make(pooling, [input]), self])
  }

  /// The average of each window.
  public func averagePooled(size: [Int], window: Window, countsPadding: Bool = false) -> Tensor {
    Tensor.make(Pooling(kind: .average, size: size, window: window, countsPadding: countsPadding), [self])
  }
}
