/// The variables of a model by path, in the order they were made: Keras's order of weights.
final class VariableStore {
  private(set) var variables: [Variable] = []
  private var byPath: [String: Variable] = [:]
  private(set) var seed: Int
  /// After the build no variable may appear: a program that asks for one disagrees with the first.
  var isBuilt = false

  /// Whether new variables get their first values; names and shapes alone need no memory and no backend. Those of a file
  /// must be in it, or be no more numbers than it has, and are filled from it afterwards, so that a file's numbers ask for no more memory than it has bytes.
  enum Values: Sendable { case initialized, shapesOnly, saved([String: TensorType]), within(Int) }
  let values: Values
  private var numbers = 0

  /// What random numbers are keyed by: the seed, and a number that grows with every step.
  let seedVariable: Variable
  let stepVariable: Variable

  init(seed: Int, values: Values = .initialized) {
    self.seed = seed
    self.values = values
    seedVariable = Variable("seed", TensorType([], .int64), role: .counter, value: Storage([Int64(seed)]))
    stepVariable = Variable("step", TensorType([], .int64), role: .counter, value: Storage([Int64(0)]))
  }

  /// Updates made so far.
  var step: Int { Int(stepVariable.storage.withBytes { $0.load(as: Int64.self) }) }

  /// Goes on with the random numbers of a saved model.
  func restore(seed: Int, step: Int) {
    self.seed = seed
    seedVariable.value = Storage([Int64(seed)])
    stepVariable.value = Storage([Int64(step)])
  }

  /// Parameters in the order they were made.
  var parameters: [Variable] { variables.filter { $0.role == .parameter } }

  subscript(path: String) -> Variable? { byPath[path] }

  /// - Parameter given: The first values of a new variable, where they are not the initializer's.
  func variable(
    _ path: String, _ type: TensorType, role: Variable.Role, _ initializer: Initializer, given: Storage? = nil
  ) throws -> Variable {
    if let known = byPath[path] {
      guard known.type == type else {
        throw CajalError(
          .shape, path, expected: "\(known.type), as when the model was built", given: "this input asks for \(type)",
          advice: "Parameters must not depend on the batch or on sizes that vary.")
      }
      return known
    }
    guard !isBuilt else {
      throw CajalError(
        .argument, path, expected: "the variables of the built model", given: "a later trace asks for a new one",
        advice: "Ask for every parameter in every call of forward, whatever the mode.")
    }
    try demandReasonableSize(path, type)
    numbers += type.shape.count
    if case .within(let most) = values, numbers > most {
      throw CajalError(
        .format, path, expected: "weights of at most \(most) numbers, which the file has", given: "\(type) is more",
        advice: "The saved model is damaged: save it again.")
    }
    let value: Storage
    switch values {
    case .initialized where given?.count == type.shape.count && given?.dtype == type.dtype:
      value = given?.copied() ?? Storage(type.dtype, count: type.shape.count)
    case .initialized: value = try initializer.values(type, seed: seed, stream: stableHash(path))
    case .saved(let types):
      guard let saved = types[path], saved.shape == type.shape else {
        throw CajalError(
          .format, path, expected: "a saved weight \(type), as the saved architecture has it",
          given: types[path].map { "it is \($0)" } ?? "there is none",
          advice: "The saved model is damaged: save it again.")
      }
      fallthrough
    case .shapesOnly, .within:
      value = Storage(type.dtype, count: type.shape.count)  // memory that nobody touches takes no pages
    }
    let variable = Variable(path, type, role: role, value: value)
    add(variable)
    return variable
  }

  /// A configuration from a file may ask for any size.
  private func demandReasonableSize(_ path: String, _ type: TensorType) throws {
    var count = 1
    for size in type.shape.dimensions {
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      guard size >= 0, !overflow, product <= 1 << 36 else {
        throw CajalError(
          .argument, path, expected: "sizes from 0 to 2^36 elements", given: "the shape is \(type.shape)",
          advice: "Check the layer's sizes.")
      }
      count = product
    }
  }

  /// Values that go on from batch to batch, by path and shape; no part of the model's files.
  private var carriedValues: [String: Variable] = [:]

  func carried(_ path: String, _ type: TensorType) -> Variable {
    let key = "\(path) \(type)"
    if let known = carriedValues[key] { return known }
    let variable = Variable(path, type, role: .chain, value: Storage(type.dtype, count: type.shape.count))
    carriedValues[key] = variable
    variable.setZero()
    return variable
  }

  /// Sets what goes on from batch to batch to zeros.
  func resetCarried() { carriedValues.values.forEach { $0.setZero() } }

  func add(_ variable: Variable) {
    variables.append(variable)
    byPath[variable.name] = variable
  }
}

extension Variable {
  /// Sets all elements to 0, in place.
  func setZero() { storage.withMutableBytes { _ = $0.initializeMemory(as: UInt8.self, repeating: 0) } }
}
