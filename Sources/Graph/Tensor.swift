/// An array of numbers: a value, or the result of an operation that runs when somebody looks.
///
/// A tensor is a handle on a node of the graph: immutable, cheap to copy, safe to share between tasks. Outside a model
/// its values are computed the first time they are read (`print(tensor)`, `tensor.scalars()`); inside a model's
/// `forward` it stands for values of a later step, and reading it is a programming mistake.
///
/// Example: `let c = Tensor([1, 2, 3]) * 2 + 1; print(c)`
public struct Tensor: Sendable {
  /// The operation that makes it.
  public let node: Node
  /// Which of the node's results this is.
  public let index: Int

  package init(_ node: Node, _ index: Int = 0) {
    self.node = node
    self.index = index
  }

  /// Shape and element type.
  public var type: TensorType { node.types[index] }
  /// Sizes of the axes, outermost first.
  public var shape: Shape { type.shape }
  /// Type of one element.
  public var dtype: DType { type.dtype }
  /// Number of axes.
  public var rank: Int { shape.rank }
  /// Number of elements.
  public var count: Int { shape.count }
}

/// The identity of a tensor: the node and the number of its result.
package struct TensorKey: Hashable, Sendable {
  let node: ObjectIdentifier
  let index: Int
}

extension Tensor {
  package var key: TensorKey { TensorKey(node: ObjectIdentifier(node), index: index) }

  /// Applies an operation: the one place where nodes are made.
  ///
  /// In a model's trace a misfit is noted with the layer's path and a poisoned tensor comes back; elsewhere it traps
  /// with the same text.
  package static func apply(_ operation: some Operation, _ inputs: [Tensor]) -> [Tensor] {
    let trace = inputs.lazy.compactMap(\.node.trace).first
    if let poisoned = inputs.first(where: \.shape.isPoisoned) { return [poisoned, poisoned, poisoned, poisoned] }
    do {
      let types = try operation.result(inputs.map(\.type))
      let settled = trace == nil ? Lazy.bounded(inputs) : inputs
      let node = Node(operation, settled, types, trace: trace)
      return types.indices.map { Tensor(node, $0) }
    } catch {
      return Array(repeating: misfit(error, trace: trace), count: 4)
    }
  }

  /// As `apply`, for operations with one result.
  package static func make(_ operation: some Operation, _ inputs: [Tensor]) -> Tensor { apply(operation, inputs)[0] }

  /// What stands in for a result that cannot be: noted in a trace, a trap elsewhere.
  package static func misfit(_ error: any Error, trace: Trace?) -> Tensor {
    let error =
      error as? CajalError ?? CajalError(.argument, "tensor", expected: "a working operation", given: "\(error)")
    guard let trace else { misuse(error.description) }
    trace.note(error)
    return poisoned(in: trace)
  }
}

extension Tensor {
  /// A misfit of this tensor's arguments: what comes back instead of a result.
  func refused(_ subject: String, _ kind: CajalError.Kind = .argument, expected: String, given: String) -> Tensor {
    Tensor.misfit(CajalError(kind, subject, expected: expected, given: given), trace: node.trace)
  }

  /// What stands for a result that could not be made.
  package static func poisoned(in trace: Trace) -> Tensor {
    Tensor(Node(Poison(), [], [TensorType(.poisoned, .float32)], trace: trace))
  }
}

/// The result of a misfit inside a trace; it poisons whatever it touches.
struct Poison: Operation {
  static let name = "poison"
  static let differentiability = Differentiability.none("it stands for a mistake that has been reported")
  func result(_ inputs: [TensorType]) throws -> [TensorType] { [TensorType(.poisoned, .float32)] }
  func gradient(_ context: GradientContext) -> [Tensor?] { [] }
}
