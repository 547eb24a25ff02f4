// Scales behind convolutions and products go into their weights: the same numbers, one kernel, and only where parameters
// alone are scaled.
import CajalCPU
import CajalCompiler
import CajalGraph
import Testing

@Suite struct FoldScalesTests {
  /// A layer of an image network, or of rows, with its scale and shift as variables.
  private struct Layer {
    let x: Tensor
    let values: Values
    let y: Tensor
    let variables: [(Variable, Values)]

    init(_ kind: String, hasBias: Bool, scale: ((Tensor) -> Tensor)? = nil) {
      var draw = Draw(seed: 11)
      var made: [(Variable, Values)] = []
      func parameter(_ shape: [Int]) -> Tensor {
        let values = draw.numbers(shape, -1, 1)
        made.append((Variable("v\(made.count)", values.type, role: .parameter, value: values.storage), values))
        return made[made.count - 1].0.read(in: nil)
      }
      let channels = kind == "depthwise" ? 16 : 5, filters = kind == "depthwise" ? 16 : 7
      values = kind == "dense" ? draw.numbers([6, channels], -1, 1) : draw.numbers([2, 5, 4, channels], -1, 1)
      x = Tensor.placeholder("x", values.type, trace: nil)
      var product: Tensor
      if kind == "dense" {
        product = x.matmul(parameter([channels, filters]))
      } else {
        let window = Window(strides: [1, 1], paddingLow: [1, 1], paddingHigh: [1, 1], dilations: [1, 1])
        product = x.convolved(
          parameter([3, 3, kind == "depthwise" ? 1 : channels, filters]), window: window,
          groups: kind == "depthwise" ? channels : 1)
      }
      if hasBias { product = product + parameter([filters]) }
      let factor = parameter([filters]) * parameter([filters])
      y = (product * (scale?(x) ?? factor) + parameter([filters])).relu()
      variables = made
    }

    func run(_ settings: PassSettings, expecting kernels: ClosedRange<Int>? = nil) throws -> Values {
      let program = try Program(Request(inputs: [x], outputs: [y]), settings: settings)
      let count = program.code.instructions.dropFirst(program.preparation)
        .count { !($0.operation is ReadVariable || $0.operation is Constant || $0.operation is Rearrange) }
      if let kernels { #expect(kernels.contains(count), "\(program.code.instructions.map(\.operation.label))") }
      let result = Storage(.float32, count: y.count)
      try program.run([values.storage], into: [result])
      // Parameters that change are scaled anew.
      for (variable, values) in variables {
        variable.value = Values(values.shape, .float32, values.data.map { $0 * 0.5 + 0.25 }).storage
      }
      defer { for (variable, values) in variables { variable.value = values.storage } }
      try program.run([values.storage], into: [result])
      return Values(result, shape: y.shape)
    }
  }

  @Test(arguments: ["convolution", "depthwise", "dense"], [false, true])
  func scalesJoinWeights(kind: String, hasBias: Bool) throws {
    let layer = Layer(kind, hasBias: hasBias)
    let expected = try layer.run(PassSettings(off: ["all"]))
    expectClose([try layer.run(PassSettings(), expecting: 1...1)], [expected], tolerance: 1e-5, kind)
    expectClose(
      [try layer.run(PassSettings(off: ["fold-scales"]), expecting: 2...3)], [expected], tolerance: 1e-5, kind)
  }

  @Test func scalesOfTheInputStay() throws {
    let layer = Layer("dense", hasBias: false) { $0.matmul(Tensor.full([5, 7], 0.3)).mean(axes: [0]) }
    expectClose(
      [try layer.run(PassSettings())], [try layer.run(PassSettings(off: ["all"]))], tolerance: 1e-5, "a scale made of x"
    )
  }
}
