// Updates of variables: old values are read before new ones are written, whatever depends on what.
import CajalCPU
import CajalCompiler
import CajalGraph
import Testing

/// A step over two vectors a and b and an input x, and what it should leave.
private struct Step: Sendable, CustomTestStringConvertible {
  typealias Vector = [Double]
  var name: String
  /// Outputs, next a, next b.
  var graph: @Sendable (Tensor, Tensor, Tensor) -> (outputs: [Tensor], a: Tensor, b: Tensor)
  var formula: @Sendable (Vector, Vector, Vector) -> (outputs: [Vector], a: Vector, b: Vector)
  var testDescription: String { name }

  init(
    _ name: String, _ graph: @escaping @Sendable (Tensor, Tensor, Tensor) -> (outputs: [Tensor], a: Tensor, b: Tensor),
    _ formula: @escaping @Sendable (Vector, Vector, Vector) -> (outputs: [Vector], a: Vector, b: Vector)
  ) {
    self.name = name
    self.graph = graph
    self.formula = formula
  }
}

private func each(_ a: [Double], _ b: [Double], _ body: (Double, Double) -> Double) -> [Double] { zip(a, b).map(body) }

private let steps: [Step] = [
  Step("exchange", { a, b, _ in ([], b, a) }, { a, b, _ in ([], b, a) }),
  Step("themselves", { a, b, _ in ([a], a, b) }, { a, b, _ in ([a], a, b) }),
  Step("the same value", { a, b, x in ([], a + x, a + x) }, { a, b, x in ([], each(a, x, +), each(a, x, +)) }),
  Step("an input", { a, b, x in ([], x, a * x) }, { a, b, x in ([], x, each(a, x, *)) }),
  Step(
    "constants", { a, b, x in ([b], Tensor.ones([3]), Tensor([4, 5, 6])) }, { a, b, x in ([b], [1, 1, 1], [4, 5, 6]) }),
  Step(
    "results as well", { a, b, x in ([a + x, a, b], a + x, b * 2) },
    { a, b, x in ([each(a, x, +), a, b], each(a, x, +), b.map { $0 * 2 }) }),
  Step(
    "each other's next",
    { a, b, x in
      let next = a - x * 0.5
      return ([next.sum()], next, b + next * a)
    },
    { a, b, x in
      let next = each(a, x) { $0 - 0.5 * $1 }
      return ([[next.reduce(0, +)]], next, each(b, each(next, a, *), +))
    }),
  Step(
    "turned around", { a, b, x in ([a.reversed(axes: [0])], a.reversed(axes: [0]), b.reversed(axes: [0]) + a) },
    { a, b, x in
      ([a.reversed()], a.reversed(), each(b.reversed(), a, +))
    }),
  Step(
    "reshaped", { a, b, x in ([], b.reshaped([1, 3]).reshaped([3]), (a * 2).reshaped([3, 1]).reshaped([3])) },
    { a, b, x in
      ([], b, a.map { $0 * 2 })
    }),
  Step(
    "old value read late",
    { a, b, x in
      let next = a * 2
      let late = (next.sum() + a).exp()
      return ([late], next, late)
    },
    { a, b, x in
      let next = a.map { $0 * 2 }
      let late = a.map { Values([1], .float32, [next.reduce(0, +) + $0]).exponential }
      return ([late], next, late)
    }),
]

extension Values {
  fileprivate var exponential: Double { Interpreter.elementwise(.exp, [self]).data[0] }
}

