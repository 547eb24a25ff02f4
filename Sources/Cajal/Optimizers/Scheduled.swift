/// An optimizer whose step size follows a schedule, step by step.
///
/// Example: `SGD(momentum: 0.9).following(CosineDecay(initialRate: 0.1, decaySteps: 10_000))`
public struct Scheduled<Base: Optimizer, Schedule: LearningRateSchedule>: Optimizer {
  /// The optimizer that is told the step size.
  public var base: Base
  /// What decides about the step size.
  public var schedule: Schedule

  /// An optimizer with a schedule; `following(_:)` reads better.
  public init(_ base: Base, _ schedule: Schedule) {
    assertUse(
      !(base is MultiOptimizer),
      "Scheduled: expected one rule, but there are several. Let MultiOptimizer's groups follow schedules of their own.")
    self.base = base
    self.schedule = schedule
  }

  /// The schedule's first value; setting it has no effect on a step.
  public var learningRate: Double {
    get { schedule.rate(atStep: 0) }
    set { base.learningRate = newValue }
  }
  public var clipping: GradientClipping? {
    get { base.clipping }
    set { base.clipping = newValue }
  }
  public var weightDecay: WeightDecay? {
    get { base.weightDecay }
    set { base.weightDecay = newValue }
  }
  public var ema: WeightAverage? {
    get { base.ema }
    set { base.ema = newValue }
  }
  public var gradientAccumulationSteps: Int? {
    get { base.gradientAccumulationSteps }
    set { base.gradientAccumulationSteps = newValue }
  }
  public var lossScaling: LossScaling? { base.lossScaling }
  public var hasSchedule: Bool { true }
  public static var className: String { Base.className }

  public func learningRate(atStep step: Int) -> Double { schedule.rate(atStep: step) }
  public func update(_ parameter: Tensor, gradient: Tensor, _ scope: UpdateScope) -> Tensor {
    base.update(parameter, gradient: gradient, scope)
  }
  public func step(_ parameter: Tensor, path: String, gradient: Tensor, _ scope: UpdateScope) -> Tensor {
    base.step(parameter, path: path, gradient: gradient, scope)
  }
}

extension Optimizer {
  /// This optimizer with a step size that follows a schedule.
  public func following<Schedule: LearningRateSchedule>(_ schedule: Schedule) -> Scheduled<Self, Schedule> {
    Scheduled(self, schedule)
  }
}
