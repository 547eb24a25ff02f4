/// A part of each parameter taken away in each step, apart from the gradient: w - w · rate · learning rate.
///
/// Example: `AdamW(weightDecay: 0.01)`, `SGD(weightDecay: WeightDecay(5e-4, excluding: ["bias", "gamma", "beta"]))`.
/// Source: Loshchilov and Hutter, "Decoupled Weight Decay Regularization", 2019.
public struct WeightDecay: Hashable, Sendable, Codable, ExpressibleByFloatLiteral {
  /// The part taken away in each step, times the learning rate.
  public var rate: Double
  /// Parameters whose name contains one of these words keep their size. The name is the path's last component.
  public var excluding: [String]

  /// A rate, and words in the names of parameters that it leaves alone.
  public init(_ rate: Double, excluding: [String] = []) {
    self.rate = rate
    self.excluding = excluding
  }

  public init(floatLiteral rate: Double) { self.init(rate) }

  /// Whether the parameter at a path decays.
  public func includes(path: String) -> Bool {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    return !excluding.contains { name.contains($0) }
  }

  func applied(
    to parameter: Tensor, path: String, named name: String = "weight_decay", _ scope: UpdateScope
  ) -> Tensor {
    guard includes(path: path) else { return parameter }
    return parameter - parameter * (scope.hyperparameter(name, rate) * scope.learningRate)
  }
}
