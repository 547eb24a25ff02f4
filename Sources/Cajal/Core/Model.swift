// A network with its variables and programs.
import CajalCPU
import CajalCompiler
import Foundation

/// A network with values: an architecture, its parameters, and the compiled programs that train and run it.
///
/// A model is safe to share between tasks; its methods run one at a time.
///
/// Example:
/// ```swift
/// let model = try Model(
///   Sequential {
///     Dense(128, activation: .relu)
///     Dense(10, activation: .softmax)
///   }, inputShape: [784])
/// model.compile(optimizer: .adam(), loss: .sparseCategoricalCrossentropy(), metrics: [.accuracy])
/// try model.fit(images, labels, epochs: 5, validationSplit: 0.1)
/// ```
public final class Model: @unchecked Sendable {  // all mutable state is reached under `lock`
  /// Types of one sample, without the batch axis.
  public let inputTypes: [TensorType]
  /// Types of one sample of each output, without the batch axis.
  public let outputTypes: [TensorType]
  /// Names of the outputs: of the layers that make them, `output` and a number for others.
  public let outputNames: [String]
  /// The architecture as data: what is written beside the weights. Of a model made by a closure it is the record of the
  /// layers called there, a ``Functional``; nil where something was computed that no layer stands for.
  public let architecture: (any Layer)?
  /// What a file had that is computed in another way here, such as a dtype policy: for people.
  public internal(set) var notes: [String] = []
  /// The calls that a layer of one's own makes, as data, where it is the architecture.
  let recorded: Functional?
  /// Why there is no architecture, or no record.
  let unrecorded: CajalError?
  /// Names of the layers of a model that was cut out of another, whose store has variables of others besides.
  private let ownLayers: Set<String>?

  /// The model as a layer of another one.
  let layer: (any Layer)?
  let store: VariableStore
  let names: LayerNames
  let arena = Arena()
  let calls: [ModelTrace.LayerCall]
  private let body: @Sendable ([Tensor]) throws -> [Tensor]
  let lock: RecursiveLock
  var programs = ProgramCache()
  var training: TrainingSettings?
  private(set) var frozen: Set<String>
  /// Which passes of the compiler run; set before the first program is made.
  package var passSettings = PassSettings.fromEnvironment

  /// A model of a layer with one input.
  ///
  /// - Parameters:
  ///   - layer: The architecture.
  ///   - inputShape: Sizes of one sample, without the batch: `[28, 28, 1]`.
  ///   - dtype: Element type of the input; `int32` for an embedding.
  ///   - seed: Fixes initial values and all random numbers.
  /// Errors: the first layer that does not fit, by its path, with what it expected and what came.
  public convenience init<L: Layer>(_ layer: L, inputShape: Shape, dtype: DType = .float32, seed: Int = 0) throws
  where L.Input == Tensor {
    try self.init(layer, inputs: [TensorType(inputShape, dtype)], seed: seed)
  }

  /// A model of a layer with any inputs; types are those of one sample.
  public convenience init<L: Layer>(_ layer: L, inputs: [TensorType], seed: Int = 0) throws {
    try self.init(inputs: inputs, seed: seed, architecture: layer, values: .initialized) { tensors in
      try layer.forward(L.Input(tensors: tensors)).tensors
    }
  }

  /// A model of a function of symbolic tensors: any number of inputs and outputs.
  ///
  /// Example:
  /// ```swift
  /// let first = Dense(16, activation: .relu), last = Dense(1)
  /// let model = try Model(inputs: [TensorType([8], .float32)]) { [last(Add()([first($0[0]), $0[0]]))] }
  /// ```
  ///
  /// What the function calls is recorded as a ``Functional``, the model's architecture. Of operations on tensors between
  /// layers, arithmetic and elementwise functions are recorded; a model with others cannot be saved whole.
  public convenience init(
    inputs: [TensorType], seed: Int = 0, name: String? = nil,
    _ body: @escaping @Sendable ([Tensor]) throws -> [Tensor]
  ) throws {
    try self.init(inputs: inputs, seed: seed, architecture: nil, name: name, values: .initialized, body)
  }

