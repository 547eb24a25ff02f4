/// A penalty on a parameter, added to the loss: l1 Σ |w| + l2 Σ w², or one on rows or columns that are not orthogonal.
public struct Regularizer: Hashable, Sendable, Codable {
  /// Weight of Σ |w|.
  public var l1: Float
  /// Weight of Σ w².
  public var l2: Float
  /// A penalty on rows or columns of a matrix that point alike; nil for none.
  public var orthogonal: OrthogonalRegularizer?

  /// A penalty from its two weights.
  public init(l1: Float = 0, l2: Float = 0) {
    self.l1 = l1
    self.l2 = l2
  }

  /// Lasso: rate · Σ |w|.
  public static func l1(_ rate: Float = 0.01) -> Regularizer { Regularizer(l1: rate) }
  /// Ridge: rate · Σ w².
  public static func l2(_ rate: Float = 0.01) -> Regularizer { Regularizer(l2: rate) }
  /// Elastic net: both.
  public static func l1l2(l1: Float = 0.01, l2: Float = 0.01) -> Regularizer { Regularizer(l1: l1, l2: l2) }

  /// Rows or columns of a matrix that are orthogonal: see ``OrthogonalRegularizer``.
  public static func orthogonal(
    factor: Float = 0.01, mode: OrthogonalRegularizer.Mode = .rows
  ) -> Regularizer {
    var regularizer = Regularizer()
    regularizer.orthogonal = OrthogonalRegularizer(factor: factor, mode: mode)
    return regularizer
  }

  /// The penalty of one parameter, a scalar.
  public func penalty(_ parameter: Tensor) -> Tensor {
    var terms: [Tensor] = []
    if l1 != 0 { terms.append(parameter.absolute().sum() * Double(l1)) }
    if l2 != 0 { terms.append(parameter.squared().sum() * Double(l2)) }
    if let orthogonal { terms.append(orthogonal.penalty(parameter)) }
    return terms.reduce(Tensor(0)) { $0 + $1 }
  }
}
