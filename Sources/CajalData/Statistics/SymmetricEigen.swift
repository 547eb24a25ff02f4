import Cajal
import Foundation

/// The eigenvalues and eigenvectors of a symmetric matrix: A = Σ λᵢ vᵢ vᵢᵀ.
///
/// A is brought to three diagonals by Householder reflections, and these to one by QL steps with Wilkinson's shifts: about 3 n³
/// operations in double precision, and an error of some ten units in the last place of the largest eigenvalue.
/// Source: Golub and Van Loan, "Matrix computations", sections 8.3.1 and 8.3.3.
/// Example: `try SymmetricEigen([2, 1, 1, 2], size: 2).values  // [1, 3]`
public struct SymmetricEigen: Sendable {
  /// Rows of the matrix.
  public let size: Int
  /// Eigenvalues, the smallest first.
  public let values: [Double]
  /// Eigenvectors of length 1, one after the other in the order of the values: vector k begins at k · size.
  public let vectors: [Double]

  /// Takes apart a matrix in row-major order.
  ///
  /// Errors: `.shape` if there are not `size` · `size` numbers; `.value` if one is not finite or the matrix is not symmetric.
  public init(_ matrix: [Double], size: Int) throws {
    try Self.demandSymmetric(matrix, size)
    self.size = size
    var reduced = Tridiagonal(matrix, size)
    try reduced.diagonalize()
    let order = (0..<size).sorted { reduced.diagonal[$0] < reduced.diagonal[$1] }
    values = order.map { reduced.diagonal[$0] }
    let rows = reduced.vectors
    vectors = order.flatMap { rows[($0 * size)..<(($0 + 1) * size)] }
  }

  /// Σ f(λᵢ) vᵢ vᵢᵀ in row-major order: with the square root, the matrix whose square this is.
  public func applying(_ function: (Double) -> Double) -> [Double] {
    var result = [Double](repeating: 0, count: size * size)
    for (index, value) in values.enumerated() {
      let factor = function(value)
      guard factor != 0 else { continue }
      for row in 0..<size {
        let scaled = factor * vectors[index * size + row]
        for column in 0..<size { result[row * size + column] += scaled * vectors[index * size + column] }
      }
    }
    return result
  }

  private static func demandSymmetric(_ matrix: [Double], _ size: Int) throws {
    guard size > 0, matrix.count == size * size else {
      throw CajalError(
        .shape, "SymmetricEigen", expected: "\(size) x \(size) numbers", given: "there are \(matrix.count)")
    }
    var largest = 0.0
    for value in matrix {
      guard value.isFinite else {
        throw CajalError(.value, "SymmetricEigen", expected: "finite numbers", given: "one is \(value)")
      }
      largest = max(largest, abs(value))
    }
    for row in 0..<size {
      for column in 0..<row {
        let difference = abs(matrix[row * size + column] - matrix[column * size + row])
        guard difference <= 1e-9 * largest else {
          throw CajalError(
            .value, "SymmetricEigen", expected: "a symmetric matrix",
            given: "row \(row), column \(column) differs from its mirror image by \(difference)",
            advice: "Take (A + transposed A) / 2 if it is only rounding.")
        }
      }
    }
  }
}

/// A symmetric matrix on its way from full to three diagonals to one.
private struct Tridiagonal {
  private let size: Int
  private(set) var diagonal: [Double]
  /// Beside the diagonal; the last one is 0.
  private var beside: [Double]
  /// Row k is the k-th basis vector.
  private(set) var vectors: [Double]

