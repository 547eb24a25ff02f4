import CajalGraph

/// Batch normalization with what is added to its result and an activation that limits it. Inputs: x, γ, β, then the addend
/// if there is one. Results: y, μ, σ².
package struct FusedNormalization: Operation {
  package static let name = "fused normalization"
  package static let differentiability = Differentiability.none("it is made after differentiation")
  package var base: BatchNormalization
  package var adds: Bool
  package var activation: Epilogue?

  package init(base: BatchNormalization, adds: Bool, activation: Epilogue?) {
    self.base = base
    self.adds = adds
    self.activation = activation
  }

  package var label: String { base.label + (adds ? " + add" : "") + (activation.map { " + " + $0.label } ?? "") }

  package func result(_ inputs: [TensorType]) throws -> [TensorType] { try base.result(Array(inputs.prefix(3))) }
  package func gradient(_ context: GradientContext) -> [Tensor?] { [] }
}

/// Its adjoint without an addend: dy counts where the activation passed. Inputs: x, γ, β, μ, σ², dy. Results: dx, dγ, dβ.
package struct FusedNormalizationGradient: Operation {
  package static let name = "fused normalization gradient"
  package static let differentiability = Differentiability.none("it is made after differentiation")
  package var base: BatchNormalizationGradient
  package var activation: Epilogue?

  package init(base: BatchNormalizationGradient, activation: Epilogue?) {
    self.base = base
    self.activation = activation
  }

  package var label: String { (activation.map { $0.label + " + " } ?? "") + base.label }

  package func result(_ inputs: [TensorType]) throws -> [TensorType] { [inputs[0], inputs[1], inputs[1]] }
  package func gradient(_ context: GradientContext) -> [Tensor?] { [] }
}

extension Epilogue {
  /// The activation as limits of its argument; nil if it is none.
  package var limits: ClosedRange<Float>? {
    switch self {
    case .relu: return 0 ... .infinity
    case .clip(let lower, let upper): return lower <= upper ? Float(lower)...Float(upper) : nil
    case .tanh, .sigmoid: return nil
    }
  }
}

extension Epilogue? {
  /// The limits of the activation, and none without one.
  package var limits: ClosedRange<Float> { self?.limits ?? -.infinity ... .infinity }
}
