// Digits drawn from noise: a generator and a discriminator that learn from each other, first by `GAN`, then by a loop of one's own.
import Cajal
import CajalData
import CajalModels
import Foundation

let isQuick = ProcessInfo.processInfo.environment["CAJAL_EXAMPLE_QUICK"] != nil
// Pixels of 0...1 become -1...1, which is what tanh at the generator's end gives.
let images = try DataSets.digits.load().train.rescaled(2, offset: -1).tensors().inputs[0]

// A conditional GAN and others differ in the networks and the loss alone; this is a WGAN-GP.
let gan = try GAN(
  generator: Model(DCGANGenerator(imageShape: [8, 8, 1], filters: 16), inputs: [TensorType([16], .float32)], seed: 1),
  discriminator: Model(
    DCGANDiscriminator(filters: 16, normalization: .layer), inputs: [TensorType([8, 8, 1], .float32)], seed: 2),
  loss: .wasserstein(), generatorOptimizer: .adam(learningRate: 5e-4, beta1: 0, beta2: 0.9),
  discriminatorOptimizer: .adam(learningRate: 5e-4, beta1: 0, beta2: 0.9), discriminatorSteps: 3)
try gan.fit(images, epochs: isQuick ? 3 : 100, batchSize: 32, callbacks: [CollapseDetection(stops: !isQuick)])
show(try gan.generate(6))

// The same by hand, with cross-entropy: two steps, each compiled once, and a loop.
let generator = try Model(
  DCGANGenerator(imageShape: [8, 8, 1], filters: 16), inputs: [TensorType([16], .float32)], seed: 3)
let discriminator = try Model(
  DCGANDiscriminator(filters: 16), inputs: [TensorType([8, 8, 1], .float32)], seed: 4)
let (drawing, judging) = (
  Trainer(.adam(learningRate: 5e-4, beta1: 0.5), for: generator),
  Trainer(.adam(learningRate: 5e-4, beta1: 0.5), for: discriminator)
)
let loss = AdversarialLoss.nonSaturating(labelSmoothing: 0.1)
let judge = CompiledStep(seed: 1) { step in
  let fake = generator(step.normal([32, 16]))
  let total = loss.discriminator(real: discriminator(step.inputs[0]), fake: discriminator(fake))
  step.minimize(total, by: judging)
  return [total]
}
let draw = CompiledStep(seed: 2) { step in
  let total = loss.generator(fake: discriminator(generator(step.normal([32, 16]))))
  step.minimize(total, by: drawing)
  return [total]
}
for epoch in 0..<(isQuick ? 2 : 60) {
  var (judged, drawn) = (0.0, 0.0)
  for start in stride(from: 0, to: images.shape[0] - 31, by: 32) {
    judged = try judge.run([images.slice(axis: 0, start..<(start + 32))])[0].item
    drawn = try draw.run()[0].item
  }
  print("epoch \(epoch + 1): discriminator \(judged), generator \(drawn)")
}
var random = RandomSource(seed: 5)
show(try generator.predict(random.normal([6, 16])))

/// Pictures of -1...1 side by side, as letters.
func show(_ pictures: Tensor) {
  let (values, count) = (pictures.floats, pictures.shape[0])
  let ink = Array(" .:-=+*#")
  for row in 0..<8 {
    let lines = (0..<count).map { picture in
      (0..<8).map { column in
        let value = (values[picture * 64 + row * 8 + column] + 1) / 2
        return String(repeating: ink[min(7, Int(value * 8))], count: 2)
      }.joined()
    }
    print(lines.joined(separator: "  "))
  }
}
