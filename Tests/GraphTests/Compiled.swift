// Runs graphs as compiled programs.
import CajalCPU
import CajalCompiler
import CajalGraph
import Testing

/// A graph with numbers for its placeholders.
struct Problem {
  var inputs: [(tensor: Tensor, values: Values)] = []
  var outputs: [Tensor] = []
  var updates: [(variable: Variable, value: Tensor)] = []
  var isTraining = false

  /// A placeholder that will be given these numbers.
  mutating func input(_ values: Values) -> Tensor {
    let tensor = Tensor.placeholder("x\(inputs.count)", values.type, trace: nil)
    inputs.append((tensor, values))
    return tensor
  }

  /// Values of the outputs, from a program.
  func compiled(_ settings: PassSettings = PassSettings()) throws -> [Values] {
    let program = try Program(
      Request(inputs: inputs.map(\.tensor), outputs: outputs, updates: updates, isTraining: isTraining),
      settings: settings)
    try program.code.verify(after: "all passes")
    let given = inputs.map { $0.values.storage }
    let results = outputs.map { Storage($0.dtype, count: $0.count) }
    // What a kernel does not write is not a number.
    for result in results { _ = result.withMutableBytes { $0.initializeMemory(as: UInt8.self, repeating: 0xff) } }
    try program.run(given, into: results)
    program.noteChanges()
    return zip(results, outputs).map { Values($0, shape: $1.shape) }
  }

  /// Values of the outputs, from the reference.
  func interpreted() throws -> [Values] {
    var interpreter = Interpreter(inputs.map { ($0.tensor, $0.values) })
    return try interpreter.evaluate(outputs)
  }
}

/// The first place where numbers differ by more than tolerance · (1 + |expected|), in words; nil if there is none.
func difference(_ given: Values, _ expected: Values, tolerance: Double) -> String? {
  if given.shape != expected.shape { return "shape \(given.shape), expected \(expected.shape)" }
  if given.dtype != expected.dtype { return "dtype \(given.dtype), expected \(expected.dtype)" }
  for (index, (a, b)) in zip(given.data, expected.data).enumerated() {
    if a == b || a.isNaN && b.isNaN { continue }
    let isExact = !expected.dtype.isFloating
    if a.isFinite, b.isFinite, !isExact, abs(a - b) <= tolerance * (1 + abs(b)) { continue }
    return "element \(index) of \(given.type) is \(a), expected \(b)"
  }
  return nil
}

/// Expects equal types and close numbers for every output.
func expectClose(
  _ given: [Values], _ expected: [Values], tolerance: Double, _ what: @autoclosure () -> String,
  _ location: SourceLocation = #_sourceLocation
) {
  #expect(given.count == expected.count, sourceLocation: location)
  for (index, (a, b)) in zip(given, expected).enumerated() {
    if let text = difference(a, b, tolerance: tolerance) {
      Issue.record("\(what()), result \(index): \(text)", sourceLocation: location)
    }
  }
}
