/// Divides the kernel of a layer by its largest singular value in each step of training, as critics of GANs want it.
///
/// The value comes from power iterations on a vector that is kept; as in Keras the divided kernel becomes the parameter.
/// A kernel `[…, out]` counts as a matrix `[all others, out]`.
/// Shapes: the layer's; `vector_u` `[1, out]` besides its weights.
/// Errors: a layer that has neither `kernel` nor `embeddings`.
/// Source: Miyato et al., arXiv:1802.05957.
/// Example: `SpectralNormalization(Conv2D(64, kernelSize: 3))`
public struct SpectralNormalization: Layer {
  /// The layer whose kernel is divided.
  public var layer: any Layer<Tensor, Tensor>
  /// Power iterations in each step, at least 1.
  public var powerIterations: Int
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(_ layer: any Layer<Tensor, Tensor>, powerIterations: Int = 1, name: String? = nil) {
    self.layer = layer
    self.powerIterations = powerIterations
    self.name = LayerName(name)
  }

  public func forward(_ input: Tensor) throws -> Tensor {
    try demandPositive("powerIterations", powerIterations)
    let scope = input.scope
    let place = scope.path
    var vector: Tensor?
    // The state is made right behind the kernel, in Keras's order of weights.
    let output = scope.trace.rewriting { name, shape in
      guard vector == nil, name == "kernel" || name == "embeddings" else { return nil }
      let u = scope.trace.standing(at: place) {
        scope.state("vector_u", [1, shape.last], .truncatedNormal(mean: 0, deviation: 0.02))
      }
      vector = u
      return scope.isTraining ? { divided($0, u, scope) } : nil
    } during: {
      layer(input)
    }
    try demand(
      vector != nil || output.shape.isPoisoned, expected: "a layer with a kernel or embeddings",
      given: "\(type(of: layer).className) has none")
    return output
  }

  /// The kernel over its largest singular value; one of zeros stays.
  private func divided(_ kernel: Tensor, _ start: Tensor, _ scope: Scope) -> Tensor {
    guard !kernel.shape.isPoisoned, !start.shape.isPoisoned else { return kernel }
    let matrix = kernel.reshaped([-1, kernel.shape.last])
    func unit(_ x: Tensor) -> Tensor { x * x.squared().sum().maximum(1e-14).rsqrt() }
    var (u, v) = (start, start)
    for _ in 0..<powerIterations {
      v = unit(u.matmul(matrix, transposeOther: true))
      u = unit(v.matmul(matrix))
    }
    let sigma = v.matmul(matrix).matmul(u, transposeOther: true).reshaped([])
    let isZero = (kernel .== 0).all()
    scope.update(start, to: isZero.select(start, u))
    return isZero.select(kernel, kernel / sigma)
  }
}

// In files the layer is its class name and its configuration.
extension SpectralNormalization {
  private enum CodingKeys: String, CodingKey { case layer, powerIterations, name }

  public init(from decoder: Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    layer = try container.decode(LayerEntry.self, forKey: .layer).single(in: "SpectralNormalization")
    powerIterations = try container.decode(Int.self, forKey: .powerIterations)
    name = try container.decode(LayerName.self, forKey: .name)
  }

  public func encode(to encoder: Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(LayerEntry(layer), forKey: .layer)
    try container.encode(powerIterations, forKey: .powerIterations)
    try container.encode(name, forKey: .name)
  }
}
