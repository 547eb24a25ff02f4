// Which variables Keras's optimizers have, in the order in which Keras numbers them.

/// One variable of an optimizer in a file of Keras.
enum OptimizerSlot {
  /// Steps so far.
  case step
  /// The step size, where no schedule decides.
  case learningRate
  /// The step size of one of several optimizers, which stays what it was.
  case fixedRate(Float)
  /// A tensor that the optimizer keeps under a name of Cajal's: `dense/kernel/momentum`.
  case kept(String, Shape, initial: Float, dtype: DType = .float32)
  /// A number that is one for all parameters there and one for each here.
  case product(String)
  /// What Keras has and does not use.
  case unused(Shape, DType)
}

extension TrainingSettings {
  /// All variables: the count of steps, the step size, averages, sums of gradients, and what the rule keeps.
  func slots(_ parameters: [Variable]) -> [OptimizerSlot] {
    if optimizer is MultiOptimizer {
      // One around several lists its own variables, then theirs.
      return [.step, .unused([], .float32)] + severalSlots(parameters).flatMap(\.slots)
    }
    guard optimizer.lossScaling != nil else { return [.step] + innerSlots(optimizer, parameters) }
    // An optimizer around another lists its own variables and those of the other.
    return [
      .step, .unused([], .float32), .kept("loss_scale/step_counter", [], initial: 0, dtype: .int64),
      .kept("loss_scale/dynamic_scale", [], initial: Float(optimizer.lossScaling?.initialScale ?? 1)),
    ] + scaledSlots(parameters)
  }

  /// The variables of the optimizer whose loss is scaled: it counts the steps with finite gradients.
  func scaledSlots(_ parameters: [Variable]) -> [OptimizerSlot] {
    [.kept("loss_scale/iteration", [], initial: 0, dtype: .int64)] + innerSlots(optimizer, parameters)
  }

  /// The variables of each of several optimizers, the default's at the end.
  func severalSlots(_ parameters: [Variable]) -> [(optimizer: any Optimizer, slots: [OptimizerSlot])] {
    guard let several = optimizer as? MultiOptimizer else { return [] }
    func own(_ group: Int?) -> [Variable] { parameters.filter { (try? several.group(of: $0.name)) == group } }
    return several.groups.indices.map { group in
      let optimizer = several.groups[group].optimizer
      let slots = innerSlots(optimizer, own(group), rate: .fixedRate(Float(optimizer.learningRate)))
      return (optimizer, [.step] + slots)
    } + [(several.defaultOptimizer, [.step] + innerSlots(several.defaultOptimizer, own(nil)))]
  }

  private func innerSlots(
    _ optimizer: any Optimizer, _ parameters: [Variable], rate: OptimizerSlot = .learningRate
  ) -> [OptimizerSlot] {
    var slots: [OptimizerSlot] = optimizer.hasSchedule ? [] : [rate]
    func add(_ name: String, _ initial: Float = 0) {
      slots += parameters.map { .kept("\($0.name)/\(name)", $0.type.shape, initial: initial) }
    }
    if optimizer.ema != nil { add("average") }
    if optimizer.gradientAccumulationSteps != nil { add("gradient_accumulator") }
    return slots + ownSlots(optimizer, parameters)
  }

  /// Groups one after another, in each group the slots of one parameter after those of another.
  private func ownSlots(_ optimizer: any Optimizer, _ parameters: [Variable]) -> [OptimizerSlot] {
    func group(_ names: String..., initial: Float = 0) -> [OptimizerSlot] {
      parameters.flatMap { parameter in
        names.map { .kept("\(parameter.name)/\($0)", parameter.type.shape, initial: initial) }
      }
    }
    switch OptimizerEntry(optimizer).parts.base {
    case let sgd as SGD: return sgd.momentum == 0 ? [] : group("momentum")
    case let rms as RMSprop:
      return group("velocity") + (rms.momentum > 0 ? group("momentum") : [])
        + (rms.centered ? group("average_gradient") : [])
    case let adam as Adam: return group("momentum", "velocity") + (adam.amsgrad ? group("velocity_hat") : [])
    case let adam as AdamW: return group("momentum", "velocity") + (adam.amsgrad ? group("velocity_hat") : [])
    case is Adadelta: return group("accumulated_grad", "accumulated_delta_var")
    case let adagrad as Adagrad: return group("accumulator", initial: Float(adagrad.initialAccumulator))
    case is Adamax: return group("momentum", "norm")
    case is Nadam:
      // Nadam keeps one product of momenta for all parameters, at the end.
      return group("momentum", "velocity") + [.product("u_product")]
    case is Lion: return group("momentum")
    case is Lamb, is ScheduleFreeAdamW: return group("momentum", "velocity")
    case let ftrl as Ftrl:
      return parameters.flatMap { parameter -> [OptimizerSlot] in
        [
          .kept("\(parameter.name)/accumulator", parameter.type.shape, initial: Float(ftrl.initialAccumulatorValue)),
          .kept("\(parameter.name)/linear", parameter.type.shape, initial: 0),
        ]
      }
    case is Adafactor: return parameters.flatMap(adafactorSlots)
    case let muon as Muon:
      return parameters.flatMap { parameter -> [OptimizerSlot] in
        let shape = parameter.type.shape
        let momentum = OptimizerSlot.kept("\(parameter.name)/momentum", shape, initial: 0)
        guard muon.usesAdamW(path: parameter.name, shape: shape) else { return [momentum] }
        return [momentum, .kept("\(parameter.name)/velocity", shape, initial: 0)]
      }
    default: return []
    }
  }

  /// Mean squares by row and by column of what has both, else of every number; Keras makes room for all three.
  private func adafactorSlots(_ parameter: Variable) -> [OptimizerSlot] {
    let shape = parameter.type.shape
    guard shape.rank > 1 else {
      return [.unused([], .int32), .unused([], .int32), .kept("\(parameter.name)/velocity", shape, initial: 0)]
    }
    let sizes = shape.dimensions
    return [
      .kept("\(parameter.name)/row_velocity", Shape(Array(sizes.dropLast())), initial: 0),
      .kept("\(parameter.name)/column_velocity", Shape(sizes.dropLast(2) + sizes.suffix(1)), initial: 0),
      .unused(shape, .float32),
    ]
  }
}
