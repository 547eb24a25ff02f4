import Testing

@testable import Cajal

@Suite struct OptimizerTests {
  static let optimizers: [String: any Optimizer] = [
    "sgd": .sgd(learningRate: 0.1), "sgd/momentum": .sgd(learningRate: 0.1, momentum: 0.9),
    "sgd/nesterov": .sgd(learningRate: 0.1, momentum: 0.9, nesterov: true),
    "sgd/decay": .sgd(learningRate: 0.1, weightDecay: 0.05),
    "sgd/decay-kernel": .sgd(learningRate: 0.1, weightDecay: WeightDecay(0.05, excluding: ["bias"])),
    "sgd/value": .sgd(learningRate: 0.1, clipping: .value(0.5)),
    "sgd/norm": .sgd(learningRate: 0.1, clipping: .norm(1)),
    "sgd/globalNorm": .sgd(learningRate: 0.1, clipping: .globalNorm(1)), "rmsprop": .rmsprop(learningRate: 0.05),
    "rmsprop/centered": .rmsprop(learningRate: 0.05, rho: 0.8, momentum: 0.5, centered: true),
    "adagrad": .adagrad(learningRate: 0.1), "adadelta": .adadelta(learningRate: 1), "adam": .adam(learningRate: 0.05),
    "adam/amsgrad": .adam(learningRate: 0.05, beta1: 0.8, beta2: 0.7, epsilon: 1e-3, amsgrad: true),
    "adamw": .adamw(learningRate: 0.05), "adamax": .adamax(learningRate: 0.05), "nadam": .nadam(learningRate: 0.05),
    "lion": .lion(learningRate: 0.01, weightDecay: 0.1),
  ]

  /// What a trainer keeps for an optimizer between steps, evaluated after each.
  final class Keeper {
    var slots: [String: Tensor] = [:]
    private var names: [ObjectIdentifier: String] = [:]

    func scope(_ parameter: String, rate: Double, iteration: Int) -> UpdateScope {
      UpdateScope(
        learningRate: Tensor(Float(rate)), iteration: Tensor(Float(iteration)),
        slotReader: { name, shape, initial in
          let key = "\(parameter)/\(name)"
          let slot = self.slots[key] ?? .full(shape, Double(initial))
          self.names[ObjectIdentifier(slot.node)] = key
          self.slots[key] = slot
          return slot
        },
        slotWriter: { slot, value in
          guard let key = self.names[ObjectIdentifier(slot.node)] else {
            Issue.record("a tensor was set that is no slot")
            return
          }
          self.slots[key] = Tensor(value.floats, shape: value.shape)
        },
        hyperparameterReader: { _, value in Tensor(value) })
    }
  }

  @Test(arguments: try GoldenRow.rows("optimizers.json").dropFirst())
  func stepsFollowKeras(_ row: GoldenRow) throws {
    let optimizer = try #require(Self.optimizers[row.name])
    let given = try #require(try GoldenRow.rows("optimizers.json").first)
    let keeper = Keeper()
    func parts(_ values: [Double]) -> [Tensor] {
      let floats = values.map { Float($0) }
      return [Tensor(Array(floats[..<4])), Tensor(Array(floats[4...]), shape: [2, 2])]
    }
    var parameters = parts(try given.numbers("first"))
    for (index, (values, expected)) in zip(try given.table("gradients"), try row.table("steps")).enumerated() {
      let gradients = try optimizer.clipping?.applied(to: parts(values)) ?? parts(values)
      parameters = zip(zip(["dense/bias", "dense/kernel"], parameters), gradients).map { named, gradient in
        let scope = keeper.scope(named.0, rate: optimizer.learningRate(atStep: index), iteration: index + 1)
        let next = optimizer.step(named.1, path: named.0, gradient: gradient, scope)
        return Tensor(next.floats, shape: next.shape)
      }
      expectClose(
        parameters.flatMap(\.floats).map(Double.init), expected, tolerance: 3e-6, "\(row.name), step \(index + 1)")
    }
  }

  @Test func everyOptimizerHasGoldenRows() throws {
    #expect(Set(try GoldenRow.rows("optimizers.json").dropFirst().map(\.name)) == Set(Self.optimizers.keys))
  }

  @Test
  func oneStepByHand() {
    // L = ½ (6 - w x)², x = 2, w = 5: gradient 8, and with rate 0.1 the new w is 4.2.
    let w = Tensor([5])
    let slope = gradient(of: (0.5 * (6 - w * 2).squared()).sum(), with: [w])[0]
    let next = SGD(learningRate: 0.1).step(w, path: "w", gradient: slope, Keeper().scope("w", rate: 0.1, iteration: 1))
    expectClose(next.floats.map(Double.init), [4.2], tolerance: 1e-6)
  }

  @Test
  func clippingShowsInfinityAndKeepsSmallGradients() throws {
    let small = [Tensor([0.3, 0.4]), Tensor([0])]
    for clipping in [GradientClipping.value(1), .norm(1), .globalNorm(1)] {
      #expect(try clipping.applied(to: small).flatMap(\.floats) == [0.3, 0.4, 0])
    }
    let broken = try GradientClipping.globalNorm(1).applied(to: [Tensor([.infinity, 1]), Tensor([2])])
    #expect(broken.flatMap(\.floats).allSatisfy { $0.isNaN })
    #expect(try GradientClipping.globalNorm(1).applied(to: []).isEmpty)
  }

  @Test func limitsMustBePositive() {
    #expect(
      message { _ = try GradientClipping.norm(0).applied(to: [Tensor([1])]) }
        == "GradientClipping: expected a positive limit, but it is 0.0.")
  }

  @Test func weightDecayGoesByTheLastName() {
    let decay = WeightDecay(0.1, excluding: ["bias", "gamma"])
    #expect(decay.includes(path: "bias_block/dense/kernel"))
    #expect(!decay.includes(path: "block/dense/bias"))
    #expect(AdamW().weightDecay == 0.004)
    #expect(Adam().weightDecay == nil)
  }

  @Test func updatesAreElementwise() {
    // The compiler makes one pass over all parameters only of what acts on each element alone.
    for (name, optimizer) in Self.optimizers where optimizer.clipping == nil {
      let keeper = Keeper()
      var writes: [Tensor] = []
      let plain = keeper.scope("p", rate: 0.1, iteration: 1)
      let scope = UpdateScope(
        learningRate: plain.learningRate, iteration: plain.iteration, slotReader: plain.slotReader,
        slotWriter: { writes.append($1) }, hyperparameterReader: plain.hyperparameterReader)
      let next = optimizer.step(.zeros([2, 3]), path: "p", gradient: .ones([2, 3]), scope)
      for node in Node.topologicalOrder([next] + writes) {
        let isFine = ["elementwise", "fill", "constant", "broadcast", "reshape"].contains(type(of: node.operation).name)
        #expect(isFine, "\(name) has \(node.operation.label)")
      }
      #expect(next.shape == [2, 3])
    }
  }

  @Test func schedulesDecideWhereTheyAreFollowed() throws {
    let optimizer = SGD(momentum: 0.9).following(ExponentialDecay(initialRate: 0.1, decaySteps: 10, decayRate: 0.5))
    #expect(optimizer.hasSchedule)
    #expect(optimizer.learningRate(atStep: 20) == 0.025)
    #expect(Scheduled<SGD, ExponentialDecay>.className == "SGD")
    #expect(!SGD().hasSchedule)
    #expect(SGD(learningRate: 0.3).learningRate(atStep: 1_000) == 0.3)
  }
}
