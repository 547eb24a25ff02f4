/// The changes that `RandAugment` and `AugMix` draw from.
struct ImageChanges {
  let layers: [any RandomImageLayer]
  let autoContrast: AutoContrast

  /// With `takesColors` brightness, color degeneration, contrast and sharpness are among them.
  init(factor: RandomFactor, valueRange: [Double], interpolation: Interpolation, takesColors: Bool) {
    let (lower, upper) = factor.bounds(from: 0)
    let both = RandomFactor([lower, upper])
    var layers: [any RandomImageLayer] = [
      RandomShear(xFactor: both, yFactor: both, interpolation: interpolation),
      RandomTranslation(heightFactor: both, widthFactor: both, interpolation: interpolation),
      RandomRotation(both, interpolation: interpolation),
      Solarization(additionFactor: both, thresholdFactor: both, valueRange: valueRange),
      RandomPosterization(RandomFactor([Double(max(1, Int(8 * upper)))]), valueRange: valueRange),
      Equalization(valueRange: valueRange),
    ]
    if takesColors {
      layers += [
        RandomBrightness(both, valueRange: valueRange), RandomColorDegeneration(both, valueRange: valueRange),
        RandomContrast(both, valueRange: valueRange), RandomSharpness(both, valueRange: valueRange),
      ]
    }
    self.layers = layers
    autoContrast = AutoContrast(valueRange: valueRange)
  }

  /// One of the changes for the whole batch, drawn when the step runs; with `orNone` none is as likely as each.
  func one(_ images: Tensor, _ scope: Scope, orNone: Bool) throws -> Tensor {
    let results = try layers.map { try $0.changed(images, scope) } + [try autoContrast.forward(images)]
    let count = results.count + (orNone ? 1 : 0)
    let chosen = (scope.uniform([1]) * Double(count)).floor().clipped(0, Double(count - 1))
    var output = images
    for (index, result) in results.enumerated() { output = (chosen .== Double(index)).select(result, output) }
    return output
  }
}
