import Synchronization

/// A Swift function as a layer, known by a name so that files can hold it.
///
/// The function has no parameters; a layer with weights is a struct of its own. Whoever reads a file with it registers
/// the function before.
/// Shapes: as the function's.
/// Errors: a name without a registered function.
/// Example: `Lambda("double") { $0 * 2 }`, and before reading a file `Lambda.register("double") { $0 * 2 }`
public struct Lambda: Layer {
  /// The name of the function.
  public var function: String
  public var name: LayerName

  private static let functions = Mutex<[String: @Sendable (Tensor) throws -> Tensor]>([:])

  /// A registered function.
  public init(_ function: String, name: String? = nil) {
    self.function = function
    self.name = LayerName(name)
  }

  /// Registers a function and makes a layer of it.
  public init(
    _ function: String, name: String? = nil, _ body: @escaping @Sendable (Tensor) throws -> Tensor
  ) {
    Self.register(function, body)
    self.init(function, name: name)
  }

  /// Makes a function known by its name; the last one of a name counts.
  public static func register(_ function: String, _ body: @escaping @Sendable (Tensor) throws -> Tensor) {
    functions.withLock { $0[function] = body }
  }

  public func forward(_ input: Tensor) throws -> Tensor {
    guard let body = Self.functions.withLock({ $0[function] }) else {
      throw CajalError(
        .missing, Self.className, expected: "a registered function", given: "the name is \"\(function.prefix(80))\"",
        advice: "Call Lambda.register(\"\(function.prefix(80))\") { … } before.")
    }
    return try body(input)
  }
}
