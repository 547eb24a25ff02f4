// How every value lies in memory: kernels with a preference choose, elementwise work follows, the rest gets the plain array.
import CajalCompiler
import CajalGraph

/// Chooses layouts and puts rearrangements where two choices meet.
struct Layouts: Pass {
  static let name = "layouts"
  let library: Library
  let isTraining: Bool
  /// Without the stage `layouts` everything is the plain array.
  let settings: PassSettings

  func run(_ code: inout Code) throws {
    var chooser = LayoutChooser(code, library: library, isTraining: isTraining, settings)
    code = try chooser.rewritten()
  }
}

/// One walk over a program, from its first instruction to its last.
struct LayoutChooser {
  private let source: Code
  var result: Code
  let library: Library
  let isTraining: Bool
  let isOn: Bool
  let allowsWinograd: Bool
  private let producers: [Int]
  /// The variable whose layout a value should have, because an update joins them.
  var wanted: [Int: Variable] = [:]
  private var rearranged: [Int: [Layout: Int]] = [:]
  var arrangements: [ArrangementKey: Arrangement] = [:]

  init(_ code: Code, library: Library, isTraining: Bool, _ settings: PassSettings) {
    source = code
    result = code
    result.instructions = []
    self.library = library
    self.isTraining = isTraining
    isOn = settings.allows(.layouts)
    allowsWinograd = settings.allows(.winograd)
    producers = code.producers()
  }

  func layout(_ value: Int) -> Layout { result.values[value].layout ?? .rowMajor(result.type(value).shape) }

  mutating func rewritten() throws -> Code {
    findWanted()
    for instruction in source.instructions { try place(instruction) }
    for index in result.outputs.indices {
      result.outputs[index] = rearrange(result.outputs[index], plain(result.outputs[index]), "")
    }
    for index in result.updates.indices {
      result.updates[index].value = rearrange(
        result.updates[index].value, result.updates[index].variable.layout, "update")
    }
    result.removeDeadInstructions()
    return result
  }

  /// Elementwise work ties gradients, slots and parameters together; from the updates backward all want the parameter's layout.
  private mutating func findWanted() {
    for update in source.updates { wanted[update.value] = update.variable }
    for instruction in source.instructions.reversed() {
      for (shape, operands, results) in segments(of: instruction) {
        let full = operands.filter { source.type($0).shape == shape }
        let parameter = full.compactMap { variable($0) }.first { $0.role == .parameter }
        guard let variable = parameter ?? results.compactMap({ wanted[$0] }).first(where: { $0.type.shape == shape })
        else {
          continue
        }
        for value in full where wanted[value] == nil { wanted[value] = variable }
      }
    }
  }

  func variable(_ value: Int) -> Variable? {
    producers[value] >= 0 ? (source.instructions[producers[value]].operation as? ReadVariable)?.variable : nil
  }

  /// The iteration spaces of elementwise work with their operands.
  func segments(of instruction: Code.Instruction) -> [(Shape, [Int], [Int])] {
    if let map = instruction.operation as? FusedMap { return [(map.shape, instruction.inputs, instruction.outputs)] }
    if let update = instruction.operation as? UpdatingContraction {
      return [(update.map.shape, Array(instruction.inputs.dropFirst(2)), instruction.outputs)]
    }
    guard let segmented = instruction.operation as? SegmentedMap else { return [] }
    let (inputs, outputs) = (segmented.segments[0].inputTypes.count, segmented.segments[0].outputs.count)
    return segmented.segments.enumerated().map { index, map in
      (
        map.shape, Array(instruction.inputs[(index * inputs)..<((index + 1) * inputs)]),
        Array(instruction.outputs[(index * outputs)..<((index + 1) * outputs)])
      )
    }
  }

  func plain(_ value: Int) -> Layout { .rowMajor(result.type(value).shape) }

