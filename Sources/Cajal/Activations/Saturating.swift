// Functions with a floor and a ceiling.
extension ActivationFunction {
  static let saturating: [ActivationDefinition] = [
    ActivationDefinition("sigmoid", "1 / (1 + exp(-λx))", range: "(0, 1)", options: ["steepness": 1]) { x, options in
      scaled(x, options["steepness"]).sigmoid()
    },
    // As a hyperbolic tangent it has no overflow and no cancellation near 0.
    ActivationDefinition(
      "bipolar_sigmoid", "2 / (1 + exp(-λx)) - 1", range: "(-1, 1)", options: ["steepness": 1]
    ) { x, options in
      scaled(x, options["steepness"] / 2).tanh()
    },
    ActivationDefinition("tanh", "(exp(x) - exp(-x)) / (exp(x) + exp(-x))", range: "(-1, 1)") { x, _ in x.tanh() },
    ActivationDefinition(
      "scaled_tanh", "a tanh(bx)", range: "(-a, a)", options: ["amplitude": 1.7159, "slope": 2.0 / 3]
    ) { x, options in
      scaled(x, options["slope"]).tanh() * options["amplitude"]
    },
    ActivationDefinition("ramp", "min(max(x, 0), 1)", range: "[0, 1]") { x, _ in x.clipped(0, 1) },
    ActivationDefinition("hard_sigmoid", "min(max(x/6 + 1/2, 0), 1)", range: "[0, 1]") { x, _ in hardSigmoid(x) },
    ActivationDefinition("hard_tanh", "min(max(x, -1), 1)", range: "[-1, 1]") { x, _ in x.clipped(-1, 1) },
    ActivationDefinition("sparse_sigmoid", "min(max((x + 1)/2, 0), 1)", range: "[0, 1]") { x, _ in
      (x * 0.5 + 0.5).clipped(0, 1)
    },
    ActivationDefinition("softsign", "x / (1 + |x|)", range: "(-1, 1)") { x, _ in x / (x.absolute() + 1) },
  ]

  static func scaled(_ x: Tensor, _ factor: Double) -> Tensor { factor == 1 ? x : x * factor }
  static func hardSigmoid(_ x: Tensor) -> Tensor { (x * (1.0 / 6) + 0.5).clipped(0, 1) }

  /// Binary (logistic) sigmoid: f(x) = 1 / (1 + e⁻ˣ); f′ = f (1 - f).
  public static let sigmoid = ActivationFunction("sigmoid")
  /// Binary sigmoid of steepness λ: f(x) = 1 / (1 + exp(-λx)); f′ = λ f (1 - f).
  public static func sigmoid(steepness: Double) -> Self { Self("sigmoid", ["steepness": steepness]) }
  /// Bipolar sigmoid: f(x) = 2 / (1 + e⁻ˣ) - 1; f′ = (1 + f)(1 - f) / 2.
  public static let bipolarSigmoid = ActivationFunction("bipolar_sigmoid")
  /// Bipolar sigmoid of steepness λ: f(x) = 2 / (1 + exp(-λx)) - 1; f′ = λ/2 (1 + f)(1 - f).
  public static func bipolarSigmoid(steepness: Double) -> Self { Self("bipolar_sigmoid", ["steepness": steepness]) }
  /// Hyperbolic tangent; f′ = 1 - f².
  public static let tanh = ActivationFunction("tanh")
  /// f(x) = 1.7159 tanh(2x/3), which maps ±1 to ±1. Source: LeCun et al., 1998, appendix A.
  public static let scaledTanh = ActivationFunction("scaled_tanh")
  /// f(x) = 0 below 0, x between, 1 above 1.
  public static let ramp = ActivationFunction("ramp")
  /// f(x) = min(max(x/6 + 1/2, 0), 1), Keras 3's definition (earlier ones had slope 0.2).
  public static let hardSigmoid = ActivationFunction("hard_sigmoid")
  /// f(x) = min(max(x, -1), 1)
  public static let hardTanh = ActivationFunction("hard_tanh")
  /// f(x) = min(max((x + 1)/2, 0), 1)
  public static let sparseSigmoid = ActivationFunction("sparse_sigmoid")
  /// f(x) = x / (1 + |x|); f′ = 1 / (1 + |x|)².
  public static let softsign = ActivationFunction("softsign")
}