  /// A = Q T Qᵀ with Q a product of reflections I - 2 u uᵀ.
  init(_ matrix: [Double], _ size: Int) {
    self.size = size
    var a = matrix
    diagonal = [Double](repeating: 0, count: size)
    beside = [Double](repeating: 0, count: size)
    var reflections: [[Double]] = []
    for k in 0..<max(0, size - 1) {
      let rest = size - k - 1
      var u = (0..<rest).map { a[(k + 1 + $0) * size + k] }
      let length = u.reduce(0) { $0 + $1 * $1 }.squareRoot()
      let target = u[0] > 0 ? -length : length
      beside[k] = target
      u[0] -= target
      let norm = u.reduce(0) { $0 + $1 * $1 }.squareRoot()
      guard norm > 0 else {
        reflections.append([])
        continue
      }
      for i in 0..<rest { u[i] /= norm }
      Self.reflect(&a, u, from: k + 1, size)
      reflections.append(u)
    }
    for k in 0..<size { diagonal[k] = a[k * size + k] }
    vectors = [Double](repeating: 0, count: size * size)
    for k in 0..<size { vectors[k * size + k] = 1 }
    // Row j of `vectors` is column j of Q; the last reflection comes first.
    vectors.withUnsafeMutableBufferPointer { rows in
      for k in reflections.indices.reversed() where !reflections[k].isEmpty {
        let u = reflections[k]
        for j in (k + 1)..<size {
          let row = j * size + k + 1
          var product = 0.0
          for i in u.indices { product += rows[row + i] * u[i] }
          for i in u.indices { rows[row + i] -= 2 * product * u[i] }
        }
      }
    }
  }

  /// The lower right part of A becomes H A H for H = I - 2 u uᵀ.
  private static func reflect(_ a: inout [Double], _ u: [Double], from start: Int, _ size: Int) {
    a.withUnsafeMutableBufferPointer { a in
      var p = [Double](repeating: 0, count: u.count)
      for i in u.indices {
        let row = (start + i) * size + start
        var sum = 0.0
        for j in u.indices { sum += a[row + j] * u[j] }
        p[i] = sum
      }
      var along = 0.0
      for i in u.indices { along += u[i] * p[i] }
      for i in u.indices { p[i] -= along * u[i] }
      for i in u.indices {
        let row = (start + i) * size + start
        for j in u.indices { a[row + j] -= 2 * (u[i] * p[j] + p[i] * u[j]) }
      }
    }
  }

  /// QL steps until nothing stands beside the diagonal.
  mutating func diagonalize() throws {
    for low in 0..<size {
      var rounds = 0
      while let high = block(from: low), high > low {
        rounds += 1
        guard rounds <= 60 else {
          throw CajalError(
            .value, "SymmetricEigen", expected: "QL steps that converge", given: "eigenvalue \(low) does not")
        }
        step(low, high)
      }
    }
  }

  /// The last row of the block that begins at `low`: what stands beside the diagonal after it is nothing.
  private func block(from low: Int) -> Int? {
    var high = low
    while high < size - 1 {
      let scale = abs(diagonal[high]) + abs(diagonal[high + 1])
      if abs(beside[high]) <= .ulpOfOne * scale { break }
      high += 1
    }
    return high
  }

  /// One QL step with a shift on rows `low` … `high`, by rotations of neighbouring rows from below.
  private mutating func step(_ low: Int, _ high: Int) {
    // The eigenvalue of the upper left 2 x 2 that is nearer to its first entry.
    let half = (diagonal[low + 1] - diagonal[low]) / (2 * beside[low])
    let root = (half * half + 1).squareRoot()
    let shift = diagonal[low] - beside[low] / (half + (half < 0 ? -root : root))
    var (cosine, sine, moved) = (1.0, 1.0, 0.0)
    var g = diagonal[high] - shift
    for i in stride(from: high - 1, through: low, by: -1) {
      let f = sine * beside[i]
      let b = cosine * beside[i]
      let length = hypot(f, g)
      beside[i + 1] = length
      guard length > 0 else {
        diagonal[i + 1] -= moved
        beside[high] = 0
        return
      }
      (sine, cosine) = (f / length, g / length)
      g = diagonal[i + 1] - moved
      let r = (diagonal[i] - g) * sine + 2 * cosine * b
      moved = sine * r
      diagonal[i + 1] = g + moved
      g = cosine * r - b
      rotate(i, sine, cosine)
    }
    diagonal[low] -= moved
    beside[low] = g
    beside[high] = 0
  }

  private mutating func rotate(_ row: Int, _ sine: Double, _ cosine: Double) {
    let (upper, lower, size) = (row * size, (row + 1) * size, size)
    vectors.withUnsafeMutableBufferPointer { rows in
      for k in 0..<size {
        let (a, b) = (rows[upper + k], rows[lower + k])
        rows[lower + k] = sine * a + cosine * b
        rows[upper + k] = cosine * a - sine * b
      }
    }
  }
}