  /// Names and shapes without values: enough for a summary, and it takes no memory.
  public static func outline<L: Layer>(_ layer: L, inputs: [TensorType]) throws -> Model {
    try Model(inputs: inputs, seed: 0, architecture: layer, values: .shapesOnly) { tensors in
      try layer.forward(L.Input(tensors: tensors)).tensors
    }
  }

  init(
    inputs: [TensorType], seed: Int, architecture: (any Layer)?, name: String? = nil, values: VariableStore.Values,
    sharing: Model? = nil,
    _ body: @escaping @Sendable ([Tensor]) throws -> [Tensor]
  ) throws {
    for (index, type) in inputs.enumerated() where !type.shape.hasSizes {
      throw CajalError(
        .shape, "Model", expected: "sizes of 0 or more in input \(index)", given: "the shape is \(type.shape)",
        advice: "Give the sizes of one sample, without the batch; a model has one length of sequences.")
    }
    inputTypes = inputs
    self.body = body
    store = sharing?.store ?? VariableStore(seed: seed, values: values)
    names = sharing?.names ?? LayerNames()
    lock = sharing?.lock ?? RecursiveLock()
    frozen = sharing?.frozen ?? []
    let trace = ModelTrace(mode: .inference, store: store, names: names, frozen: [], isRecorded: true)
    let batch = 2
    let outputs = try Model.run(body, inputs, batch: batch, trace)
    guard outputs.allSatisfy({ $0.rank > 0 && $0.shape[0] == batch }) else {
      throw CajalError(
        .shape, "Model", expected: "outputs whose first axis is the batch",
        given: "they are \(outputs.map { $0.shape.description }.joined(separator: ", ")) for a batch of \(batch)",
        advice: "Do not sum or reshape the batch away.")
    }
    outputTypes = outputs.map { TensorType(Shape(Array($0.shape.dimensions.dropFirst())), $0.dtype) }
    outputNames = Model.names(of: outputs, madeBy: trace.calls)
    calls = trace.calls
    store.isBuilt = true
    var failure: CajalError?
    var record: Functional?
    if !(architecture is Sequential || architecture is Functional) {
      do {
        record = try Functional(
          recording: trace, outputs: outputs, name: name ?? architecture?.name.text, isPart: sharing != nil)
      } catch {
        failure = error as? CajalError
      }
    }
    self.architecture = architecture ?? record
    recorded = record
    ownLayers = sharing == nil ? nil : record.map { Set($0.layers.compactMap(\.name.text)) }
    unrecorded = failure
    layer = self.architecture.map { Model.sharing($0, name: $0.name.text) }
  }

  /// A layer that may be called more than once.
  static func sharing<Shared: Layer>(_ layer: Shared, name: String?) -> any Layer {
    var layer = layer
    layer.name = LayerName(name, sharing: Shared.className)
    return layer
  }

  /// The outputs of the architecture as a layer of another model, whose weights begin as copies of this model's.
  func applied(asLayerOf trace: ModelTrace, _ inputs: [Tensor]) -> [Tensor] {
    guard let layer else {
      let error = CajalError(
        .unsupported, "Model", expected: "a model made of layers inside another model",
        given: unrecorded.map { "in \($0.subject) \($0.given)" } ?? "it has no architecture",
        advice: "Write that part as a Layer, or train both models in a CompiledStep.")
      trace.note(error)
      return outputTypes.map { _ in Tensor.poisoned(in: trace) }
    }
    return call(layer, trace, inputs)
  }

  private func call<Called: Layer>(_ layer: Called, _ trace: ModelTrace, _ inputs: [Tensor]) -> [Tensor] {
    do {
      let input = try Called.Input(tensors: inputs)
      return trace.enter(layer, input: input) { () -> [Tensor] in
        trace.provide(variables.map { ($0.name, $0.value) })
        do {
          return try layer.forward(input).tensors
        } catch {
          return outputTypes.map { _ in Tensor.misfit(error, trace: trace) }
        }
      }
    } catch {
      return outputTypes.map { _ in Tensor.misfit(error, trace: trace) }
    }
  }

