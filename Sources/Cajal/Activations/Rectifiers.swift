// Zero or small on the left, the identity on the right.
extension ActivationFunction {
  static let rectifying: [ActivationDefinition] = [
    ActivationDefinition("relu", "max(x, 0)", range: "[0, ∞)") { x, _ in x.relu() },
    // One clip: its gradient needs only the output, and the compiler folds it into the kernel before it.
    ActivationDefinition("relu6", "min(max(x, 0), 6)", range: "[0, 6]") { x, _ in x.clipped(0, 6) },
    ActivationDefinition(
      "leaky_relu", "x if x > 0, else αx", range: "(-∞, ∞)", options: ["negative_slope": 0.2]
    ) { x, options in
      (x .> 0).select(x, x * options["negative_slope"])
    },
    ActivationDefinition("elu", "x if x > 0, else α(exp(x) - 1)", range: "(-α, ∞)", options: ["alpha": 1]) {
      x, options in
      exponentialLinear(x, alpha: options["alpha"], width: 1)
    },
    ActivationDefinition(
      "selu", "s·x if x > 0, else s·α(exp(x) - 1), s = 1.0507, α = 1.6733", range: "(-1.7581, ∞)"
    ) { x, _ in
      exponentialLinear(x, alpha: 1.673_263_242_354_377_2, width: 1) * 1.050_700_987_355_480_5
    },
    ActivationDefinition(
      "celu", "max(x, 0) + min(α(exp(x/α) - 1), 0)", range: "(-α, ∞)", options: ["alpha": 1]
    ) { x, options in
      exponentialLinear(x, alpha: options["alpha"], width: options["alpha"])
    },
  ]

  /// x on the right, α (exp(x / width) - 1) on the left; the exponential never sees a positive number, so that the
  /// branch not taken cannot overflow and poison the gradient.
  private static func exponentialLinear(_ x: Tensor, alpha: Double, width: Double) -> Tensor {
    let isPositive = x .> 0
    let left = isPositive.select(x.filled(0), scaled(x, 1 / width))
    return isPositive.select(x, left.expm1() * alpha)
  }

  /// f(x) = max(x, 0); its derivative at 0 is 0. Source: Nair and Hinton, 2010.
  public static let relu = ActivationFunction("relu")
  /// f(x) = min(max(x, 0), 6); its derivative at 0 and 6 is 0. Source: Howard et al., arXiv:1704.04861.
  public static let relu6 = ActivationFunction("relu6")
  /// f(x) = x if x > 0, else 0.2 x (Keras 3's slope as a function; its `LeakyReLU` layer has 0.3).
  public static let leakyRelu = ActivationFunction("leaky_relu")
  /// f(x) = x if x > 0, else αx. Source: Maas, Hannun and Ng, 2013, with α = 0.01.
  public static func leakyRelu(negativeSlope: Double) -> Self { Self("leaky_relu", ["negative_slope": negativeSlope]) }
  /// f(x) = x if x > 0, else eˣ - 1. Source: Clevert et al., arXiv:1511.07289.
  public static let elu = ActivationFunction("elu")
  /// f(x) = x if x > 0, else α(eˣ - 1).
  public static func elu(alpha: Double) -> Self { Self("elu", ["alpha": alpha]) }
  /// Scaled ELU, which keeps mean 0 and variance 1 from layer to layer. Source: Klambauer et al., arXiv:1706.02515.
  public static let selu = ActivationFunction("selu")
  /// f(x) = max(x, 0) + min(eˣ - 1, 0)
  public static let celu = ActivationFunction("celu")
  /// f(x) = max(x, 0) + min(α(exp(x/α) - 1), 0). Source: Barron, arXiv:1704.07483.
  public static func celu(alpha: Double) -> Self { Self("celu", ["alpha": alpha]) }
}
