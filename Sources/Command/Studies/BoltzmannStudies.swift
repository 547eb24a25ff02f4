extension Study {
  /// What Boltzmann machines are good for.
  static let boltzmann: [Study] = [
    boltzmannDigits, boltzmannFeatures, boltzmannFilling, boltzmannBalance, boltzmannRatings, beliefDigits, deepDigits,
  ]
}
