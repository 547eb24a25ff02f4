// Operations that exist only after differentiation: a kernel with what follows it folded in.
import CajalGraph

/// An activation that a kernel applies to its result before it is stored.
package enum Epilogue: Hashable, Sendable {
  case relu, tanh, sigmoid
  case clip(lower: Double, upper: Double)

  /// Bounds are told apart by their bits, as in `Clip`.
  package static func == (a: Self, b: Self) -> Bool {
    switch (a, b) {
    case (.relu, .relu), (.tanh, .tanh), (.sigmoid, .sigmoid): return true
    case (.clip(let a, let b), .clip(let c, let d)): return a.bitPattern == c.bitPattern && b.bitPattern == d.bitPattern
    default: return false
    }
  }
  package func hash(into hasher: inout Hasher) { hasher.combine(label) }

  init?(_ operation: any Operation) {
    switch operation {
    case let clip as Clip: self = .clip(lower: clip.lower, upper: clip.upper)
    case let elementwise as Elementwise:
      switch elementwise.function {
      case .relu: self = .relu
      case .tanh: self = .tanh
      case .sigmoid: self = .sigmoid
      default: return nil
      }
    default: return nil
    }
  }

  package var label: String {
    switch self {
    case .relu: return "relu"
    case .tanh: return "tanh"
    case .sigmoid: return "sigmoid"
    case .clip(let lower, let upper): return "clip \(lower)…\(upper)"
    }
  }
}

/// A convolution or matrix product with bias and activation. Inputs: those of `base`, then the bias [channels] if there is one.
package struct FusedEpilogue: Operation {
  package static let name = "fused"
  package static let differentiability = Differentiability.none("it is made after differentiation")
  package enum Base: Hashable, Sendable {
    case convolution(Convolution)
    case contraction(Contraction)
  }
  package var base: Base
  package var hasBias: Bool
  package var activation: Epilogue?

  package init(base: Base, hasBias: Bool, activation: Epilogue?) {
    self.base = base
    self.hasBias = hasBias
    self.activation = activation
  }

  package var label: String {
    let name: String
    switch base {
    case .convolution(let operation): name = operation.label
    case .contraction(let operation): name = operation.label
    }
    return name + (hasBias ? " + bias" : "") + (activation.map { " + " + $0.label } ?? "")
  }

  package func result(_ inputs: [TensorType]) throws -> [TensorType] {
    switch base {
    case .convolution(let operation): return try operation.result(inputs)
    case .contraction(let operation): return try operation.result(inputs)
    }
  }
  package func gradient(_ context: GradientContext) -> [Tensor?] { [] }
}

/// The gradients of a kernel and of the bias behind it, from one pass over dy. Inputs: x, dy. Results: as `base`, [channels].
package struct FusedKernelGradient: Operation {
  package static let name = "fused kernel gradient"
  package static let differentiability = Differentiability.none("it is made after differentiation")
  package enum Base: Hashable, Sendable {
    case convolution(ConvolutionKernelGradient)
    /// dW = xᵀ · dy of a matrix product.
    case contraction(Contraction)
  }
  package var base: Base

  package var label: String {
    switch base {
    case .convolution: return "convolution kernel + bias gradient"
    case .contraction: return "contraction kernel + bias gradient"
    }
  }

  package func result(_ inputs: [TensorType]) throws -> [TensorType] {
    let first: [TensorType]
    switch base {
    case .convolution(let operation): first = try operation.result(inputs)
    case .contraction(let operation): first = try operation.result(inputs)
    }
    return first + [TensorType([inputs[1].shape.last], inputs[1].dtype)]
  }
  package func gradient(_ context: GradientContext) -> [Tensor?] { [] }
}
