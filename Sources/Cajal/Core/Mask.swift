// Masks: which places of padded sequences count. A mask belongs to a tensor of a trace and flows as in Keras: `Masking` and
// `Embedding` make one, layers that treat each place alone pass it on, recurrent layers, attention, losses and means
// use it, everything else drops it.

/// A mask with the tensor it belongs to, which it keeps alive so that its key stays its own.
struct Mask {
  var owner: Tensor
  /// `bool` of the owner's first axes, usually [batch, time].
  var values: Tensor
}

extension ModelTrace {
  /// The mask of the first input is that of the outputs which have none of their own and whose first axes it fits.
  func passMask(from inputs: [Tensor], to outputs: [Tensor]) {
    guard let mask = inputs.first.flatMap({ masks[$0.key] })?.values else { return }
    for output in outputs where masks[output.key] == nil && mask.fits(output) { setMask(mask, of: output) }
  }

  func setMask(_ mask: Tensor?, of tensor: Tensor) {
    guard !tensor.shape.isPoisoned else { return }
    masks[tensor.key] = mask.map { Mask(owner: tensor, values: $0.dtype == .bool ? $0 : $0 .!= 0) }
  }
}

extension Scope {
  /// Says which places of a layer's result count: `bool` of its first axes, usually [batch, time]; nil for all.
  public func setMask(_ mask: Tensor?, of tensor: Tensor) { trace.setMask(mask, of: tensor) }
}

extension Tensor {
  /// Which places of the sequence count, `bool` of the first axes, usually [batch, time]; nil where all do.
  ///
  /// Example: `let lengths = x.mask?.cast(to: .float32).sum(axes: [1])`
  public var mask: Tensor? { modelTrace?.masks[key]?.values }

  /// Whether this mask has the first axes of a tensor.
  func fits(_ tensor: Tensor) -> Bool {
    rank <= tensor.rank && shape.dimensions.elementsEqual(tensor.shape.dimensions.prefix(rank))
  }

  /// This mask as 1 and 0 with axes of size 1 behind it, so that it stretches over a tensor.
  func asFactor(of tensor: Tensor) -> Tensor {
    let ones = Array(repeating: 1, count: Swift.max(tensor.rank - rank, 0))
    return cast(to: tensor.dtype.isFloating ? tensor.dtype : .float32).reshaped(Shape(shape.dimensions + ones))
  }

  /// Weights of the places in a mean over all of them: total / counted where this mask holds, else 0, as in Keras.
  func asMeanWeights() -> Tensor {
    let marks = cast(to: .float32)
    return marks * (Double(Swift.max(count, 1)) / marks.sum().maximum(1))
  }
}
