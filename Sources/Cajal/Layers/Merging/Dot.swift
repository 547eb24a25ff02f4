/// The products of two inputs along one axis of each, sample by sample: Σₖ aₖ bₖ.
///
/// Shapes: `[batch, …, k, …]` and `[batch, …, k, …]` → `[batch, rest of a, rest of b]`; two `[batch, k]` → `[batch,
/// 1]`. With `normalize` the vectors have length 1 first, and the result is the cosine of their angle.
/// Example: `Dot(axes: 1, normalize: true)(left, right)`
public struct Dot: Layer {
  /// The axis of each input that is summed over; 0 is the batch.
  public var axes: [Int]
  /// Whether vectors are brought to length 1 first.
  public var normalize: Bool
  public var name: LayerName

  /// Describes the layer: one axis for both inputs, or one for each; 0 is the batch.
  public init(axes: some SpatialSize, normalize: Bool = false, name: String? = nil) {
    self.axes = axes.sizes(axes: 2)
    self.normalize = normalize
    self.name = LayerName(name)
  }

  public func forward(_ inputs: [Tensor]) throws -> Tensor {
    try demandInputs(inputs, exactly: 2)
    try demand(axes.count == 2, expected: "one axis for each of two inputs", given: "axes is \(axes)")
    let (left, right) = (inputs[0], inputs[1])
    let a = try rows(left, try demandAxis(axes[0], of: left))
    let b = try rows(right, try demandAxis(axes[1], of: right))
    try demand(
      a.shape[2] == b.shape[2] && a.shape[0] == b.shape[0], .shape,
      expected: "equal batches and equal sizes along the axes",
      given: "they are \(left.shape) along \(axes[0]) and \(right.shape) along \(axes[1])")
    let product = a.matmul(b, transposeOther: true)
    let rest = rest(left, axes[0]) + rest(right, axes[1])
    return product.reshaped(Shape([left.shape[0]] + (rest.isEmpty ? [1] : rest)))
  }

  /// As [batch, rows, k].
  private func rows(_ x: Tensor, _ axis: Int) throws -> Tensor {
    let order = (0..<x.rank).filter { $0 != axis } + [axis]
    let count = rest(x, axis).reduce(1, *)
    let rows = x.transposed(order).reshaped([x.shape[0], count, x.shape[axis]])
    guard normalize else { return rows }
    return rows * rows.squared().sum(axes: [2], keepsDimensions: true).maximum(1e-12).rsqrt()
  }

  private func rest(_ x: Tensor, _ axis: Int) -> [Int] {
    let index = axis < 0 ? axis + x.rank : axis
    return x.shape.dimensions.indices.filter { $0 != 0 && $0 != index }.map { x.shape[$0] }
  }
}
