import Cajal

/// The directions in which samples vary most: the linear code of a size that loses least squared error.
///
/// The first eigenvectors of the covariance, by iterating a subspace a little larger than asked for until its
/// eigenvalues stand still. What every autoencoder is held against.
///
/// Shapes: samples [count, …], seen as rows of features; codes [count, components].
/// Source: Halko, Martinsson and Tropp, SIAM Review 53, 2011, section 4.5.
/// Example: `let pca = try PrincipalComponents(of: pictures, count: 32)`, then `try pca.reconstruct(other)`
public struct PrincipalComponents: Sendable {
  /// Means of the features.
  public let mean: Tensor
  /// One direction of length 1 in each row, [components, features], that of the largest variance first.
  public let components: Tensor
  /// Variance along each direction, divided by the number of samples.
  public let variances: [Double]
  /// Variance along all directions.
  public let totalVariance: Double

  /// Finds the components of samples.
  ///
  /// - Parameter seed: Fixes the subspace that the search begins with.
  /// Errors: `.argument` for a count that is not in 1 … features, `.value` without samples or with values that are not finite.
  public init(of x: Tensor, count: Int, seed: Int = 0) throws {
    let rows = try Self.rows(x)
    let features = rows.shape[1]
    guard (1...features).contains(count) else {
      throw CajalError(
        .argument, "PrincipalComponents", expected: "1 to \(features) components", given: "there are to be \(count)")
    }
    mean = rows.mean(axes: [0])
    let centred = rows - mean
    let covariance = centred.matmul(centred, transposeSelf: true) / Double(rows.shape[0])
    let traces = (covariance * Tensor.identity(features)).sum()
    totalVariance = traces.item
    guard totalVariance.isFinite else {
      throw CajalError(.value, "PrincipalComponents", expected: "finite numbers", given: "there are others")
    }
    let width = min(features, count + 10)
    var random = RandomSource(seed: seed)
    var basis = Self.orthonormal(random.normal([width, features]).scalars(as: Float.self).map(Double.init), width)
    var found: (values: [Double], vectors: [[Double]]) = ([], [])
    for round in 0..<500 {
      let product = Tensor(basis.map(Float.init), shape: [width, features]).matmul(covariance)
      let values = product.scalars(as: Float.self).map(Double.init)
      // The covariance as the subspace sees it.
      let seen = Self.products(values, basis, width)
      let before = found.values
      found = try SymmetricMatrix.eigen(seen, size: width)
      let change = zip(before, found.values).prefix(count).map { abs($0 - $1) }.max() ?? .infinity
      if round == 499 || round > 0 && change <= 1e-6 * max(found.values[0], .leastNormalMagnitude) { break }
      basis = Self.orthonormal(values, width)
    }
    let directions = found.vectors.prefix(count).flatMap { weights -> [Float] in
      (0..<features).map { feature in
        Float((0..<width).reduce(0.0) { $0 + weights[$1] * basis[$1 * features + feature] })
      }
    }
    components = Tensor(directions, shape: [count, features])
    variances = found.values.prefix(count).map { max($0, 0) }
  }

  /// How far samples reach along each component.
  public func encode(_ x: Tensor) throws -> Tensor {
    (try demanded(x) - mean).matmul(components, transposeOther: true)
  }

  /// Samples as rows from their codes.
  public func decode(_ codes: Tensor) throws -> Tensor {
    guard codes.rank == 2, codes.shape[1] == components.shape[0] else {
      throw CajalError(
        .shape, "PrincipalComponents", expected: "codes [count, \(components.shape[0])]", given: "they are \(codes.shape)"
      )
    }
    return codes.matmul(components) + mean
  }

  /// What is left of samples after their code, in the samples' shape.
  public func reconstruct(_ x: Tensor) throws -> Tensor { try decode(encode(x)).reshaped(x.shape) }

  private func demanded(_ x: Tensor) throws -> Tensor {
    let rows = try Self.rows(x)
    guard rows.shape[1] == mean.count else {
      throw CajalError(
        .shape, "PrincipalComponents", expected: "samples of \(mean.count) features", given: "they are \(x.shape)")
    }
    return rows
  }

  private static func rows(_ x: Tensor) throws -> Tensor {
    guard x.rank >= 2, x.count > 0 else {
      throw CajalError(
        .value, "PrincipalComponents", expected: "samples [count, …]", given: "the shape is \(x.shape)")
    }
    return x.reshaped([x.shape[0], x.count / x.shape[0]])
  }

  /// Rows of length 1 at right angles that span the same; a row that adds nothing becomes zero.
  private static func orthonormal(_ rows: [Double], _ count: Int) -> [Double] {
    var rows = rows
    let width = rows.count / count
    for row in 0..<count {
      for _ in 0..<2 {
        for other in 0..<row {
          var product = 0.0
          for k in 0..<width { product += rows[row * width + k] * rows[other * width + k] }
          for k in 0..<width { rows[row * width + k] -= product * rows[other * width + k] }
        }
      }
      var length = 0.0
      for k in 0..<width { length += rows[row * width + k] * rows[row * width + k] }
      let factor = length > 1e-200 ? 1 / length.squareRoot() : 0
      for k in 0..<width { rows[row * width + k] *= factor }
    }
    return rows
  }

  /// Products of all rows of one with all rows of the other.
  private static func products(_ a: [Double], _ b: [Double], _ count: Int) -> [Double] {
    let width = a.count / count
    var result = [Double](repeating: 0, count: count * count)
    for row in 0..<count {
      for column in 0..<count {
        var sum = 0.0
        for k in 0..<width { sum += a[row * width + k] * b[column * width + k] }
        result[row * count + column] = sum
      }
    }
    return result
  }
}
