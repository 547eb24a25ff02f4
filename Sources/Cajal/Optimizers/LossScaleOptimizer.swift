/// An optimizer that passes over steps whose gradients are not finite, and scales the loss while gradients are computed.
///
/// The loss is multiplied by a scale and the gradients are divided by it. Where one of them is infinite or NaN nothing
/// changes but the scale, which is halved; after `dynamicGrowthSteps` good steps in a row it is doubled. In `float32`
/// gradients hardly ever underflow, so that what remains is the passing over. A loss that is not finite is an error all
/// the same.
/// Example: `LossScaleOptimizer(Adam(learningRate: 0.001))`. Source: Micikevicius et al., arXiv:1710.03740; as in Keras.
public struct LossScaleOptimizer<Inner: Optimizer>: Optimizer {
  /// The rule for steps whose gradients are finite.
  public var innerOptimizer: Inner
  /// The scale at the start.
  public var initialScale: Double
  /// Good steps after which the scale is doubled.
  public var dynamicGrowthSteps: Int

  /// An optimizer around another; each option is the property of that name.
  public init(_ innerOptimizer: Inner, initialScale: Double = 32_768, dynamicGrowthSteps: Int = 2_000) {
    assertUse(
      !(innerOptimizer is MultiOptimizer),
      "LossScaleOptimizer: expected one rule, but there are several. Scale the losses of MultiOptimizer's groups.")
    self.innerOptimizer = innerOptimizer
    self.initialScale = initialScale
    self.dynamicGrowthSteps = dynamicGrowthSteps
  }

  public static var className: String { Inner.className }
  public var lossScaling: LossScaling? {
    LossScaling(initialScale: initialScale, dynamicGrowthSteps: dynamicGrowthSteps)
  }
  public var learningRate: Double {
    get { innerOptimizer.learningRate }
    set { innerOptimizer.learningRate = newValue }
  }
  public var clipping: GradientClipping? {
    get { innerOptimizer.clipping }
    set { innerOptimizer.clipping = newValue }
  }
  public var weightDecay: WeightDecay? {
    get { innerOptimizer.weightDecay }
    set { innerOptimizer.weightDecay = newValue }
  }
  public var ema: WeightAverage? {
    get { innerOptimizer.ema }
    set { innerOptimizer.ema = newValue }
  }
  public var gradientAccumulationSteps: Int? {
    get { innerOptimizer.gradientAccumulationSteps }
    set { innerOptimizer.gradientAccumulationSteps = newValue }
  }
  public var hasSchedule: Bool { innerOptimizer.hasSchedule }
  public func learningRate(atStep step: Int) -> Double { innerOptimizer.learningRate(atStep: step) }
  public func update(_ parameter: Tensor, gradient: Tensor, _ scope: UpdateScope) -> Tensor {
    innerOptimizer.update(parameter, gradient: gradient, scope)
  }
  public func step(_ parameter: Tensor, path: String, gradient: Tensor, _ scope: UpdateScope) -> Tensor {
    innerOptimizer.step(parameter, path: path, gradient: gradient, scope)
  }
}

/// How a loss is scaled while gradients are computed: see ``LossScaleOptimizer``.
public struct LossScaling: Hashable, Sendable, Codable {
  /// The scale at the start.
  public var initialScale: Double
  /// Good steps after which the scale is doubled.
  public var dynamicGrowthSteps: Int

  /// A scaling; each option is the property of that name.
  public init(initialScale: Double = 32_768, dynamicGrowthSteps: Int = 2_000) {
    self.initialScale = initialScale
    self.dynamicGrowthSteps = dynamicGrowthSteps
  }
}
