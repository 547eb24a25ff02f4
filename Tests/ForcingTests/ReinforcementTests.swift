import Cajal
import Testing

@Suite struct ReinforcementTests {
  /// Deep deterministic policy gradient: four networks, two of them slow averages of the others.
  ///
  /// The task: a point at s moves by the action; the reward is -|s + action|, so that the best action is -s.
  @Test func ddpg() throws {
    @Sendable func actor() throws -> Model {
      try Model(
        Sequential {
          Dense(16, activation: .tanh)
          Dense(1, activation: .tanh)
        }, inputShape: [1], seed: 1)
    }
    @Sendable func critic() throws -> Model {
      try Model(
        Sequential {
          Dense(32, activation: .relu)
          Dense(32, activation: .relu)
          Dense(1)
        }, inputShape: [2], seed: 2)
    }
    let (policy, value) = (try actor(), try critic())
    let (slowPolicy, slowValue) = (try actor(), try critic())
    let policyTrainer = Trainer(.adam(learningRate: 0.005), for: policy)
    let valueTrainer = Trainer(.adam(learningRate: 0.01), for: value)

    let learn = CompiledStep { step in
      let (state, action, reward, next) = (step.inputs[0], step.inputs[1], step.inputs[2], step.inputs[3])
      func q(_ network: Model, _ s: Tensor, _ a: Tensor) -> Tensor { network(Tensor.concatenate([s, a], axis: 1)) }
      let goal = (reward + 0.5 * q(slowValue, next, slowPolicy(next))).stoppingGradient()
      let error = (q(value, state, action) - goal).squared().mean()
      step.minimize(error, by: valueTrainer)
      step.minimize(-q(value, state, policy(state)).mean(), by: policyTrainer)
      for (slow, fast) in [(slowPolicy, policy), (slowValue, value)] {
        for (old, new) in zip(slow.variables, fast.variables) { step[old] = 0.95 * step[old] + 0.05 * step[new] }
      }
      return [error]
    }

    var random = RandomSource(seed: 3)
    for _ in 0..<250 {
      let state = random.uniform([64, 1], lower: -1, upper: 1)
      let action = random.uniform([64, 1], lower: -1, upper: 1)
      let next = (state + action).clipped(-1, 1)
      let before = try slowPolicy.weight("dense/kernel")
      try learn.run([state, action, -(state + action).absolute(), next])
      let expected = 0.95 * before + 0.05 * (try policy.weight("dense/kernel"))
      #expect((try slowPolicy.weight("dense/kernel") - expected).absolute().max().item < 1e-6)
    }
    let states = Tensor([[-0.6], [-0.2], [0.3], [0.7]])
    let actions = try policy.predict(states)
    #expect((actions + states).absolute().max().item < 0.25, "actions are \(actions.floats)")
    #expect(learn.compilations == 1)
  }
}
