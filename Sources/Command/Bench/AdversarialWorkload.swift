import Cajal
import CajalModels

/// w14: the two steps of a DCGAN.
enum AdversarialWorkload {
  static let batch = 64
  static let generator = DCGANGenerator()

  /// A step of the discriminator on pictures and on fakes, apart, and a step of the generator through the updated one.
  ///
  /// Without `stoppingGradient` the second loss would be differentiated through the first update as well.
  static let step: @Sendable () throws -> BoundStep = {
    let drawing = try Model(generator, inputs: [TensorType([100], .float32)], seed: 1)
    let judging = try Model(DCGANDiscriminator(), inputs: [TensorType([28, 28, 1], .float32)], seed: 2)
    let drawer = Trainer(.adam(learningRate: 2e-4, beta1: 0.5), for: drawing)
    let judge = Trainer(.adam(learningRate: 2e-4, beta1: 0.5), for: judging)
    let step = CompiledStep { step in
      let (real, first, second) = (step.inputs[0], step.inputs[1], step.inputs[2])
      let judged = (-judging(real)).softplus().mean() + judging(drawing(first).stoppingGradient()).softplus().mean()
      step.minimize(judged, by: judge)
      let drawn = (-judging(drawing(second))).softplus().mean()
      step.minimize(drawn, by: drawer)
      return [judged, drawn]
    }
    var random = RandomSource(seed: 0)
    let inputs = [
      Samples.uniform([batch, 28, 28, 1]) * 2 - 1, random.normal([batch, 100]), random.normal([batch, 100]),
    ]
    for input in inputs { _ = input.storage }
    return BoundStep(step: step, inputs: inputs)
  }
}
