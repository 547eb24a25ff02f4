import Cajal
import CajalData
import Testing

@Suite struct FeatureStatisticsTests {
  private func random(_ count: Int, seed: Int) -> [Double] {
    var source = RandomSource(seed: seed)
    return source.normal([count]).floats.map(Double.init)
  }

  private func product(_ a: [Double], _ b: [Double], _ n: Int, transposed: Bool = false) -> [Double] {
    var result = [Double](repeating: 0, count: n * n)
    for i in 0..<n {
      for j in 0..<n { for k in 0..<n { result[i * n + j] += a[i * n + k] * b[transposed ? j * n + k : k * n + j] } }
    }
    return result
  }

  // MARK: - Eigenvalues

  @Test func twoByTwo() throws {
    let eigen = try SymmetricEigen([2, 1, 1, 2], size: 2)
    #expect(abs(eigen.values[0] - 1) < 1e-14 && abs(eigen.values[1] - 3) < 1e-14)
    #expect(abs(abs(eigen.vectors[2]) - 0.5.squareRoot()) < 1e-14 && abs(eigen.vectors[2] - eigen.vectors[3]) < 1e-14)
    #expect(try SymmetricEigen([-4], size: 1).values == [-4])
  }

  /// The second difference on n points: eigenvalues 2 - 2 cos(kπ / (n + 1)).
  @Test func secondDifferences() throws {
    let n = 40
    var matrix = [Double](repeating: 0, count: n * n)
    for i in 0..<n {
      matrix[i * n + i] = 2
      if i > 0 {
        matrix[i * n + i - 1] = -1
        matrix[(i - 1) * n + i] = -1
      }
    }
    let values = try SymmetricEigen(matrix, size: n).values
    for k in 1...n {
      let half = 2 * sine(Double(k) * .pi / Double(2 * (n + 1)))
      #expect(abs(values[k - 1] - half * half) < 1e-13)
    }
  }

  private func sine(_ x: Double) -> Double {
    var (term, sum) = (x, x)
    for k in 1..<20 {
      term *= -x * x / Double(2 * k * (2 * k + 1))
      sum += term
    }
    return sum
  }

  @Test(arguments: [2, 3, 7, 30], [false, true])
  func anyMatrixIsPutTogetherAgain(n: Int, isSingular: Bool) throws {
    let rows = random(n * n, seed: n)
    var matrix = rows
    if isSingular {
      // Of rank 1, with n - 1 equal eigenvalues.
      for i in 0..<n { for j in 0..<n { matrix[i * n + j] = rows[i] * rows[j] } }
    } else {
      for i in 0..<n { for j in 0..<n { matrix[i * n + j] = rows[i * n + j] + rows[j * n + i] } }
    }
    let eigen = try SymmetricEigen(matrix, size: n)
    #expect(eigen.values == eigen.values.sorted())
    let scale = eigen.values.map(abs).max() ?? 1
    let again = eigen.applying { $0 }
    #expect(zip(again, matrix).allSatisfy { abs($0 - $1) < 1e-12 * scale })
    let ones = product(eigen.vectors, eigen.vectors, n, transposed: true)
    for i in 0..<n { for j in 0..<n { #expect(abs(ones[i * n + j] - (i == j ? 1 : 0)) < 1e-12) } }
    let root = eigen.applying { abs($0).squareRoot() }
    let size = eigen.applying { abs($0) }
    #expect(zip(product(root, root, n), size).allSatisfy { abs($0 - $1) < 1e-12 * scale })
  }

  @Test func matricesThatAreNone() throws {
    func refusal(_ body: () throws -> Void) -> String {
      #expect(throws: CajalError.self, performing: body)?.description ?? ""
    }
    #expect(refusal { _ = try SymmetricEigen([1, 2, 3], size: 2) }.contains("2 x 2"))
    #expect(refusal { _ = try SymmetricEigen([1, 2, 3, 4], size: 2) }.contains("row 1, column 0"))
    #expect(refusal { _ = try SymmetricEigen([1, .nan, .nan, 4], size: 2) }.contains("finite"))
  }

  // MARK: - Fréchet's distance

  @Test func diagonalCovariancesHaveAClosedForm() throws {
    // |μ - ν|² + Σ (√a - √b)²
    let one = try FeatureStatistics(mean: [1, 2, 3], covariance: [4, 0, 0, 0, 9, 0, 0, 0, 0], samples: 10)
    let other = try FeatureStatistics(mean: [1, 0, 3], covariance: [1, 0, 0, 0, 16, 0, 0, 0, 25], samples: 10)
    #expect(abs(try one.frechetDistance(to: other) - (4 + 1 + 1 + 25)) < 1e-10)
    #expect(abs(try other.frechetDistance(to: one) - 31) < 1e-10)
    #expect(try one.frechetDistance(to: one) < 1e-12)
  }

  /// A and B = c² A commute: the distance is (1 - c)² tr A, in whatever basis A stands.
  @Test func covariancesThatCommute() throws {
    let n = 6
    let matrix = random(n * n, seed: 3)
    let a = product(matrix, matrix, n, transposed: true)
    let trace = (0..<n).reduce(0) { $0 + a[$1 * n + $1] }
    let one = try FeatureStatistics(mean: .init(repeating: 0, count: n), covariance: a, samples: 10)
    let other = try FeatureStatistics(
      mean: .init(repeating: 0, count: n), covariance: a.map { $0 * 9 }, samples: 10)
    #expect(abs(try one.frechetDistance(to: other) - 4 * trace) < 1e-9 * trace)
  }

  /// In two dimensions tr (A B)^½ = √(tr A B + 2 √(det A det B)).
  @Test func twoDimensions() throws {
    let (a, b) = ([2.0, 0.5, 0.5, 1.0], [1.0, -0.8, -0.8, 3.0])
    let product = product(a, b, 2)
    let determinants = (a[0] * a[3] - a[1] * a[1]) * (b[0] * b[3] - b[1] * b[1])
    let root = (product[0] + product[3] + 2 * determinants.squareRoot()).squareRoot()
    let distance = try FeatureStatistics(mean: [0, 0], covariance: a, samples: 9)
      .frechetDistance(to: FeatureStatistics(mean: [3, 4], covariance: b, samples: 9))
    #expect(abs(distance - (25 + 3 + 4 - 2 * root)) < 1e-10)
  }

  @Test func samplesGiveMeanAndCovariance() throws {
    let statistics = try FeatureStatistics(Tensor([[1, 2], [3, 2], [5, 8]]))
    #expect(statistics.mean == [3, 4] && statistics.samples == 3)
    #expect(statistics.covariance == [4, 6, 6, 12])
    var source = RandomSource(seed: 2)
    let (some, others) = (source.normal([4000, 3]), source.normal([4000, 3], mean: 1, deviation: 2))
    let distance = try FeatureStatistics(some).frechetDistance(to: FeatureStatistics(others))
    #expect(abs(distance - 6) < 0.4)  // 3 · 1² + 3 · (2 - 1)²
    #expect(
      #expect(throws: CajalError.self) { try FeatureStatistics(Tensor([[1, 2]])) }?.given.contains("[1, 2]") == true)
    #expect(
      #expect(throws: CajalError.self) { try FeatureStatistics(Tensor([[1], [.infinity]])) }?.given
        == "sample 1 has inf")
    #expect(throws: CajalError.self) {
      try statistics.frechetDistance(to: FeatureStatistics(mean: [1], covariance: [1], samples: 3))
    }
  }
}
