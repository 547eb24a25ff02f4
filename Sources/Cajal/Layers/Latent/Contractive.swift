/// A part of a network whose results are kept from moving with its input: the penalty is the squared Jacobian, exactly.
///
/// Adds weight · 1/batch Σ ‖∂y/∂x‖²_F to the loss while training. The Jacobian is taken by one backward pass for each
/// unit of the result, so the cost grows with the size of the code; see ``ContractiveDense`` for one layer. Layers inside
/// must treat samples apart: a batch normalization in training does not.
///
/// Shapes: as the wrapped layer's.
/// Errors: a negative weight.
/// Source: Rifai et al., "Contractive auto-encoders", ICML 2011.
/// Example: `Contractive(Sequential { Dense(64, activation: .tanh); Dense(8, activation: .tanh) }, weight: 0.1)`
public struct Contractive: Layer {
  /// What gives the code.
  public var layer: any Layer<Tensor, Tensor>
  /// What the penalty counts in the loss.
  public var weight: Double
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(_ layer: any Layer<Tensor, Tensor>, weight: Double, name: String? = nil) {
    self.layer = layer
    self.weight = weight
    self.name = LayerName(name)
  }

  public func forward(_ input: Tensor) throws -> Tensor {
    try demand(weight >= 0, expected: "a weight of at least 0", given: "it is \(weight)")
    let output = layer(input)
    if input.scope.isTraining, weight > 0, !output.shape.isPoisoned {
      input.scope.addLoss(jacobianSquaredNorm(of: output, with: input).mean() * weight)
    }
    return output
  }
}

/// ‖∂y/∂x‖²_F of each sample: the sum of the squares of all elements of its Jacobian, by one gradient for each unit of y.
///
/// Each sample's y must depend on its own x alone. The result can be differentiated again.
///
/// Shapes: y `[batch, …]`, x `[batch, …]` → `[batch]`.
/// Example: `let stiffness = jacobianSquaredNorm(of: (x.matmul(w)).tanh(), with: x)`
public func jacobianSquaredNorm(of output: Tensor, with input: Tensor) -> Tensor {
  guard !output.shape.isPoisoned, !input.shape.isPoisoned else { return output }
  guard output.rank > 0, input.rank > 0, output.shape[0] == input.shape[0] else {
    let error = CajalError(
      .shape, "jacobianSquaredNorm", expected: "output and input of one batch",
      given: "they are \(output.shape) and \(input.shape)")
    return Tensor.misfit(error, trace: output.node.trace)
  }
  let batch = output.shape[0]
  let units = output.count / max(batch, 1)
  let flat = output.reshaped([batch, units])
  let directions = Tensor.identity(units, dtype: output.dtype)
  var total = Tensor.zeros([batch], dtype: output.dtype)
  for unit in 0..<units {
    let seed = directions.slice(axis: 0, unit..<unit + 1).broadcast(to: flat.shape)
    let row = gradient(of: [flat], seeds: [seed], with: [input])[0]
    total = total + row.squared().reshaped([batch, input.count / max(batch, 1)]).sum(axes: [1])
  }
  return total
}

// In files the layer is its class name and its configuration.
extension Contractive {
  private enum CodingKeys: String, CodingKey { case layer, weight, name }

  public init(from decoder: Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    layer = try container.decode(LayerEntry.self, forKey: .layer).single(in: Self.className)
    weight = try container.decode(Double.self, forKey: .weight)
    name = try container.decode(LayerName.self, forKey: .name)
  }

  public func encode(to encoder: Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(LayerEntry(layer), forKey: .layer)
    try container.encode(weight, forKey: .weight)
    try container.encode(name, forKey: .name)
  }
}
