import Cajal
import CajalModels
import Testing

@Suite struct InputGradientTests {
  /// DeepDream: the picture is the parameter, and a layer's activations are made large.
  @Test func deepDream() throws {
    let model = try Model(LeNet5(), inputShape: [28, 28, 1], seed: 1)
    var random = RandomSource(seed: 2)
    let picture = Variable("picture", random.uniform([1, 28, 28, 1]))
    let dream = CompiledStep { step in
      _ = model(step[picture], training: false)
      let excitement = step.activation(at: "c3").squared().mean()
      let slope = gradient(of: excitement, with: [step[picture]])[0]
      step[picture] = (step[picture] + 0.05 * slope / (slope.absolute().mean() + 1e-8)).clipped(0, 1)
      return [excitement]
    }
    let weights = try model.weight("c1/kernel").floats
    let first = try dream.run()[0].item
    for _ in 0..<20 { try dream.run() }
    #expect(try dream.run()[0].item > 1.5 * first)
    #expect(try model.weight("c1/kernel").floats == weights)
    #expect(picture.tensor.min().item >= 0 && picture.tensor.max().item <= 1)
  }

  @Test func activationOfAnUnknownLayer() throws {
    let model = try Model(Sequential { Dense(2) }, inputShape: [3])
    let step = CompiledStep { step in
      _ = model(step.inputs[0])
      return [step.activation(at: "dense_7")]
    }
    let error = #expect(throws: CajalError.self) { try step.run([.zeros([1, 3])]) }
    #expect(
      error?.description == "Step: expected the path of a layer called before, but it is 'dense_7'. Layers are dense.")
  }
}
