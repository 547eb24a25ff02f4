/// Adam's step size with the corrections for averages that start at 0: η √(1 - β₂ᵗ) / (1 - β₁ᵗ), a scalar.
struct AdamRate {
  let value: Tensor

  init(beta1: Double, beta2: Double, _ scope: UpdateScope) {
    let kept1 = scope.hyperparameter("beta_1", beta1).power(scope.iteration)
    let kept2 = scope.hyperparameter("beta_2", beta2).power(scope.iteration)
    value = scope.learningRate * (1 - kept2).sqrt() / (1 - kept1)
  }
}
