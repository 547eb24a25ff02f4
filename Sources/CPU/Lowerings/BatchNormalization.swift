// Batch normalization in training, alone or with its neighbours, and its gradient: own loops, two passes over memory each.
import CajalCompiler
import CajalGraph
import VectorKernels

extension vk_channels {
  /// x [batch, …, channels], channels last or in blocks of 16.
  fileprivate init(_ operand: Operand) {
    let shape = operand.shape
    let places = shape.dimensions.dropFirst().dropLast().reduce(1, *)
    let isBlocked = !operand.isRowMajor
    self.init(
      samples: Int64(shape[0]), places: Int64(places), channels: Int64(shape.last),
      sample: Int64(places * shape.last), place: Int64(isBlocked ? 16 : shape.last),
      block: Int64(isBlocked ? places * 16 : 16))
  }
}

extension Epilogue? {
  fileprivate var kind: vk_limits {
    switch self {
    case nil, .tanh, .sigmoid: return VK_LIMITS_NONE
    case .relu: return VK_LIMITS_LOW
    case .clip: return VK_LIMITS_BOTH
    }
  }
}

extension Kernel {
  private func scratch(_ slot: Slot, channels: Int, threads: Int32) {
    attachScratch(slot, offset: reserve(bytes: Int(vk_batch_normalization_scratch(Int64(channels), threads))))
  }

  /// Operands: x, γ, β, perhaps an addend; then y, μ, σ².
  fileprivate func addNormalization(_ fused: FusedNormalization, _ site: Site) {
    let x = site.inputs[0]
    let threads = site.threads(bytes: 3 * x.type.byteCount)
    let memory = add(
      vk_batch_normalization,
      vk_batch_normalization_arguments(
        x: nil, gamma: nil, beta: nil, addend: nil, y: nil, mean: nil, variance: nil, scratch: nil, threads: threads,
        limits: Int32(fused.activation.kind.rawValue), epsilon: Float(fused.base.epsilon),
        lowest: fused.activation.limits.lowerBound, highest: fused.activation.limits.upperBound, lies: vk_channels(x)),
      [
        (0, \.x), (1, \.gamma), (2, \.beta), (site.output(0), \.y), (site.output(1), \.mean),
        (site.output(2), \.variance),
      ])
    if fused.adds { attach(3, slot(memory, \.addend)) }
    scratch(slot(memory, \.scratch), channels: x.shape.last, threads: threads)
  }

  /// Operands by their numbers.
  fileprivate func addNormalizationGradient(
    _ fused: FusedNormalizationGradient, _ site: Site, mean: Int, variance: Int, dy: Int
  ) {
    let x = site.inputs[0]
    let threads = site.threads(bytes: 5 * x.type.byteCount)
    let memory = add(
      vk_batch_normalization_gradient,
      vk_batch_normalization_gradient_arguments(
        x: nil, gamma: nil, beta: nil, mean: nil, variance: nil, dy: nil, dx: nil, dgamma: nil, dbeta: nil,
        scratch: nil, threads: threads, limits: Int32(fused.activation.kind.rawValue),
        epsilon: Float(fused.base.epsilon), lowest: fused.activation.limits.lowerBound,
        highest: fused.activation.limits.upperBound, lies: vk_channels(x)),
      [
        (0, \.x), (1, \.gamma), (2, \.beta), (mean, \.mean), (variance, \.variance), (dy, \.dy),
        (site.output(0), \.dx), (site.output(1), \.dgamma), (site.output(2), \.dbeta),
      ])
    scratch(slot(memory, \.scratch), channels: x.shape.last, threads: threads)
    needs.inPlace = [(0, dy)]
  }
}

private func isArray(_ type: TensorType) -> Bool {
  type.dtype == .float32 && type.shape.rank >= 2 && type.shape.count > 0
}

extension BatchNormalization: Lowerable {
  func isLowerable(_ inputs: [TensorType]) -> Bool { isArray(inputs[0]) }
  func lower(_ site: Site) throws -> Kernel {
    try FusedNormalization(base: self, adds: false, activation: nil).lower(site)
  }
}

extension FusedNormalization: Lowerable {
  func lower(_ site: Site) throws -> Kernel {
    let kernel = Kernel(label, implementation: "normalization")
    kernel.addNormalization(self, site)
    return kernel
  }
}

extension BatchNormalizationGradient: Lowerable {
  func isLowerable(_ inputs: [TensorType]) -> Bool { isArray(inputs[0]) }
  func lower(_ site: Site) throws -> Kernel {
    let kernel = Kernel(label, implementation: "normalization")
    let fused = FusedNormalizationGradient(base: self, activation: nil)
    kernel.addNormalizationGradient(fused, site, mean: 4, variance: 5, dy: 6)
    return kernel
  }
}

extension FusedNormalizationGradient: Lowerable {
  func lower(_ site: Site) throws -> Kernel {
    let kernel = Kernel(label, implementation: "normalization")
    kernel.addNormalizationGradient(self, site, mean: 3, variance: 4, dy: 5)
    return kernel
  }
}
