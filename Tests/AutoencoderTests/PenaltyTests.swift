import Cajal
import Foundation
import Testing

/// Penalties of codes against their formulas, finite differences and closed forms.
@Suite struct PenaltyTests {
  /// Two layers, tanh and sigmoid.
  private func encoder(_ x: Tensor, _ w: [Tensor]) -> Tensor { x.matmul(w[0]).tanh().matmul(w[1]).sigmoid() }

  private let weights = [Numbers.normal([5, 4], seed: 4), Numbers.normal([4, 3], seed: 5)]

  @Test func jacobianFollowsFiniteDifferences() {
    let x = Numbers.normal([3, 5])
    var expected = [Double](repeating: 0, count: 3)
    let step = 1e-2
    for feature in 0..<5 {
      let shift = Tensor.range(5).reshaped([1, 5]) .== Tensor(Float(feature))
      let moved = shift.cast(to: .float32) * step
      let slopes = ((encoder(x + moved, weights) - encoder(x - moved, weights)) / (2 * step)).squared().sum(axes: [1])
      for (row, value) in slopes.floats.enumerated() { expected[row] += Double(value) }
    }
    let exact = jacobianSquaredNorm(of: encoder(x.stoppingGradient(), weights), with: x).floats
    #expect(exact.allSatisfy { $0 == 0 }, "x does not reach a result whose gradient was stopped")
    let norms = jacobianSquaredNorm(of: encoder(x, weights), with: x).floats
    for (norm, value) in zip(norms, expected) { #expect(abs(Double(norm) - value) < 2e-3 * max(1, value)) }
    #expect(expected.min() ?? 0 > 1e-3)
  }

  @Test func jacobianOfOneLayerIsTheClosedForm() {
    let x = Numbers.normal([6, 5])
    let code = x.matmul(weights[0]).sigmoid()
    let closed = ContractiveDense.jacobianSquaredNorm(slope: code * (1 - code), kernel: weights[0])
    #expect(largestDifference(jacobianSquaredNorm(of: code, with: x), closed) < 1e-5)
  }

  @Test func bothLayersAddTheSamePenalty() throws {
    func loss(_ layer: any Layer<Tensor, Tensor>, _ kernel: String) throws -> Double {
      let model = try Model(Sequential([layer]), inputShape: [5])
      try model.setWeight(kernel, weights[0])
      model.compile(optimizer: .sgd(learningRate: 0), loss: .meanSquaredError)
      return try #require(try model.trainOnBatch(Numbers.normal([6, 5]), Numbers.normal([6, 4], seed: 9))["loss"])
    }
    for activation in [ActivationFunction.sigmoid, .tanh, .softplus] {
      let closed = try loss(ContractiveDense(4, activation: activation, weight: 3, name: "code"), "code/kernel")
      let exact = try loss(
        Contractive(Dense(4, activation: activation, name: "code"), weight: 3, name: "c"), "c/code/kernel")
      let free = try loss(Dense(4, activation: activation, name: "code"), "code/kernel")
      #expect(abs(closed - exact) < 1e-4)
      #expect(exact > free + 0.1)
    }
  }

  @Test func gradientOfThePenaltyFollowsFiniteDifferences() {
    let x = Numbers.normal([4, 5])
    for index in 0..<2 {
      func penalty(_ w: Tensor) -> Tensor {
        var all = weights
        all[index] = w
        return jacobianSquaredNorm(of: encoder(x, all), with: x).sum()
      }
      let direction = Numbers.normal(weights[index].shape, seed: 11)
      let slope = (gradient(of: penalty(weights[index]), with: [weights[index]])[0] * direction).sum().item
      let step = 1e-2
      let moved =
        (penalty(weights[index] + direction * step).item - penalty(weights[index] - direction * step).item)
        / (2 * step)
      #expect(abs(slope - moved) < 2e-2 * max(1, abs(moved)), "weight \(index): \(slope) and \(moved)")
      #expect(abs(moved) > 1e-2)
    }
  }

  @Test func jacobianOfConvolutions() throws {
    let layer = Contractive(
      Sequential {
        Conv2D(3, kernelSize: 3, strides: 2, padding: .same, activation: .tanh)
        Flatten()
        Dense(2)
      }, weight: 1)
    let model = try Model(layer, inputShape: [4, 4, 1], seed: 2)
    let step = CompiledStep { step in
      let x = step.inputs[0]
      return [jacobianSquaredNorm(of: model(x, training: false), with: x)]
    }
    let x = Numbers.normal([2, 4, 4, 1])
    let norms = try step.run([x])[0].floats
    var expected = [0.0, 0.0]
    for place in 0..<16 {
      let moved = (Tensor.range(16).reshaped([1, 4, 4, 1]) .== Tensor(Float(place))).cast(to: .float32) * 0.01
      let slopes = ((try model.predict(x + moved) - model.predict(x - moved)) / 0.02).squared().sum(axes: [1]).floats
      for row in 0..<2 { expected[row] += Double(slopes[row]) }
    }
    for row in 0..<2 { #expect(abs(Double(norms[row]) - expected[row]) < 5e-3 * max(1, expected[row])) }
  }

  @Test func sparsityTargetIsADivergence() {
    let layer = SparsityTarget(0.1)
    #expect(abs(layer.penalty(Tensor.full([7, 3], 0.1)).item) < 1e-6)
    let means = [0.3, 0.05]
    let activations = Tensor([[0.2, 0.04], [0.4, 0.06]])
    let expected = means.reduce(0) { $0 + 0.1 * log(0.1 / $1) + 0.9 * log(0.9 / (1 - $1)) }
    #expect(abs(layer.penalty(activations).item - expected) < 1e-6)
    #expect(layer.penalty(Tensor.full([7, 3], 0)).item.isFinite)
  }

  @Test func aTargetRateIsReached() throws {
    let x = Numbers.uniform([256, 12])
    func rate(_ weight: Double) throws -> Double {
      let network = try Autoencoder.sparse([12], code: 24, sparsity: .target(rate: 0.1, weight: weight), seed: 1)
      network.compile(optimizer: .adam(learningRate: 0.02))
      try network.fit(x, epochs: 40, batchSize: 64, verbose: .silent)
      return try network.encode(x).mean().item
    }
    #expect(abs(try rate(1) - 0.1) < 0.03)
    #expect(try rate(0) > 0.2)
  }
}
