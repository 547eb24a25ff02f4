/// A node's kind: its attributes, its result types, its gradient and, where it has one, its decomposition.
///
/// One struct per operation, in one file of `Operations/`. A backend adds a lowering in its own folder; nothing else
/// knows about the operation. Attributes are the stored properties; equality and hashing are synthesized from them.
public protocol Operation: Hashable, Sendable {
  /// What people read in programs and messages: `convolution`.
  static var name: String { get }

  /// The name with what tells this operation from others of its kind: `max pooling`. By default the name.
  var label: String { get }

  /// Shapes and dtypes of the results; throws what the caller did wrong.
  func result(_ inputs: [TensorType]) throws -> [TensorType]

  /// How far gradients go.
  static var differentiability: Differentiability { get }

  /// The gradient with respect to each input, written in operations; nil where none flows.
  func gradient(_ context: GradientContext) -> [Tensor?]

  /// The same results from smaller operations; nil for an operation that is already small.
  func decomposition(_ inputs: [Tensor]) -> [Tensor]?

  /// Operations with an effect or an identity of their own (placeholders, variables, random numbers) are never shared.
  var isShareable: Bool { get }
}

/// How often an operation can be differentiated.
public enum Differentiability: Hashable, Sendable {
  /// To any order: the gradient consists of operations with the same property.
  case anyOrder
  /// The first gradient is an operation of its own; further ones go through the decomposition.
  case throughDecomposition
  /// Never, and why.
  case none(String)
}

extension Operation {
  public static var differentiability: Differentiability { .anyOrder }
  public func decomposition(_ inputs: [Tensor]) -> [Tensor]? { nil }
  public var isShareable: Bool { true }

  public var label: String { Self.name }

  /// A misfit of the inputs, in the voice of this operation.
  func misfit(_ kind: CajalError.Kind = .shape, expected: String, given: String, advice: String = "") -> CajalError {
    CajalError(kind, label, expected: expected, given: given, advice: advice)
  }
}

/// What an operation's gradient may use.
public struct GradientContext {
  /// The operation's inputs.
  public let inputs: [Tensor]
  /// The operation's results, which a gradient may use again.
  public let outputs: [Tensor]
  /// The gradient of each output; nil where none arrived.
  public let gradients: [Tensor?]
  /// Which inputs somebody asks for.
  public let needed: [Bool]

  /// The first result.
  public var output: Tensor { outputs[0] }
  /// The gradient of the first output.
  public var gradient: Tensor { gradients[0] ?? outputs[0].filled(0) }
}

extension Operation {
  /// The gradient of the decomposition: how a whole operation is differentiated where it has no adjoint of its own.
  func gradientThroughDecomposition(_ context: GradientContext) -> [Tensor?] {
    guard let outputs = decomposition(context.inputs) else { return context.inputs.map { _ in nil } }
    let reached = zip(outputs, context.gradients).filter { $1 != nil }
    let wanted = context.inputs.indices.filter { context.needed[$0] }
    let gradients = CajalGraph.gradient(
      of: reached.map(\.0), seeds: reached.compactMap(\.1), with: wanted.map { context.inputs[$0] }, independent: true)
    var result = [Tensor?](repeating: nil, count: context.inputs.count)
    for (index, gradient) in zip(wanted, gradients) { result[index] = gradient }
    return result
  }
}
