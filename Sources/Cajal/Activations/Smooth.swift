// Smooth relatives of the rectifier, and the exponential.
extension ActivationFunction {
  static let smooth: [ActivationDefinition] = [
    ActivationDefinition(
      "gelu", "x Φ(x), Φ the normal distribution function", range: "[-0.17, ∞)", options: ["approximate": 0]
    ) { x, options in
      if options["approximate"] != 0 {
        let cubic: Tensor = x + x.squared() * x * 0.044715
        return x * ((cubic * 0.797_884_560_802_865_4).tanh() + 1) * 0.5  // √(2/π)
      }
      return x * ((x * 0.707_106_781_186_547_5).erf() + 1) * 0.5  // 1/√2
    },
    ActivationDefinition("silu", "x / (1 + exp(-x))", range: "[-0.28, ∞)") { x, _ in x * x.sigmoid() },
    ActivationDefinition("hard_silu", "x · min(max(x/6 + 1/2, 0), 1)", range: "[-3/8, ∞)") { x, _ in x * hardSigmoid(x)
    },
    ActivationDefinition("mish", "x tanh(ln(1 + exp(x)))", range: "[-0.31, ∞)") { x, _ in x * x.softplus().tanh() },
    ActivationDefinition("softplus", "ln(1 + exp(x))", range: "(0, ∞)") { x, _ in x.softplus() },
    ActivationDefinition("log_sigmoid", "-ln(1 + exp(-x))", range: "(-∞, 0)") { x, _ in -(-x).softplus() },
    ActivationDefinition("squareplus", "(x + √(x² + b)) / 2", range: "(0, ∞)", options: ["b": 4]) { x, options in
      // For negative x the sum cancels; the same number as a quotient does not.
      let root = (x.squared() + options["b"]).sqrt()
      let size = x.absolute() + root
      return (x .> 0).select(size * 0.5, (options["b"] / 2) / size)
    },
    ActivationDefinition(
      "sparse_plus", "0 if x ≤ -1, (x + 1)²/4 if x < 1, else x", range: "[0, ∞)"
    ) { x, _ in
      (x .>= 1).select(x, ((x + 1).relu() * 0.5).squared())
    },
    ActivationDefinition("exponential", "exp(x)", range: "(0, ∞)") { x, _ in x.exp() },
  ]

  /// Gaussian error linear unit, exact: f(x) = x/2 (1 + erf(x/√2)). Source: Hendrycks and Gimpel, arXiv:1606.08415.
  public static let gelu = ActivationFunction("gelu")
  /// GELU; approximate: f(x) = x/2 (1 + tanh(√(2/π) (x + 0.044715 x³))).
  public static func gelu(approximate: Bool) -> Self { Self("gelu", ["approximate": approximate ? 1 : 0]) }
  /// Swish: f(x) = x σ(x). Source: Ramachandran et al., arXiv:1710.05941.
  public static let silu = ActivationFunction("silu")
  /// Hard swish: f(x) = x min(max(x/6 + 1/2, 0), 1). Source: Howard et al., arXiv:1905.02244.
  public static let hardSilu = ActivationFunction("hard_silu")
  /// f(x) = x tanh(softplus x). Source: Misra, arXiv:1908.08681.
  public static let mish = ActivationFunction("mish")
  /// f(x) = ln(1 + eˣ); f′ = σ(x).
  public static let softplus = ActivationFunction("softplus")
  /// f(x) = ln σ(x)
  public static let logSigmoid = ActivationFunction("log_sigmoid")
  /// f(x) = (x + √(x² + 4)) / 2
  public static let squareplus = ActivationFunction("squareplus")
  /// f(x) = 0 if x ≤ -1, (x + 1)²/4 if x < 1, else x.
  public static let sparsePlus = ActivationFunction("sparse_plus")
  /// f(x) = eˣ
  public static let exponential = ActivationFunction("exponential")
}