@Suite struct VariableTests {
  @Test(arguments: steps, [true, false]) private func keepsOldAndNewApart(_ step: Step, isTraining: Bool) throws {
    for off in [""] + PassTests.passes {
      let start: ([Double], [Double]) = ([0.5, -1, 2], [3, 0.25, -0.5])
      let type = TensorType([3], .float32)
      let a = Variable("a", type, role: .parameter, value: Values([3], .float32, start.0).storage)
      let b = Variable("b", type, role: .parameter, value: Values([3], .float32, start.1).storage)
      let x = Tensor.placeholder("x", type, trace: nil)
      let graph = step.graph(a.read(in: nil), b.read(in: nil), x)
      let program = try Program(
        Request(inputs: [x], outputs: graph.outputs, updates: [(a, graph.a), (b, graph.b)], isTraining: isTraining),
        settings: PassSettings(off: off.isEmpty ? [] : [off]))
      var expected = start
      let given = Values([3], .float32, [0.25, 0.5, -0.125])
      let (input, results) = (given.storage, graph.outputs.map { Storage($0.dtype, count: $0.count) })
      for _ in 0..<2 {
        try program.run([input], into: results)
        let wanted = step.formula(expected.0, expected.1, given.data)
        for (result, values) in zip(results, wanted.outputs) {
          expectClose(
            [Values(result, shape: Shape([values.count]))], [Values([values.count], .float32, values)], tolerance: 1e-6,
            "\(step.name), off [\(off)], output")
        }
        expected = (wanted.a, wanted.b)
        expectClose(
          [Values(a.value, shape: [3]), Values(b.value, shape: [3])],
          [Values([3], .float32, expected.0), Values([3], .float32, expected.1)], tolerance: 1e-6,
          "\(step.name), off [\(off)]")
      }
    }
  }

  /// A training program lets a kernel lie as its convolution likes; a prediction program reads it all the same.
  @Test(arguments: [(3, 16), (16, 16), (32, 48), (16, 5)], [true, false])
  func programsShareRearrangedParameters(sizes: (channels: Int, filters: Int), trainsFirst: Bool) throws {
    let (channels, filters) = sizes
    var draw = Draw(seed: 7)
    let values = draw.numbers([3, 3, channels, filters], -0.3, 0.3)
    let kernel = Variable("kernel", values.type, role: .parameter, value: values.storage)
    let image = draw.numbers([2, 6, 5, channels], -1, 1)
    let x = Tensor.placeholder("x", image.type, trace: nil)
    let window = Window(strides: [1, 1], paddingLow: [1, 1], paddingHigh: [1, 1], dilations: [1, 1])
    let w = kernel.read(in: nil)
    let y = x.convolved(w, window: window)
    let slope = gradient(of: (y * y).mean(), with: [w])[0]
    func compile(_ isTraining: Bool) throws -> Program {
      let updates: [(variable: Variable, value: Tensor)] = isTraining ? [(kernel, w - slope * 0.5)] : []
      return try Program(
        Request(inputs: [x], outputs: [y], updates: updates, isTraining: isTraining), settings: PassSettings())
    }
    let first = try compile(trainsFirst)
    let second = try compile(!trainsFirst)
    let (training, prediction) = trainsFirst ? (first, second) : (second, first)
    #expect(
      difference(Values(kernel.value, shape: kernel.type.shape), values, tolerance: 0) == nil,
      "compiling keeps the value")

    var interpreter = Interpreter([(x, image)])
    interpreter.variables[ObjectIdentifier(kernel)] = values
    let expected = try interpreter.evaluate([y, w - slope * 0.5])
    let (input, result) = (image.storage, Storage(.float32, count: y.count))
    for program in [prediction, training] {
      try program.run([input], into: [result])
      expectClose([Values(result, shape: y.shape)], [expected[0]], tolerance: 1e-5, "before the update")
    }
    training.noteChanges()
    expectClose([Values(kernel.value, shape: kernel.type.shape)], [expected[1]], tolerance: 1e-5, "the update")
    var later = Interpreter([(x, image)])
    later.variables[ObjectIdentifier(kernel)] = expected[1]
    try prediction.run([input], into: [result])
    expectClose([Values(result, shape: y.shape)], try later.evaluate([y]), tolerance: 1e-5, "after the update")
  }
}
