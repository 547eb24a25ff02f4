/// The build of one program of a model: names, variables, state updates, extra losses.
final class ModelTrace: Trace {
  enum Mode: String, Sendable, Hashable { case training, inference }

  let mode: Mode
  let store: VariableStore
  /// Names of layers already met, kept by the model from its first trace on.
  let names: LayerNames
  private let frozen: Set<String>
  private var used: Set<ObjectIdentifier> = []
  private var counters: [String: Int] = [:]
  private var read: [ObjectIdentifier: Tensor] = [:]
  private var randomUses: [String: Int] = [:]

  /// The symbolic inputs.
  var inputs: [Tensor] = []
  /// Losses added by layers.
  var losses: [Tensor] = []
  /// States and their next values.
  private(set) var updates: [(variable: Variable, value: Tensor)] = []
  /// Seed and number of the step, by which random numbers are keyed.
  private lazy var seed = read(store.seedVariable)
  private(set) lazy var step = read(store.stepVariable)
  /// Top-level layers in the order they were called, for summaries.
  private(set) var calls: [LayerCall] = []

  struct LayerCall {
    var path: String
    var className: String
    var inputs: [Tensor]
    var outputs: [Tensor]
    var depth: Int
  }

  init(mode: Mode, store: VariableStore, names: LayerNames, frozen: Set<String>) {
    self.mode = mode
    self.store = store
    self.names = names
    self.frozen = frozen
  }

  /// Runs a layer's `forward` under its own path.
  func enter<Input: LayerValue, Output: LayerValue>(
    _ name: LayerName, className: String, input: Input, _ body: () -> Output
  ) -> Output {
    if name.sharedClass != nil, let known = names.path(of: name.token) {
      return standing(at: known) { record(className, input, body) }
    }
    let component = component(for: name, className: className)
    return descend(into: component) {
      if name.sharedClass != nil { names.keep(path: path, for: name.token) }
      return record(className, input, body)
    }
  }

  /// Keeps the call of a layer for summaries; the trace stands at the layer's path.
  private func record<Input: LayerValue, Output: LayerValue>(
    _ className: String, _ input: Input, _ body: () -> Output
  ) -> Output {
    let depth = max(path.split(separator: "/").count - 1, 0)
    let index = calls.count
    calls.append(LayerCall(path: path, className: className, inputs: input.tensors, outputs: [], depth: depth))
    let output = body()
    calls[index].outputs = output.tensors
    return output
  }

  private func component(for name: LayerName, className: String) -> String {
    if !used.insert(ObjectIdentifier(name.token)).inserted {
      note(
        CajalError(
          .argument, name.text ?? className, expected: "each layer to be used once",
          given: "this one is used a second time",
          advice: "Wrap it in Shared(…) to use the same weights twice, or make a second \(className)."))
    }
    tokens.append(name.token)  // a token's identity must not be given to another while the trace lives
    if let known = names.component(of: name.token) { return known }
    let base = name.text ?? snakeCase(name.sharedClass ?? className)
    let key = path + "/" + base
    let number = counters[key, default: 0]
    counters[key] = number + 1
    if number > 0, name.text != nil {
      note(
        CajalError(
          .argument, base, expected: "a name for each layer of its own", given: "two layers here have this name",
          advice: "Rename one of them."))
    }
    let component = number == 0 ? base : "\(base)_\(number)"
    names.keep(component, for: name.token)
    return component
  }
  private var tokens: [LayerName.Token] = []

  /// The variable of the running layer, made in the first trace.
  func variable(_ name: String, _ type: TensorType, role: Variable.Role, _ initializer: Initializer) -> Tensor {
    let full = path.isEmpty ? name : path + "/" + name
    do {
      let variable = try store.variable(full, type, role: role, initializer)
      return read(variable)
    } catch {
      return Tensor.misfit(error, trace: self)
    }
  }

  /// The value of a variable at the start of the step: one node for all who read it.
  func read(_ variable: Variable) -> Tensor {
    if let known = read[ObjectIdentifier(variable)] { return known }
    let tensor = variable.read(in: self)
    read[ObjectIdentifier(variable)] = tensor
    return tensor
  }

  /// What the trace has read of a variable, if anything.
  func tensor(of variable: Variable) -> Tensor? { read[ObjectIdentifier(variable)] }

  func update(_ state: Tensor, to value: Tensor) {
    guard !state.shape.isPoisoned, !value.shape.isPoisoned else { return }
    guard let variable = (state.node.operation as? ReadVariable)?.variable, variable.role != .parameter else {
      note(
        CajalError(
          .argument, "update", expected: "a state of this layer", given: "it is another tensor",
          advice: "Pass what scope.state(…) returned."))
      return
    }
    guard value.type == variable.type else {
      note(CajalError(.shape, variable.name, expected: "a new value \(variable.type)", given: "it is \(value.type)"))
      return
    }
    updates.append((variable, value))
  }

  func isTrainable(_ path: String) -> Bool {
    guard !frozen.isEmpty else { return true }
    var prefix = ""
    for part in path.split(separator: "/") {
      prefix += (prefix.isEmpty ? "" : "/") + part
      if frozen.contains(prefix) { return false }
    }
    return !frozen.contains("")
  }

  /// Random numbers keyed by seed, path, use within the path and step.
  func random(_ distribution: RandomValues.Distribution, _ lower: Double, _ upper: Double, _ shape: Shape) -> Tensor {
    let use = randomUses[path, default: 0]
    randomUses[path] = use + 1
    let operation = RandomValues(
      distribution, lower: lower, upper: upper, stream: stableHash("\(path)#\(use)"), type: TensorType(shape, .float32))
    return Tensor.make(operation, [seed, step])
  }
}

/// The path component of each layer, numbered once and kept by token.
final class LayerNames {
  private var components: [ObjectIdentifier: String] = [:]
  private var paths: [ObjectIdentifier: String] = [:]
  private var tokens: [LayerName.Token] = []

  func component(of token: LayerName.Token) -> String? { components[ObjectIdentifier(token)] }
  func keep(_ component: String, for token: LayerName.Token) {
    tokens.append(token)
    components[ObjectIdentifier(token)] = component
  }

  /// The whole path of a layer that is called more than once: where it was called first.
  func path(of token: LayerName.Token) -> String? { paths[ObjectIdentifier(token)] }
  func keep(path: String, for token: LayerName.Token) { paths[ObjectIdentifier(token)] = path }
}

/// `BatchNormalization` → `batch_normalization`, `Conv2D` → `conv2d`, as Keras numbers its layers.
func snakeCase(_ name: String) -> String {
  var result = ""
  var previous: Character = "_"
  let characters = Array(name)
  for (index, character) in characters.enumerated() {
    let next = index + 1 < characters.count ? characters[index + 1] : nil
    let startsWord =
      character.isUppercase && index > 0
      && (previous.isLowercase || (previous.isUppercase && next?.isLowercase == true)
        || (previous.isNumber && next?.isLowercase == true))
    if startsWord { result += "_" }
    result += character.lowercased()
    previous = character
  }
  return result
}

/// FNV-1a over the bytes of a text: the same on every machine and in every run.
func stableHash(_ text: String) -> UInt64 {
  text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
}
