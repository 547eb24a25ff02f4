/// The build of one program: names, variables, state updates, extra losses. It is at home in one model, or visits several.
final class ModelTrace: Trace {
  enum Mode: String, Sendable, Hashable { case training, inference }

  /// Whose layers are being called.
  private struct Home {
    var mode: Mode
    var store: VariableStore
    /// Names of layers already met, kept by the model from its first trace on.
    var names: LayerNames
    var frozen: Set<String>
    /// Tells the noise of several models in one trace apart.
    var label = ""
    var used: Set<ObjectIdentifier> = []
    var counters: [String: Int] = [:]
  }

  private var home: Home
  /// Where the seed and the number of the step come from.
  private let root: VariableStore
  /// Whether models may be called in the trace, each with its own weights.
  let takesModels: Bool
  /// The models visited, in order.
  private(set) var visited: [Model] = []
  /// Each variable's values in this step, the one at its start first.
  private var values: [ObjectIdentifier: [Tensor]] = [:]
  private var stateOf: [TensorKey: Variable] = [:]
  private var randomUses: [String: Int] = [:]

  var mode: Mode { home.mode }
  private var store: VariableStore { home.store }
  private var names: LayerNames { home.names }

  /// Which places of a sequence count, by the tensor that has them; see `Mask.swift`.
  var masks: [TensorKey: Mask] = [:]
  /// The symbolic inputs.
  var inputs: [Tensor] = []
  /// Losses added by layers.
  var losses: [Tensor] = []
  /// States and their next values.
  private(set) var updates: [(variable: Variable, value: Tensor)] = []
  /// Seed and number of the step, by which random numbers are keyed.
  private lazy var seed = read(root.seedVariable)
  private(set) lazy var step = read(root.stepVariable)
  /// Top-level layers in the order they were called, for summaries.
  private(set) var calls: [LayerCall] = []

  struct LayerCall {
    var path: String
    var className: String
    var inputs: [Tensor]
    var outputs: [Tensor]
    var depth: Int
  }

  /// A call of a layer that no other layer made.
  struct OuterCall {
    var layer: any Layer
    /// The last part of its path.
    var component: String
    var inputs: [Tensor]
    var outputs: [Tensor]
  }

  /// Whether the outermost calls are kept for a record: in the trace with which a model is made, from which nothing is
  /// computed.
  private let isRecorded: Bool
  /// The calls of which a record of the model can be made, in order.
  private(set) var outerCalls: [OuterCall] = []
  private var nesting = 0
  /// First values of variables that are not the initializer's: those of models called as layers.
  private var given: [String: Storage] = [:]

  init(
    mode: Mode, store: VariableStore, names: LayerNames, frozen: Set<String>, takesModels: Bool = false,
    isRecorded: Bool = false
  ) {
    self.takesModels = takesModels
    self.isRecorded = isRecorded
    home = Home(mode: mode, store: store, names: names, frozen: frozen)
    root = store
  }

  /// Runs a model's architecture with the model's own variables and names.
  func visit<Result>(_ model: Model, _ mode: Mode, _ body: () -> Result) -> Result {
    let number = visited.firstIndex { $0 === model } ?? visited.count
    if number == visited.count { visited.append(model) }
    let outer = home
    home = Home(mode: mode, store: model.store, names: model.names, frozen: model.frozen, label: "model \(number)/")
    defer { home = outer }
    return standing(at: "", body)
  }

  /// Runs a layer's `forward` under its own path.
  func enter<Input: LayerValue, Output: LayerValue>(
    _ layer: any Layer, input: Input, _ body: () -> Output
  ) -> Output {
    let name = layer.name
    if name.sharedClass != nil, let known = names.path(of: name.token) {
      return anew(below: known) { standing(at: known) { record(layer, input, body) } }
    }
    let component = component(for: name, className: type(of: layer).className)
    return descend(into: component) {
      if name.sharedClass != nil { names.keep(path: path, for: name.token) }
      return record(layer, input, body)
    }
  }

  /// Lets the layers inside a shared one be called, and numbered, as if for the first time.
  private func anew<Result>(below known: String, _ body: () -> Result) -> Result {
    let (used, counters) = (home.used, home.counters)
    home.used = []
    home.counters = counters.filter { !$0.key.hasPrefix(known + "/") }
    defer { (home.used, home.counters) = (used, counters) }
    return body()
  }

  /// Keeps the call of a layer for summaries and records; the trace stands at the layer's path.
  private func record<Input: LayerValue, Output: LayerValue>(
    _ layer: any Layer, _ input: Input, _ body: () -> Output
  ) -> Output {
    let depth = max(path.split(separator: "/").count - 1, 0)
    let index = calls.count
    let className = type(of: layer).className
    calls.append(LayerCall(path: path, className: className, inputs: input.tensors, outputs: [], depth: depth))
    nesting += 1
    var output = body()
    nesting -= 1
    if nesting == 0, isRecorded { output = distinct(output) }
    calls[index].outputs = output.tensors
    if let large = output.tensors.first(where: { $0.count > 1 << 40 }) {
      note(
        CajalError(
          .argument, className, expected: "results of at most 2^40 elements", given: "one is \(large.shape)",
          advice: "Check the layer's sizes."))
      output = (try? Output(tensors: output.tensors.map { _ in Tensor.poisoned(in: self) })) ?? output
    }
    if nesting == 0, isRecorded {
      let component = path.split(separator: "/").last.map(String.init) ?? path
      outerCalls.append(
        OuterCall(layer: layer, component: component, inputs: input.tensors, outputs: output.tensors))
    }
    return output
  }