  /// The value in a layout, by a rearrangement if it lies otherwise.
  mutating func rearrange(_ value: Int, _ layout: Layout, _ path: String) -> Int {
    let shape = result.type(value).shape
    let current = self.layout(value)
    if current == layout || current.isRowMajor(shape) && layout.isRowMajor(shape) { return value }
    if let known = rearranged[value]?[layout] { return known }
    let new = result.append(Rearrange(layout: layout), inputs: [value], types: [result.type(value)], path: path)[0]
    result.values[new].layout = layout
    rearranged[value, default: [:]][layout] = new
    return new
  }

  // MARK: - One instruction

  private mutating func place(_ instruction: Code.Instruction) throws {
    var placed = instruction
    switch instruction.operation {
    case let read as ReadVariable: result.values[instruction.outputs[0]].layout = read.variable.layout
    case let operation as Convolution: try convolve(&placed, operation)
    case let fused as FusedEpilogue:
      switch fused.base {
      case .convolution(let operation): try convolve(&placed, operation)
      case .contraction(let operation): multiply(&placed, operation)
      }
    case let operation as Contraction: multiply(&placed, operation)
    case let gradient as ConvolutionInputGradient:
      let (dx, dy) = (placed.outputs[0], placed.inputs[0])
      let kernel = result.type(placed.inputs[1]).shape
      let chosen = arrangement(
        gradient.convolution, kernel: kernel, input: result.type(dx).shape, output: result.type(dy).shape)
      placed.inputs[0] = rearrange(dy, chosen.output, placed.path)
      result.values[dx].layout = chosen.input
      if chosen.takesPlainKernel {
        placed.inputs[1] = rearrange(placed.inputs[1], plain(placed.inputs[1]), placed.path)
      }
    case let gradient as ConvolutionKernelGradient: kernelGradient(&placed, gradient)
    case let fused as FusedKernelGradient:
      switch fused.base {
      case .convolution(let gradient): kernelGradient(&placed, gradient)
      case .contraction(let operation): multiply(&placed, operation)
      }
    case is ConvolutionPool:
      demandPlain(&placed)
      for output in placed.outputs where isOn && isTraining {
        result.values[output].layout = blocked(result.type(output).shape)
      }
    case is ConvolutionPoolGradient:
      // The gradient lies as the winners do.
      placed.inputs[0] = rearrange(placed.inputs[0], plain(placed.inputs[0]), placed.path)
      placed.inputs[2] = rearrange(placed.inputs[2], layout(placed.inputs[1]), placed.path)
    case is MaxPoolingWithWinners: follow(&placed, inputs: [0], outputs: [0, 1])
    case is MaxPoolingWinnersGradient: follow(&placed, inputs: [0, 1], outputs: [0])
    case is Pooling, is LocalResponseNormalization: follow(&placed, inputs: [0], outputs: [0])
    case is AveragePoolingGradient, is LocalResponseNormalizationGradient, is BatchNormalization:
      follow(&placed, inputs: placed.operation is LocalResponseNormalizationGradient ? [0, 1] : [0], outputs: [0])
    case is MaxPoolingGradient, is MaxPoolingSelection: follow(&placed, inputs: [0, 1, 2], outputs: [0])
    case is BatchNormalizationGradient: follow(&placed, inputs: [0, 3, 6], outputs: [0])
    case let fused as FusedNormalization: follow(&placed, inputs: fused.adds ? [0, 3] : [0], outputs: [0])
    case is FusedNormalizationGradient: follow(&placed, inputs: [0, 5], outputs: [0])
    case is FusedMap, is SegmentedMap: followElementwise(&placed)
    case let operation as UpdatingContraction: update(&placed, operation)
    default: demandPlain(&placed)
    }
    result.instructions.append(placed)
  }

  mutating func demandPlain(_ instruction: inout Code.Instruction) {
    for index in instruction.inputs.indices {
      instruction.inputs[index] = rearrange(
        instruction.inputs[index], plain(instruction.inputs[index]), instruction.path)
    }
  }
}
