/// A penalty on a parameter, added to the loss: l1 Σ |w| + l2 Σ w².
public struct Regularizer: Hashable, Sendable, Codable {
  /// Weight of Σ |w|.
  public var l1: Float
  /// Weight of Σ w².
  public var l2: Float

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

  /// The penalty of one parameter, a scalar.
  public func penalty(_ parameter: Tensor) -> Tensor {
    var terms: [Tensor] = []
    if l1 != 0 { terms.append(parameter.absolute().sum() * Double(l1)) }
    if l2 != 0 { terms.append(parameter.squared().sum() * Double(l2)) }
    return terms.reduce(Tensor(0)) { $0 + $1 }
  }
}