  /// The same values under a new identity where a layer gives what it was given, as dropout does in prediction: a record
  /// must see that the layer was passed.
  private func distinct<Output: LayerValue>(_ output: Output) -> Output {
    let known = Set((inputs + outerCalls.flatMap(\.outputs)).map(\.key))
    let tensors = output.tensors
    guard tensors.contains(where: { known.contains($0.key) && !$0.shape.isPoisoned }) else { return output }
    let renewed = tensors.map { tensor -> Tensor in
      guard known.contains(tensor.key) else { return tensor }
      let same = tensor.stoppingGradient()
      masks[same.key] = masks[tensor.key]
      return same
    }
    return (try? Output(tensors: renewed)) ?? output
  }

  /// Whether the model's variables exist, so that this is not its first trace.
  private var isBuilt: Bool { store.isBuilt }

  /// Gives the variables below the current path the values of another model, where this is the first trace.
  func provide(_ values: [(path: String, value: Storage)]) {
    guard !isBuilt else { return }
    for (name, value) in values { given[path.isEmpty ? name : path + "/" + name] = value }
  }

  private func component(for name: LayerName, className: String) -> String {
    if !home.used.insert(ObjectIdentifier(name.token)).inserted {
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
    let number = home.counters[key, default: 0]
    home.counters[key] = number + 1
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
      let variable = try store.variable(full, type, role: role, initializer, given: given[full])
      if role == .parameter, let change = rewrite?(name, type.shape) {
        set(variable, to: change(read(variable)).stoppingGradient())
      }
      return read(variable)
    } catch {
      return Tensor.misfit(error, trace: self)
    }
  }

  /// What variables must be after each update.
  private var constraints: [ObjectIdentifier: Constraint] = [:]

  /// Notes what a variable of the running layer must be after each update.
  func constrain(_ name: String, _ constraint: Constraint) {
    guard let variable = store[path.isEmpty ? name : path + "/" + name] else { return }
    constraints[ObjectIdentifier(variable)] = constraint
  }

  func constraint(on variable: Variable) -> Constraint? { constraints[ObjectIdentifier(variable)] }

  /// What becomes of a parameter, by its name and shape, before a layer sees it: its new value for good, or nil.
  typealias Rewrite = (_ name: String, _ shape: Shape) -> ((Tensor) -> Tensor)?
  private var rewrite: Rewrite?

  /// Changes parameters as they are asked for while `body` runs.
  func rewriting<Result>(_ rewrite: @escaping Rewrite, during body: () throws -> Result) rethrows -> Result {
    let outer = self.rewrite
    self.rewrite = rewrite
    defer { self.rewrite = outer }
    return try body()
  }

  /// The value of a variable now: at the start of the step, or what it has been set to since.
  func read(_ variable: Variable) -> Tensor {
    if let known = values[ObjectIdentifier(variable)]?.last { return known }
    let tensor = variable.read(in: self)
    values[ObjectIdentifier(variable)] = [tensor]
    if variable.role != .parameter { stateOf[tensor.key] = variable }
    return tensor
  }

  /// A value that goes on from batch to batch, such as a recurrent layer's; zeros at first, one for each shape.
  func carried(_ name: String, _ type: TensorType) -> Tensor {
    read(store.carried(path.isEmpty ? name : path + "/" + name, type))
  }

  /// What the trace has read of a variable, the latest value last.
  func values(of variable: Variable) -> [Tensor] { values[ObjectIdentifier(variable)] ?? [] }

  /// Sets a variable: who reads it later in the trace gets the new value, and the step ends with it.
  func set(_ variable: Variable, to value: Tensor) {
    guard !value.shape.isPoisoned else { return }
    guard value.type == variable.type else {
      note(CajalError(.shape, variable.name, expected: "a new value \(variable.type)", given: "it is \(value.type)"))
      return
    }
    _ = read(variable)
    values[ObjectIdentifier(variable)]?.append(value)
    updates.removeAll { $0.variable === variable }
    updates.append((variable, value))
  }

  /// Sets a layer's state by what `scope.state` returned.
  func update(_ state: Tensor, to value: Tensor) {
    guard !state.shape.isPoisoned, !value.shape.isPoisoned else { return }
    guard let variable = stateOf[state.key] else {
      note(
        CajalError(
          .argument, "update", expected: "a state of this layer", given: "it is another tensor",
          advice: "Pass what scope.state(…) returned."))
      return
    }
    // A node of its own tells the state from whatever else has this value.
    let kept = value.stoppingGradient()
    set(variable, to: kept)
    stateOf[kept.key] = variable
  }

  /// What changes in prediction too: values that go on from batch to batch.
  var carriedUpdates: [(variable: Variable, value: Tensor)] { updates.filter { $0.variable.role == .chain } }

  func isTrainable(_ path: String) -> Bool {
    let frozen = home.frozen
    guard !frozen.isEmpty else { return true }
    var prefix = ""
    for part in path.split(separator: "/") {
      prefix += (prefix.isEmpty ? "" : "/") + part
      if frozen.contains(prefix) { return false }
    }
    return !frozen.contains("")
  }

  /// Random numbers keyed by seed, path, use within the path and step; in a loop over time, by the iteration too.
  func random(
    _ distribution: RandomValues.Distribution, _ lower: Double, _ upper: Double, _ shape: Shape,
    iteration: Tensor? = nil
  ) -> Tensor {
    let place = home.label + path
    let use = randomUses[place, default: 0]
    randomUses[place] = use + 1
    let operation = RandomValues(
      distribution, lower: lower, upper: upper, stream: stableHash("\(place)#\(use)"), type: TensorType(shape, .float32)
    )
    guard let iteration else { return Tensor.make(operation, [seed, step]) }
    // Iterations take the upper half of the counter, which steps do not reach.
    return Tensor.make(operation, [seed, step + iteration * Tensor([Int64(1) << 32], shape: [])])
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
