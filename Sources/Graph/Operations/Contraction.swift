/// Matrix products over leading batch axes: C[…, m, n] = Σₖ A[…, m, k] · B[…, k, n].
///
/// With `transposesLeft` A is [… , k, m]; with `transposesRight` B is […, n, k]. Batch axes are equal.
package struct Contraction: Operation {
  package static let name = "contraction"
  package var transposesLeft: Bool
  package var transposesRight: Bool
  /// Every element of A is known to be 0 or 1, and there are enough of them to sum chosen rows of B: the compiler's note.
  package var choosesRows = false
  package init(transposesLeft: Bool, transposesRight: Bool) {
    self.transposesLeft = transposesLeft
    self.transposesRight = transposesRight
  }

  package func result(_ inputs: [TensorType]) throws -> [TensorType] {
    let (a, b) = (inputs[0], inputs[1])
    guard a.shape.rank >= 2, a.shape.rank == b.shape.rank,
      a.shape.dimensions.dropLast(2) == b.shape.dimensions.dropLast(2)
    else {
      throw misfit(expected: "matrices with equal batch axes", given: "they are \(a.shape) and \(b.shape)")
    }
    guard a.dtype == b.dtype, a.dtype != .bool else {
      throw misfit(
        .dtype, expected: "numbers of one dtype", given: "they are \(a.dtype.rawValue) and \(b.dtype.rawValue)")
    }
    let (m, k) = transposesLeft ? (a.shape[-1], a.shape[-2]) : (a.shape[-2], a.shape[-1])
    let (inner, n) = transposesRight ? (b.shape[-1], b.shape[-2]) : (b.shape[-2], b.shape[-1])
    guard k == inner else {
      throw misfit(
        expected: "as many columns on the left as rows on the right",
        given:
          "there are \(k) and \(inner) (\(a.shape)\(transposesLeft ? "ᵀ" : "") · \(b.shape)\(transposesRight ? "ᵀ" : ""))"
      )
    }
    return [TensorType(Shape(a.shape.dimensions.dropLast(2) + [m, n]), a.dtype)]
  }

  package func gradient(_ context: GradientContext) -> [Tensor?] {
    let (a, b, dy) = (context.inputs[0], context.inputs[1], context.gradient)
    func product(_ x: Tensor, _ y: Tensor, _ left: Bool, _ right: Bool) -> Tensor {
      Tensor.make(Contraction(transposesLeft: left, transposesRight: right), [x, y])
    }
    let left =
      !context.needed[0]
      ? nil
      : transposesLeft ? product(b, dy, transposesRight, true) : product(dy, b, false, !transposesRight)
    let right =
      !context.needed[1]
      ? nil
      : transposesRight ? product(dy, a, true, transposesLeft) : product(a, dy, !transposesLeft, false)
    return [left, right]
  }
}

extension Tensor {
  /// The matrix product over leading batch axes, which stretch: […, m, k] · […, k, n] → […, m, n]; a vector counts as a
  /// row on the left and a column on the right.
  public func matmul(_ other: Tensor, transposeSelf: Bool = false, transposeOther: Bool = false) -> Tensor {
    if rank == 1, other.rank >= 1 {
      return expandingDimension(at: 0).matmul(other, transposeOther: transposeOther).squeezed(axes: [
        other.rank == 1 ? 0 : -2
      ])
    }
    if other.rank == 1 {
      return matmul(other.expandingDimension(at: 1), transposeSelf: transposeSelf).squeezed(axes: [-1])
    }
    let dtype = DType.promoted(self.dtype, other.dtype)
    var (a, b) = (cast(to: dtype), other.cast(to: dtype))
    if rank >= 2, other.rank == 2, rank > 2, !transposeSelf {
      // One matrix on the right of a batch: a single product over all rows.
      let rows = Shape([shape.dimensions.dropLast().reduce(1, *), shape.last])
      let flat = a.reshaped(rows).matmul(b, transposeOther: transposeOther)
      return flat.reshaped(Shape(shape.dimensions.dropLast() + [flat.shape.last]))
    }
    if a.rank != b.rank || a.shape.dimensions.dropLast(2) != b.shape.dimensions.dropLast(2), a.rank >= 2, b.rank >= 2 {
      let batchA = Shape(Array(a.shape.dimensions.dropLast(2)))
      let batchB = Shape(Array(b.shape.dimensions.dropLast(2)))
      if let batch = Shape.broadcast(batchA, batchB) {
        a = a.broadcast(to: Shape(batch.dimensions + a.shape.dimensions.suffix(2)))
        b = b.broadcast(to: Shape(batch.dimensions + b.shape.dimensions.suffix(2)))
      }
    }
    return Tensor.make(Contraction(transposesLeft: transposeSelf, transposesRight: transposeOther), [a, b])
  }

  /// Σ aᵢ bᵢ over all elements of two tensors of one shape.
  public func dot(_ other: Tensor) -> Tensor { (self * other).sum() }
}
