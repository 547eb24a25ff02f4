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
}

extension Layer {
  public static var className: String {
    let full = String(describing: Self.self)
    return String(full.prefix { $0 != "<" })
  }

  /// Applies the layer in its own scope; a misfit is kept with the trace and thrown where the model is made.
  public func callAsFunction(_ input: Input) -> Output {
    guard let trace = input.tensors.lazy.compactMap(\.modelTrace).first else {
      misuse(
        "\(name.text ?? Self.className): expected the symbolic input of a model, but this tensor has a value. "
          + "Make a model of the layer: `Model(layer, inputShape: …)`.")
    }
    return trace.enter(self, input: input) {
      do {
        guard !input.tensors.contains(where: \.shape.isPoisoned) else { return poisoned(input, trace) }
        return try forward(input)
      } catch {
        trace.note(
          error as? CajalError
            ?? CajalError(.argument, Self.className, expected: "a working layer", given: "\(error)"))
        return poisoned(input, trace)
      }
    }
  }

  private func poisoned(_ input: Input, _ trace: ModelTrace) -> Output {
    let stand = Tensor.poisoned(in: trace)
    for count in 1...8 {
      if let output = try? Output(tensors: Array(repeating: stand, count: count)) { return output }
    }
    misuse("\(Self.className): expected an output of one to eight tensors, but \(Output.self) is none.")
  }
}
