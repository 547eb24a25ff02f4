// Evaluation outside a model: a graph runs when somebody looks at a value, or when it has grown past a limit.
import CBackend
import Synchronization

/// A backend that can compute the values of lazy tensors.
public protocol Evaluator: Sendable {
  /// Computes the tensors and keeps the values in their nodes.
  func evaluate(_ tensors: [Tensor]) throws
}

/// Where lazy tensors get their values from.
public enum Lazy {
  private static let evaluator = Mutex<(any Evaluator)?>(nil)

  /// Called once by the backend that is linked in.
  public static func install(_ backend: any Evaluator) { evaluator.withLock { if $0 == nil { $0 = backend } } }

  /// The backend, looked for the first time somebody needs it.
  private static var installed: (any Evaluator)? {
    if let known = evaluator.withLock({ $0 }) { return known }
    _ = cajal_find_backend()
    return evaluator.withLock { $0 }
  }

  /// An unseen graph deeper or heavier than this is evaluated and cut, so that a loop that never looks cannot fill memory.
  static let depthLimit = 4_000
  static let historyLimit = 2 << 30

  /// The inputs of a new node, cut off from their history where it has grown too long.
  static func bounded(_ inputs: [Tensor]) -> [Tensor] {
    guard
      inputs.contains(where: {
        $0.node.depth >= depthLimit || $0.node.historyBytes >= historyLimit && $0.node.depth > 1
      })
    else { return inputs }
    return inputs.map { tensor in
      guard tensor.node.depth > 1 else { return tensor }
      return Tensor.constant(tensor.storage, shape: tensor.shape, cutsHistory: true)
    }
  }

  /// Computes the tensors together; one program for all of them.
  public static func evaluate(_ tensors: [Tensor]) throws {
    let pending = tensors.filter { $0.node.storages == nil }
    guard !pending.isEmpty else { return }
    if let traced = pending.first(where: \.node.isTraced) {
      misuse(
        "Tensor: expected a value, but this \(traced.type) stands for values of a later step of the model"
          + (traced.node.path.isEmpty ? "." : " (made in \(traced.node.path)).")
          + " Return it as an output of the model, or use operations instead of its number.")
    }
    guard let backend = installed else {
      throw CajalError(
        .missing, "Tensor", expected: "a backend to compute with", given: "none is linked in",
        advice: "import Cajal, which brings the processor backend.")
    }
    try backend.evaluate(pending)
  }
}

extension Tensor {
  /// This tensor with its values computed: reading them afterwards cannot fail any more.
  ///
  /// `floats`, `scalars`, `item`, `storage` and `print` compute the values themselves, and stop the program where that
  /// fails; call this first where the data may be wrong.
  /// Errors: what the operations find when they run, such as an index outside its range; no backend, no library.
  /// Example: `let rows = try table.gathered(ids).evaluated().floats`
  @discardableResult
  public func evaluated() throws -> Tensor {
    try Lazy.evaluate([self])
    return self
  }

  /// The values in row-major order, computed now if they are not known yet; stops the program where that fails.
  ///
  /// ``evaluated()`` throws instead.
  public var storage: Storage {
    if let known = node.storages { return known[index] }
    do {
      try Lazy.evaluate([self])
    } catch {
      misuse("\(error) To get this as an error, call `try evaluated()` on the tensor before reading it.")
    }
    guard let known = node.storages else { misuse("Tensor: the backend left \(type) without a value.") }
    return known[index]
  }

  /// The values in row-major order; `Scalar` is the tensor's dtype or one it can be cast to. See ``evaluated()`` for
  /// errors.
  public func scalars<Scalar: TensorScalar>(as type: Scalar.Type = Scalar.self) -> [Scalar] {
    cast(to: Scalar.dtype).storage.scalars()
  }

  /// The values as `Float`; see ``evaluated()`` for errors.
  public var floats: [Float] { scalars(as: Float.self) }

  /// The value of a tensor with one element, as `Double`.
  public var item: Double {
    assertUse(count == 1, "Tensor: expected one element for `item`, but the shape is \(shape).")
    return scalars(as: Double.self)[0]
  }
}
