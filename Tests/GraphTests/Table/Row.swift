import CajalGraph
import Testing

/// One application of an operation to given numbers.
struct Sample: Sendable {
  var operation: any Operation
  var inputs: [Values]
  /// Inputs that gradients are asked for; all floating ones unless said otherwise.
  var differentiable: [Int]
  /// The graph, where it is more than the operation on its inputs.
  var graph: @Sendable ([Tensor]) -> [Tensor]

  init(
    _ operation: any Operation, _ inputs: [Values], differentiable: [Int]? = nil,
    graph: (@Sendable ([Tensor]) -> [Tensor])? = nil
  ) {
    self.operation = operation
    self.inputs = inputs
    self.differentiable = differentiable ?? inputs.indices.filter { inputs[$0].dtype.isFloating }
    self.graph =
      graph ?? { tensors in
        let count = (try? operation.result(tensors.map(\.type)).count) ?? 0
        return Array(apply(operation, tensors).prefix(count))
      }
  }

  /// Whether the operation takes such inputs at all: random windows may be too large.
  var isPossible: Bool { (try? operation.result(inputs.map(\.type))) != nil }
}

private func apply(_ operation: some Operation, _ tensors: [Tensor]) -> [Tensor] { Tensor.apply(operation, tensors) }

/// A mistake and the exact words it is answered with.
struct ErrorSample: Sendable, CustomTestStringConvertible {
  var operation: any Operation
  var inputs: [TensorType]
  var text: String

  init(_ operation: any Operation, _ inputs: [TensorType], _ text: String) {
    self.operation = operation
    self.inputs = inputs
    self.text = text
  }
  var testDescription: String { "\(operation.label) on \(inputs.map(\.description).joined(separator: ", "))" }
}

/// All that is tested of one operation, or of one of its kinds.
struct Row: Sendable, CustomTestStringConvertible {
  enum Gradient: Sendable {
    /// Against central differences, twice where the operation claims a second order.
    case checked
    /// No gradient flows, and why.
    case none(String)
  }

  var name: String
  var operation: any Operation.Type
  var gradient: Gradient
  /// Float32 against the reference: |difference| ≤ tolerance · (1 + |value|).
  var tolerance: Double
  /// The same for compiled gradients, which sum more.
  var gradientTolerance: Double
  var dtypes: [DType]
  var sample: @Sendable (inout Draw) -> Sample
  /// Inputs at the edges of the range: zeros, infinities, ties.
  var special: [Sample]
  var errors: [ErrorSample]
  /// Why no input is an error, for operations that take all.
  var takesAll: String?

  init(
    _ name: String, _ operation: any Operation.Type, gradient: Gradient = .checked, tolerance: Double = 2e-6,
    gradientTolerance: Double = 2e-5, dtypes: [DType] = [.float32], special: [Sample] = [], errors: [ErrorSample] = [],
    takesAll: String? = nil, _ sample: @escaping @Sendable (inout Draw) -> Sample
  ) {
    self.name = name
    self.operation = operation
    self.gradient = gradient
    self.tolerance = tolerance
    self.gradientTolerance = gradientTolerance
    self.dtypes = dtypes
    self.sample = sample
    self.special = special
    self.errors = errors
    self.takesAll = takesAll
  }

  var testDescription: String { name }
}

/// The table: one row per operation and kind.
enum Table {
  static let rows: [Row] =
    elementwise + movements + reductions + axes + products + convolutions + poolings + normalizations + sources + scans
    + recurrent
  static let errors: [ErrorSample] = rows.flatMap(\.errors)
  static let differentiable: [Row] = rows.filter {
    if case .checked = $0.gradient { return true } else { return false }
  }
}
