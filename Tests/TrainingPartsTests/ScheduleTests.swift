import Cajal
import Testing

@Suite struct ScheduleTests {
  static func schedules() throws -> [String: any LearningRateSchedule] {
    [
      "exponential": ExponentialDecay(initialRate: 0.1, decaySteps: 10, decayRate: 0.5),
      "exponential/stairs": ExponentialDecay(initialRate: 0.1, decaySteps: 10, decayRate: 0.5, staircase: true),
      "inverseTime": InverseTimeDecay(initialRate: 0.1, decaySteps: 10, decayRate: 0.5),
      "inverseTime/stairs": InverseTimeDecay(initialRate: 0.1, decaySteps: 10, decayRate: 0.5, staircase: true),
      "piecewise": try PiecewiseConstantDecay(boundaries: [10, 30], rates: [0.1, 0.01, 0.001]),
      "polynomial": PolynomialDecay(initialRate: 0.1, decaySteps: 40, endRate: 0.01, power: 2),
      "polynomial/cycles": PolynomialDecay(initialRate: 0.1, decaySteps: 20, endRate: 0.01, cycles: true),
      "cosine": CosineDecay(initialRate: 0.1, decaySteps: 40, alpha: 0.1),
      "cosine/warmup": CosineDecay(initialRate: 0, decaySteps: 30, alpha: 0.05, warmup: .init(rate: 0.2, steps: 10)),
      "restarts": CosineDecayRestarts(initialRate: 0.1, firstDecaySteps: 10, heightFactor: 0.8, alpha: 0.1),
      "restarts/equal": CosineDecayRestarts(initialRate: 0.1, firstDecaySteps: 20, lengthFactor: 1, heightFactor: 0.5),
    ]
  }

  @Test func ratesFollowKeras() throws {
    let rows = try GoldenRow.rows("schedules.json")
    let schedules = try Self.schedules()
    let steps = try #require(try rows.first?.numbers("rates")).map { Int($0) }
    #expect(Set(rows.dropFirst().map(\.name)) == Set(schedules.keys))
    for row in rows.dropFirst() {
      let schedule = try #require(schedules[row.name])
      expectClose(steps.map { schedule.rate(atStep: $0) }, try row.numbers("rates"), tolerance: 1e-6, row.name)
    }
  }

  @Test func piecesMustFit() {
    #expect(
      message { _ = try PiecewiseConstantDecay(boundaries: [10], rates: [0.1]) }
        == "PiecewiseConstantDecay: expected 2 rates for 1 boundaries, but there are 1.")
    #expect(
      message { _ = try PiecewiseConstantDecay(boundaries: [10, 10], rates: [3, 2, 1]) }
        == "PiecewiseConstantDecay: expected rising boundaries, but they are [10, 10].")
  }

  @Test func oddNumbersNeverTrap() {
    for step in [-5, 0, 1, .max] {
      #expect(CosineDecayRestarts(initialRate: 1, firstDecaySteps: 0, lengthFactor: 0.5).rate(atStep: step).isFinite)
      #expect(CosineDecayRestarts(initialRate: 1, firstDecaySteps: 3, lengthFactor: 1.0001).rate(atStep: step).isFinite)
      #expect(ExponentialDecay(initialRate: 1, decaySteps: 0, decayRate: 0.5).rate(atStep: step).isFinite)
      #expect(CosineDecay(initialRate: 1, decaySteps: -1).rate(atStep: step).isFinite)
    }
  }
}
