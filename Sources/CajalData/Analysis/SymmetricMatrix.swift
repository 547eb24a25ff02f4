import Cajal

/// Eigenvalues and eigenvectors of a small symmetric matrix by Jacobi's rotations: A = V diag(λ) Vᵀ.
///
/// In double precision; the work grows with the third power of the size, so it is meant for some hundreds of rows.
/// Example: `let (values, vectors) = try SymmetricMatrix.eigen([2, 1, 1, 2], size: 2)  // values 3 and 1`
public enum SymmetricMatrix {
  /// - Parameters:
  ///   - matrix: Row by row; only its symmetric part counts.
  ///   - size: Rows.
  /// Returns the values from large to small, and as many vectors of length 1, each a row.
  /// Errors: `.shape` for another number of elements, `.value` for one that is not finite.
  public static func eigen(_ matrix: [Double], size: Int) throws -> (values: [Double], vectors: [[Double]]) {
    guard size > 0, matrix.count == size * size else {
      throw CajalError(
        .shape, "SymmetricMatrix", expected: "\(size) x \(size) elements", given: "there are \(matrix.count)")
    }
    guard matrix.allSatisfy(\.isFinite) else {
      throw CajalError(.value, "SymmetricMatrix", expected: "finite elements", given: "one is not")
    }
    var a = matrix
    for row in 0..<size {
      for column in 0..<row {
        let mean = (a[row * size + column] + a[column * size + row]) / 2
        (a[row * size + column], a[column * size + row]) = (mean, mean)
      }
    }
    var vectors = [Double](repeating: 0, count: size * size)
    for index in 0..<size { vectors[index * size + index] = 1 }
    let scale = a.reduce(0) { $0 + $1 * $1 }
    for _ in 0..<60 {
      var rest = 0.0
      for row in 0..<size { for column in 0..<row { rest += a[row * size + column] * a[row * size + column] } }
      if rest <= scale * 1e-28 { break }
      for p in 0..<size { for q in (p + 1)..<max(size, p + 1) { rotate(&a, &vectors, p, q, size) } }
    }
    let order = (0..<size).sorted { a[$0 * size + $0] > a[$1 * size + $1] }
    return (
      order.map { a[$0 * size + $0] }, order.map { index in Array(vectors[(index * size)..<((index + 1) * size)]) }
    )
  }

  /// Makes the element (p, q) zero.
  private static func rotate(_ a: inout [Double], _ vectors: inout [Double], _ p: Int, _ q: Int, _ size: Int) {
    let off = a[p * size + q]
    guard off != 0 else { return }
    let slope = (a[q * size + q] - a[p * size + p]) / (2 * off)
    let tangent = (slope >= 0 ? 1 : -1) / (abs(slope) + (slope * slope + 1).squareRoot())
    let cosine = 1 / (tangent * tangent + 1).squareRoot()
    let sine = tangent * cosine
    func turn(_ x: inout [Double], _ first: Int, _ second: Int) {
      let (one, two) = (x[first], x[second])
      x[first] = cosine * one - sine * two
      x[second] = sine * one + cosine * two
    }
    for k in 0..<size { turn(&a, k * size + p, k * size + q) }
    for k in 0..<size {
      turn(&a, p * size + k, q * size + k)
      turn(&vectors, p * size + k, q * size + k)
    }
  }
}
