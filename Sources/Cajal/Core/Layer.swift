/// A value that describes a computation with parameters: its hyper-parameters and one function from tensors to tensors.
///
/// `forward` asks the scope of its input for parameters, state and randomness; there is nothing else to write. Call a
/// layer like a function; the call opens the layer's scope, so that its parameters are found under its name.
///
/// Example:
/// ```swift
/// struct Scale: Layer {
///   var name = LayerName()
///   func forward(_ x: Tensor) throws -> Tensor { x * x.scope.parameter("scale", [x.shape.last], .ones) }
/// }
/// ```
public protocol Layer<Input, Output>: Codable, Sendable {
  /// What it takes: a tensor, several, or a small struct of them.
  associatedtype Input: LayerValue = Tensor
  /// What it gives.
  associatedtype Output: LayerValue = Tensor

  /// The layer's name; numbered by its class (`dense`, `dense_1`) where no text is given.
  var name: LayerName { get set }

  /// The results for symbolic inputs; throws what does not fit.
  func forward(_ input: Input) throws -> Output

  /// The class name in files: the Swift type's by default, which is Keras's where Keras has the layer.
  static var className: String { get }

  /// Whether the mask of the first input holds for the outputs too, Keras's `supports_masking`; by default it ends here.
  ///
  /// A layer that makes or changes masks sets them in `forward`: `scope.setMask(_:of:)`.
  static var passesMask: Bool { get }
}

extension Layer {
  public static var className: String {
    let full = String(describing: Self.self)
    return String(full.prefix { $0 != "<" })
  }

  public static var passesMask: Bool { false }

  /// Applies the layer in its own scope; a misfit is kept with the trace and thrown where the model is made.
  public func callAsFunction(_ input: Input) -> Output { entered(input) { try forward(input) } }

  /// Runs a computation of the layer in its own scope: `forward`, or another way of calling it.
  func entered<Given: LayerValue, Result: LayerValue>(_ input: Given, _ body: () throws -> Result) -> Result {
    guard let trace = input.tensors.lazy.compactMap(\.modelTrace).first else {
      misuse(
        "\(name.text ?? Self.className): expected the symbolic input of a model, but this tensor has a value. "
          + "Make a model of the layer: `Model(layer, inputShape: …)`.")
    }
    return trace.enter(self, input: input) {
      do {
        guard !input.tensors.contains(where: \.shape.isPoisoned) else { return poisoned(trace) }
        let output = try body()
        if Self.passesMask { trace.passMask(from: input.tensors, to: output.tensors) }
        return output
      } catch {
        trace.note(
          error as? CajalError
            ?? CajalError(.argument, Self.className, expected: "a working layer", given: "\(error)"))
        return poisoned(trace)
      }
    }
  }

  private func poisoned<Result: LayerValue>(_ trace: ModelTrace) -> Result {
    let stand = Tensor.poisoned(in: trace)
    for count in 1...8 {
      if let output = try? Result(tensors: Array(repeating: stand, count: count)) { return output }
    }
    misuse("\(Self.className): expected an output of one to eight tensors, but \(Result.self) is none.")
  }
}
