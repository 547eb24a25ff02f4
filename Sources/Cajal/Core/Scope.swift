/// What a layer finds around it while `forward` runs: parameters, state, randomness and the mode.
public struct Scope {
  let trace: ModelTrace

  /// Whether the program under construction trains; dropout and batch normalization depend on it.
  public var isTraining: Bool { trace.mode == .training }

  /// The path of the layer, `encoder/conv1`.
  public var path: String { trace.path }

  /// A trained tensor of this layer, made when the model is built.
  ///
  /// - Parameters:
  ///   - name: Keras's name of the weight: `kernel`, `bias`, `gamma`, `embeddings`.
  ///   - shape: Sizes of its axes; they must not depend on the batch.
  ///   - initializer: How it gets its first values.
  ///   - dtype: Type of one element.
  ///   - regularizer: A penalty on the parameter, added to the loss while training.
  ///   - constraint: What the parameter must be after each update.
  public func parameter(
    _ name: String, _ shape: Shape, _ initializer: Initializer, dtype: DType = .float32,
    regularizer: Regularizer? = nil, constraint: Constraint? = nil
  ) -> Tensor {
    let parameter = trace.variable(name, TensorType(shape, dtype), role: .parameter, initializer)
    if let constraint { trace.constrain(name, constraint) }
    if let regularizer, isTraining { addLoss(regularizer.penalty(parameter)) }
    return parameter
  }

  /// A tensor that is kept between steps and not trained, such as a moving average.
  public func state(_ name: String, _ shape: Shape, _ initializer: Initializer, dtype: DType = .float32) -> Tensor {
    trace.variable(name, TensorType(shape, dtype), role: .state, initializer)
  }

  /// Sets a state's value at the end of the step; `state` is what `state(_:_:_:)` returned.
  public func update(_ state: Tensor, to value: Tensor) { trace.update(state, to: value) }

  /// Whether the layer's parameters are trained; a frozen batch normalization uses its moving statistics.
  public var isTrainable: Bool { trace.isTrainable(trace.path) }

  /// Something to minimize besides the model's loss: a scalar.
  public func addLoss(_ loss: Tensor) { trace.losses.append(loss) }

  /// Uniform numbers in lower ..< upper, new ones each step.
  public func uniform(_ shape: Shape, lower: Double = 0, upper: Double = 1) -> Tensor {
    trace.random(.uniform, lower, upper, shape)
  }

  /// Normal numbers, new ones each step.
  public func normal(_ shape: Shape, mean: Double = 0, deviation: Double = 1) -> Tensor {
    trace.random(.normal, mean, deviation, shape)
  }

  /// 1 with the given probability, else 0; new ones each step.
  public func bernoulli(_ shape: Shape, probability: Double) -> Tensor {
    trace.random(.bernoulli, probability, 0, shape)
  }
}

extension Tensor {
  var modelTrace: ModelTrace? { node.trace as? ModelTrace }

  /// The scope of the layer whose `forward` is running.
  public var scope: Scope {
    guard let trace = modelTrace else {
      misuse(
        "Tensor: expected the symbolic input of a model, but this \(type) has a value. Layers run inside a model.")
    }
    return Scope(trace: trace)
  }
}
