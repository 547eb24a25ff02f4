// Functions that pull small values to zero.
extension ActivationFunction {
  static let shrinking: [ActivationDefinition] = [
    ActivationDefinition(
      "soft_shrink", "x - θ if x > θ, x + θ if x < -θ, else 0", range: "(-∞, ∞)", options: ["threshold": 0.5]
    ) { x, options in
      let limit = abs(options["threshold"])
      return x - x.clipped(-limit, limit)
    },
    ActivationDefinition("hard_shrink", "x if |x| > θ, else 0", range: "(-∞, ∞)", options: ["threshold": 0.5]) {
      x, options in
      (x.absolute() .> options["threshold"]).select(x, x.filled(0))
    },
    ActivationDefinition("tanh_shrink", "x - tanh x", range: "(-∞, ∞)") { x, _ in x - x.tanh() },
  ]

  /// f(x) = x moved by 1/2 toward 0, 0 between.
  public static let softShrink = ActivationFunction("soft_shrink")
  /// f(x) = x moved by θ toward 0, 0 between.
  public static func softShrink(threshold: Double) -> Self { Self("soft_shrink", ["threshold": threshold]) }
  /// f(x) = x if |x| > 1/2, else 0.
  public static let hardShrink = ActivationFunction("hard_shrink")
  /// f(x) = x if |x| > θ, else 0.
  public static func hardShrink(threshold: Double) -> Self { Self("hard_shrink", ["threshold": threshold]) }
  /// f(x) = x - tanh x
  public static let tanhShrink = ActivationFunction("tanh_shrink")
}
