// Units that fire or do not: the classical neurons' functions. Their derivative is 0 wherever it exists.
extension ActivationFunction {
  static let thresholds: [ActivationDefinition] = [
    ActivationDefinition("step", "1 if x ≥ θ, else 0", range: "{0, 1}", options: ["threshold": 0]) { x, options in
      (x .>= options["threshold"]).cast(to: x.dtype)
    },
    ActivationDefinition("bipolar_step", "1 if x ≥ θ, else -1", range: "{-1, 1}", options: ["threshold": 0]) {
      x, options in
      (x .>= options["threshold"]).select(x.filled(1), x.filled(-1))
    },
    ActivationDefinition(
      "threshold", "x if x > θ, else v", range: "{v} ∪ (θ, ∞)", options: ["threshold": 0, "default_value": 0]
    ) { x, options in
      (x .> options["threshold"]).select(x, x.filled(options["default_value"]))
    },
  ]

  /// Binary step: f(x) = 1 if x ≥ 0, else 0. Source: McCulloch and Pitts, 1943.
  public static let step = ActivationFunction("step")
  /// Binary step at a threshold θ: f(x) = 1 if x ≥ θ, else 0.
  public static func step(threshold: Double) -> Self { Self("step", ["threshold": threshold]) }
  /// Bipolar step: f(x) = 1 if x ≥ 0, else -1.
  public static let bipolarStep = ActivationFunction("bipolar_step")
  /// Bipolar step at a threshold θ: f(x) = 1 if x ≥ θ, else -1.
  public static func bipolarStep(threshold: Double) -> Self { Self("bipolar_step", ["threshold": threshold]) }
  /// f(x) = x if x > θ, else v.
  public static func threshold(_ threshold: Double, defaultValue: Double) -> Self {
    Self("threshold", ["threshold": threshold, "default_value": defaultValue])
  }
}
