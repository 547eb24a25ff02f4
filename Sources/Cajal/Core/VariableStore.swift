/// The variables of a model by path, in the order they were made: Keras's order of weights.
final class VariableStore {
  private(set) var variables: [Variable] = []
  private var byPath: [String: Variable] = [:]
  let seed: Int
  /// After the build no variable may appear: a program that asks for one disagrees with the first.
  var isBuilt = false

  init(seed: Int) { self.seed = seed }

  subscript(path: String) -> Variable? { byPath[path] }

  func variable(_ path: String, _ type: TensorType, role: Variable.Role, _ initializer: Initializer) throws -> Variable {
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
    let values = try initializer.values(type, seed: seed, stream: stableHash(path))
    let variable = Variable(path, type, role: role, value: values)
    add(variable)
    return variable
  }

  func add(_ variable: Variable) {
    variables.append(variable)
    byPath[variable.name] = variable
  }
}
