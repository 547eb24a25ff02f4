import Cajal
import Testing

/// The worked examples about learning: exact numbers, to the printed digits.
@Suite struct LearningExamples {
  /// The 2-2-1 sigmoid network, as a person does it by hand: forward, deltas, new weights, forward again.
  @Test func networkByHand() {
    let x = Tensor([0.35, 0.7] as [Double], shape: [1, 2])
    let hidden = Tensor([0.2, 0.3, 0.2, 0.3] as [Double], shape: [2, 2])
    let output = Tensor([0.3, 0.9] as [Double], shape: [2, 1])
    func forward(_ hidden: Tensor, _ output: Tensor) -> (h: Tensor, y: Tensor) {
      let h = x.matmul(hidden).sigmoid()
      return (h, h.matmul(output).sigmoid())
    }
    let (h, y) = forward(hidden, output)
    #expect(h.scalars(as: Double.self).map { $0.rounded(to: 6) } == [0.552308, 0.578105])
    #expect(y.item.rounded(to: 6) == 0.665074)

    let netHidden = x.matmul(hidden)
    let netOutput = netHidden.sigmoid().matmul(output)
    let loss = 0.5 * (0.5 - netOutput.sigmoid()).squared().sum()
    let deltas = gradient(of: loss, with: [netOutput, netHidden])
    #expect((-deltas[0]).item.rounded(to: 7) == -0.0367703)
    #expect((-deltas[1]).scalars(as: Double.self).map { $0.rounded(to: 8) } == [-0.00272759, -0.00807143])

    let slopes = gradient(of: loss, with: [hidden, output])
    let (newHidden, newOutput) = (hidden - slopes[0], output - slopes[1])
    #expect(newOutput.scalars(as: Double.self).map { $0.rounded(to: 6) } == [0.279691, 0.878743])
    #expect(newHidden.scalars(as: Double.self).map { $0.rounded(to: 6) } == [0.199045, 0.297175, 0.198091, 0.294350])
    let second = forward(newHidden, newOutput).y
    #expect(second.item.rounded(to: 6) == 0.659554)
    #expect((0.5 - second.item).rounded(to: 6) == -0.159554)
  }

  /// The same network as a model: one step of `fit` gives the same weights.
  @Test func networkAsAModel() throws {
    let model = try Model(
      Sequential {
        Dense(
          2, activation: .sigmoid, useBias: false, kernelInitializer: .values([0.2, 0.3, 0.2, 0.3]), name: "hidden")
        Dense(1, activation: .sigmoid, useBias: false, kernelInitializer: .values([0.3, 0.9]), name: "output")
      }, inputShape: [2])
    model.compile(optimizer: .sgd(learningRate: 1), loss: .quadraticError)
    #expect(try model.predict(Tensor([[0.35, 0.7]])).item.rounded(to: 6) == 0.665074)
    try model.fit(Tensor([[0.35, 0.7]]), Tensor([[0.5]]), epochs: 1, batchSize: 1, verbose: .silent)
    // float32 carries seven digits: the sixth place after the point may be off by one half.
    let output = Tensor([[0.279691], [0.878743]])
    let hidden = Tensor([[0.199045, 0.297175], [0.198091, 0.294350]])
    #expect((try model.weight("output/kernel") - output).absolute().max().item < 1e-6)
    #expect((try model.weight("hidden/kernel") - hidden).absolute().max().item < 1e-6)
    #expect(try model.predict(Tensor([[0.35, 0.7]])).item.rounded(to: 6) == 0.659554)
  }

  @Test func oneGradientStep() {
    let w = Tensor(5)
    let loss = 0.5 * (6 - w * 2).squared()
    let slope = gradient(of: loss, with: [w])[0]
    #expect(slope.item == 8)
    #expect((w - 0.1 * slope).item.rounded(to: 6) == 4.2)
  }

  /// Gradient descent on z = 2x as its own parameter: from 0 each step moves by -2η.
  @Test func descentOnALine() {
    var x = Tensor(0)
    for _ in 0..<5 { x = x - 0.1 * gradient(of: 2 * x, with: [x])[0] }
    #expect(x.item.rounded(to: 6) == -1)
  }

  @Test func dropoutOfAThirdScalesByOneAndAHalf() throws {
    let model = try Model(Dropout(1 / 3), inputShape: [1000], seed: 1)
    let step = CompiledStep { step in [model(step.inputs[0])] }
    let values = try step.run([.ones([4, 1000])])[0].floats
    #expect(Set(values.map { Double($0).rounded(to: 5) }) == [0, 1.5])
    let kept = Double(values.filter { $0 > 0 }.count) / 4000
    #expect(abs(kept - 2 / 3) < 0.03)
    #expect(try model.predict(.ones([1, 1000])).floats.allSatisfy { $0 == 1 })
  }

  @Test func costOfARegression() {
    // J = 1/(2m) Σ (h - y)².
    let (h, y) = (Tensor([1, 2, 4]), Tensor([1, 3, 2]))
    #expect(((h - y).squared().sum() / (2 * 3)).item.rounded(to: 6) == 0.833333)
  }
}
