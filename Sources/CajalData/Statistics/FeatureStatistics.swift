import Cajal

/// Mean and covariance of samples' features, as of a classifier's last hidden layer: what Fréchet's distance is made of.
///
/// Example:
/// ```swift
/// let features = try classifier.intermediate("f6")
/// let real = try FeatureStatistics(features.predict(images)), fake = try FeatureStatistics(features.predict(drawn))
/// print(try real.frechetDistance(to: fake))
/// ```
public struct FeatureStatistics: Hashable, Sendable {
  /// Samples that were looked at.
  public let samples: Int
  /// Mean of each feature.
  public let mean: [Double]
  /// Covariance of each two features, divided by samples - 1, in row-major order.
  public let covariance: [Double]

  /// Shapes: features `[samples, n]`. For a covariance of full rank more than n samples are needed.
  ///
  /// Errors: `.shape` for other axes or fewer than two samples; `.value` for features that are not finite.
  public init(_ features: Tensor) throws {
    guard features.rank == 2, features.shape[0] > 1, features.shape[1] > 0, features.dtype == .float32 else {
      throw CajalError(
        .shape, "FeatureStatistics", expected: "features float32[samples, n] of at least two samples",
        given: "they are \(features.type)", advice: "Flatten maps first.")
    }
    let (samples, size) = (features.shape[0], features.shape[1])
    var mean = [Double](repeating: 0, count: size)
    var sums = [Double](repeating: 0, count: size * size)
    try features.storage.withBytes { bytes in
      let values = bytes.bindMemory(to: Float.self)
      for row in 0..<samples {
        for column in 0..<size {
          let value = Double(values[row * size + column])
          guard value.isFinite else {
            throw CajalError(
              .value, "FeatureStatistics", expected: "finite features", given: "sample \(row) has \(value)")
          }
          mean[column] += value
        }
      }
      for column in 0..<size { mean[column] /= Double(samples) }
      var row = [Double](repeating: 0, count: size)
      sums.withUnsafeMutableBufferPointer { sums in
        for sample in 0..<samples {
          for column in 0..<size { row[column] = Double(values[sample * size + column]) - mean[column] }
          row.withUnsafeBufferPointer { row in
            for i in 0..<size {
              let factor = row[i]
              guard factor != 0 else { continue }
              for j in 0...i { sums[i * size + j] += factor * row[j] }
            }
          }
        }
      }
    }
    for i in 0..<size {
      for j in 0...i {
        let value = sums[i * size + j] / Double(samples - 1)
        sums[i * size + j] = value
        sums[j * size + i] = value
      }
    }
    self.samples = samples
    self.mean = mean
    covariance = sums
  }

  /// Mean and covariance that are known: `covariance` in row-major order.
  ///
  /// Errors: `.shape` if there are not as many numbers as the mean's length squared.
  public init(mean: [Double], covariance: [Double], samples: Int) throws {
    guard !mean.isEmpty, covariance.count == mean.count * mean.count else {
      throw CajalError(
        .shape, "FeatureStatistics", expected: "a covariance of \(mean.count) x \(mean.count) numbers",
        given: "there are \(covariance.count)")
    }
    self.samples = samples
    self.mean = mean
    self.covariance = covariance
  }

  /// Fréchet's distance of two normal distributions: |μ - ν|² + tr(A + B - 2 (A B)^½), 0 for equal ones.
  ///
  /// Generated samples are the better the nearer they are to real ones; as a measure for it see what two parts of the real
  /// samples have. The distance depends on the features: it can be compared where the same classifier made them, and it is not
  /// the "FID" of papers, which takes those of Inception-v3.
  /// Source: Dowson and Landau, 1982; for generated samples Heusel et al., arXiv:1706.08500.
  /// Errors: `.shape` for other features.
  public func frechetDistance(to other: FeatureStatistics) throws -> Double {
    let size = mean.count
    guard other.mean.count == size else {
      throw CajalError(
        .shape, "FeatureStatistics", expected: "\(size) features as in the first",
        given: "there are \(other.mean.count)"
      )
    }
    var distance = 0.0
    for (one, another) in zip(mean, other.mean) { distance += (one - another) * (one - another) }
    for k in 0..<size { distance += covariance[k * size + k] + other.covariance[k * size + k] }
    // A B has the eigenvalues of A^½ B A^½, which is symmetric.
    let root = try SymmetricEigen(covariance, size: size).applying { max(0, $0).squareRoot() }
    var between = Self.product(Self.product(root, other.covariance, size), root, size)
    for i in 0..<size {
      for j in 0..<i {
        let middle = (between[i * size + j] + between[j * size + i]) / 2
        (between[i * size + j], between[j * size + i]) = (middle, middle)
      }
    }
    let values = try SymmetricEigen(between, size: size).values
    return max(0, distance - 2 * values.reduce(0) { $0 + max(0, $1).squareRoot() })
  }

  private static func product(_ a: [Double], _ b: [Double], _ size: Int) -> [Double] {
    var result = [Double](repeating: 0, count: size * size)
    for i in 0..<size {
      for k in 0..<size {
        let factor = a[i * size + k]
        for j in 0..<size { result[i * size + j] += factor * b[k * size + j] }
      }
    }
    return result
  }
}