  /// Runs the architecture on symbolic inputs; throws the first misfit.
  private static func run(
    _ body: ([Tensor]) throws -> [Tensor], _ types: [TensorType], batch: Int, _ trace: ModelTrace
  ) throws -> [Tensor] {
    let inputs = types.enumerated().map { index, type in
      Tensor.placeholder("input \(index)", TensorType(Shape([batch] + type.shape.dimensions), type.dtype), trace: trace)
    }
    trace.inputs = inputs
    let outputs: [Tensor]
    do {
      outputs = try body(inputs)
    } catch {
      throw trace.errors.first ?? error
    }
    if let error = trace.errors.first { throw error }
    return outputs
  }

  /// The outputs of the architecture for symbolic tensors of whatever trace they belong to.
  func applied(to inputs: [Tensor]) throws -> [Tensor] { try body(inputs) }

  /// A trace of the model for one batch size.
  func trace(_ mode: ModelTrace.Mode, batch: Int) throws -> (trace: ModelTrace, inputs: [Tensor], outputs: [Tensor]) {
    let trace = ModelTrace(mode: mode, store: store, names: names, frozen: frozen)
    let outputs = try Model.run(body, inputTypes, batch: batch, trace)
    return (trace, trace.inputs, outputs)
  }

  // MARK: - Parameters

  /// Parameters and states by path (`dense/kernel`), in Keras's order; of a model that was cut out of another, its own.
  public var variables: [Variable] {
    guard let ownLayers else { return store.variables }
    return store.variables.filter { ownLayers.contains(String($0.name.prefix { $0 != "/" })) }
  }

  /// The number of trained and kept values.
  public var parameterCount: Int { variables.reduce(0) { $0 + $1.type.shape.count } }

  /// Values that training changes.
  public var trainableParameterCount: Int {
    variables.filter { $0.role == .parameter }.filter { isTrainable($0.name) }.reduce(0) { $0 + $1.type.shape.count }
  }

  /// Whether the variable or layer at a path is trained.
  public func isTrainable(_ path: String) -> Bool {
    ModelTrace(mode: .inference, store: store, names: names, frozen: frozen).isTrainable(path)
  }

  /// Freezes or frees layers by path, with everything inside; `""` is the whole model. Programs are compiled again.
  ///
  /// Errors: `.missing` for a path that is no layer or parameter.
  public func setTrainable(_ isTrainable: Bool, _ paths: String...) throws {
    try lock.withLock {
      for path in paths {
        guard path.isEmpty || store.variables.contains(where: { $0.name == path || $0.name.hasPrefix(path + "/") })
        else {
          throw CajalError(.missing, "Model", expected: "the path of a layer with parameters", given: "it is '\(path)'")
        }
        if isTrainable {
          frozen = frozen.filter { $0 != path && !$0.hasPrefix(path + "/") }
        } else {
          frozen.insert(path)
        }
      }
      programs.removeAll()
    }
  }

  /// The value of a variable by its path.
  ///
  /// Errors: `.missing` for an unknown path.
  public func weight(_ path: String) throws -> Tensor {
    try lock.withLock {
      guard let variable = store[path] else { throw unknown(path) }
      return try Tensor(variable.value, shape: variable.type.shape)
    }
  }

  /// Sets a variable.
  ///
  /// Errors: `.missing` for an unknown path, `.shape` for another shape.
  public func setWeight(_ path: String, _ value: Tensor) throws {
    try lock.withLock {
      guard let variable = store[path] else { throw unknown(path) }
      guard value.type == variable.type else {
        throw CajalError(.shape, path, expected: "\(variable.type)", given: "it is \(value.type)")
      }
      variable.value = value.storage
    }
  }

  private func unknown(_ path: String) -> CajalError {
    CajalError(
      .missing, "Model", expected: "the path of a variable", given: "it is '\(path)'",
      advice:
        "Variables are \(store.variables.prefix(6).map(\.name).joined(separator: ", "))\(store.variables.count > 6 ? ", …" : "")."
    )
  }
}

/// A lock that its holder may take again: a callback inside `fit` may ask the model for something.
final class RecursiveLock: Sendable {
  private let lock = NSRecursiveLock()
  func withLock<Result>(_ body: () throws -> Result) rethrows -> Result {
    lock.lock()
    defer { lock.unlock() }
    return try body()
  }
}
