/// A penalty on rows or columns of a matrix that point alike: factor · ½ Σ_{i≠j} |cos(i, j)| / (number of pairs).
///
/// It is 0 where all of them are orthogonal. Errors: a parameter that is no matrix.
/// Example: `Dense(8, kernelRegularizer: .orthogonal(factor: 0.01, mode: .columns))`
public struct OrthogonalRegularizer: Hashable, Sendable, Codable {
  /// What is compared.
  public enum Mode: String, Hashable, Sendable, Codable {
    /// The matrix's rows.
    case rows
    /// The matrix's columns.
    case columns
  }

  /// Weight of the penalty.
  public var factor: Float
  /// What is compared.
  public var mode: Mode

  /// A penalty; each option is the property of that name.
  public init(factor: Float = 0.01, mode: Mode = .rows) {
    self.factor = factor
    self.mode = mode
  }

  func penalty(_ parameter: Tensor) -> Tensor {
    guard !parameter.shape.isPoisoned else { return parameter }
    guard parameter.rank == 2 else {
      let error = CajalError(
        .shape, "OrthogonalRegularizer", expected: "a matrix", given: "the parameter is \(parameter.shape)")
      return Tensor.misfit(error, trace: parameter.node.trace)
    }
    let vectors = mode == .rows ? parameter : parameter.transposed()
    let lengths = vectors.squared().sum(axes: [1], keepsDimensions: true).maximum(lossEpsilon * lossEpsilon)
    let directions = vectors * lengths.rsqrt()
    let count = vectors.shape[0]
    let others = 1 - Tensor.identity(count, dtype: parameter.dtype)
    let alike = (directions.matmul(directions, transposeOther: true) * others).absolute().sum()
    return alike * (0.5 * Double(factor) / max(Double(count * (count - 1)) / 2, 1))
  }
}
