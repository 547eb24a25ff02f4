/// One value for all elements along some axes: sum, product, maximum, minimum, all, any.
///
/// Axes stay with size 1; the public functions drop them unless asked. Empty axes give the neutral element.
/// Gradient of a maximum or minimum: ties share it equally.
package struct Reduce: Operation {
  package enum Kind: String, Sendable, CaseIterable { case sum, product, maximum, minimum, all, any }
  package static let name = "reduce"
  package var kind: Kind
  package var axes: [Int]
  package init(kind: Kind, axes: [Int]) {
    self.kind = kind
    self.axes = axes
  }

  package var label: String { "reduce \(kind.rawValue)" }

  package func result(_ inputs: [TensorType]) throws -> [TensorType] {
    var shape = inputs[0].shape
    for axis in axes {
      guard shape.dimensions.indices.contains(axis) else {
        throw misfit(.argument, expected: "axes of \(shape)", given: "they are \(axes)")
      }
      shape.dimensions[axis] = 1
    }
    guard Set(axes).count == axes.count else {
      throw misfit(.argument, expected: "each axis at most once", given: "they are \(axes)")
    }
    if (kind == .all || kind == .any) != (inputs[0].dtype == .bool) {
      let wanted = kind == .all || kind == .any ? "bool values" : "numbers"
      throw misfit(.dtype, expected: wanted, given: "they are \(inputs[0].dtype.rawValue)", advice: "Use cast(to:).")
    }
    return [TensorType(shape, inputs[0].dtype)]
  }

  package func gradient(_ context: GradientContext) -> [Tensor?] {
    let (x, y, dy) = (context.inputs[0], context.output, context.gradient)
    switch kind {
    case .sum: return [dy.broadcast(to: x.shape)]
    case .maximum, .minimum:
      let winners = (x .== y.broadcast(to: x.shape)).cast(to: x.dtype)
      let share = dy / winners.sum(axes: axes, keepsDimensions: true)
      return [winners * share]
    case .product:
      // The product of all others, without dividing: what comes before times what comes after.
      let others = (0..<x.rank).filter { !axes.contains($0) }
      let order = others + axes
      let rows = x.transposed(order).reshaped([others.reduce(1) { $0 * x.shape[$1] }, -1])
      let before = rows.cumulative(.product, axis: 1, exclusive: true)
      let after = rows.cumulative(.product, axis: 1, exclusive: true, reverse: true)
      var inverse = order
      for (to, from) in order.enumerated() { inverse[from] = to }
      let rest = (before * after).reshaped(Shape(order.map { x.shape[$0] })).transposed(inverse)
      return [rest * dy]
    case .all, .any: return [nil]
    }
  }
}

extension Tensor {
  func reduced(_ kind: Reduce.Kind, axes: [Int]?, keepsDimensions: Bool) -> Tensor {
    let axes = (axes ?? Array(0..<rank)).map { $0 < 0 ? $0 + rank : $0 }.sorted()
    if axes.isEmpty { return self }
    let result = Tensor.make(Reduce(kind: kind, axes: axes), [self])
    return keepsDimensions ? result : result.squeezed(axes: axes)
  }

  /// The sum along axes; along all of them by default.
  public func sum(axes: [Int]? = nil, keepsDimensions: Bool = false) -> Tensor {
    reduced(.sum, axes: axes, keepsDimensions: keepsDimensions)
  }

  /// The mean along axes.
  public func mean(axes: [Int]? = nil, keepsDimensions: Bool = false) -> Tensor {
    // Axes outside are the sum's to refuse.
    let counted = (axes ?? Array(0..<rank)).filter { (-rank..<rank).contains($0) }.reduce(1) { $0 * shape[$1] }
    let floating = dtype.isFloating ? self : cast(to: .float32)
    return floating.sum(axes: axes, keepsDimensions: keepsDimensions) * (1 / Double(counted))
  }

  /// The variance along axes, divided by the number of elements.
  public func variance(axes: [Int]? = nil, keepsDimensions: Bool = false) -> Tensor {
    (self - mean(axes: axes ?? Array(0..<rank), keepsDimensions: true)).squared()
      .mean(axes: axes, keepsDimensions: keepsDimensions)
  }

  /// The product along axes; along all of them by default.
  public func product(axes: [Int]? = nil, keepsDimensions: Bool = false) -> Tensor {
    reduced(.product, axes: axes, keepsDimensions: keepsDimensions)
  }

  /// The largest value along axes; NaN if there is one.
  public func max(axes: [Int]? = nil, keepsDimensions: Bool = false) -> Tensor {
    reduced(.maximum, axes: axes, keepsDimensions: keepsDimensions)
  }

  /// The smallest value along axes; NaN if there is one.
  public func min(axes: [Int]? = nil, keepsDimensions: Bool = false) -> Tensor {
    reduced(.minimum, axes: axes, keepsDimensions: keepsDimensions)
  }

  /// Whether all values along axes are true.
  public func all(axes: [Int]? = nil, keepsDimensions: Bool = false) -> Tensor {
    reduced(.all, axes: axes, keepsDimensions: keepsDimensions)
  }

  /// Whether any value along axes is true.
  public func any(axes: [Int]? = nil, keepsDimensions: Bool = false) -> Tensor {
    reduced(.any, axes: axes, keepsDimensions: keepsDimensions)
  }

  /// ln Σ exp x along axes, without overflow.
  public func logSumExp(axes: [Int], keepsDimensions: Bool = false) -> Tensor {
    let top = max(axes: axes, keepsDimensions: true).stoppingGradient()
    let finite = top.isFinite().select(top, top.filled(0))
    let result = (self - finite).exp().sum(axes: axes, keepsDimensions: true).log() + finite
    return keepsDimensions ? result : result.squeezed(axes: axes)
  }
}
