// How every value lies in memory: kernels with a preference choose, elementwise work follows, the rest gets the plain array.
import CajalCompiler
import CajalGraph
import COneDNN

/// Chooses layouts and puts rearrangements where two choices meet.
struct Layouts: Pass {
  static let name = "layouts"
  let library: Library
  let isTraining: Bool
  /// Switched off, everything is the plain array.
  let isOn: Bool

  func run(_ code: inout Code) throws {
    var chooser = Chooser(code, library: library, isTraining: isTraining, isOn: isOn)
    code = try chooser.rewritten()
  }
}

private struct Chooser {
  private let source: Code
  private var result: Code
  private let library: Library
  private let isTraining: Bool
  private let isOn: Bool
  private let producers: [Int]
  /// The variable whose layout a value should have, because an update joins them.
  private var wanted: [Int: Variable] = [:]
  private var rearranged: [Int: [Layout: Int]] = [:]

  init(_ code: Code, library: Library, isTraining: Bool, isOn: Bool) {
    source = code
    result = code
    result.instructions = []
    self.library = library
    self.isTraining = isTraining
    self.isOn = isOn
    producers = code.producers()
  }

  private func layout(_ value: Int) -> Layout { result.values[value].layout ?? .rowMajor(result.type(value).shape) }

  mutating func rewritten() throws -> Code {
    findWanted()
    for instruction in source.instructions { try place(instruction) }
    for index in result.outputs.indices { result.outputs[index] = rearrange(result.outputs[index], plain(result.outputs[index]), "") }
    for index in result.updates.indices {
      result.updates[index].value = rearrange(result.updates[index].value, result.updates[index].variable.layout, "update")
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
        guard let variable = parameter ?? results.compactMap({ wanted[$0] }).first(where: { $0.type.shape == shape }) else {
          continue
        }
        for value in full where wanted[value] == nil { wanted[value] = variable }
      }
    }
  }

  private func variable(_ value: Int) -> Variable? {
    producers[value] >= 0 ? (source.instructions[producers[value]].operation as? ReadVariable)?.variable : nil
  }

  /// The iteration spaces of elementwise work with their operands.
  private func segments(of instruction: Code.Instruction) -> [(Shape, [Int], [Int])] {
    if let map = instruction.operation as? FusedMap { return [(map.shape, instruction.inputs, instruction.outputs)] }
    guard let segmented = instruction.operation as? SegmentedMap else { return [] }
    let (inputs, outputs) = (segmented.segments[0].inputTypes.count, segmented.segments[0].outputs.count)
    return segmented.segments.enumerated().map { index, map in
      (
        map.shape, Array(instruction.inputs[(index * inputs)..<((index + 1) * inputs)]),
        Array(instruction.outputs[(index * outputs)..<((index + 1) * outputs)])
      )
    }
  }

  private func plain(_ value: Int) -> Layout { .rowMajor(result.type(value).shape) }

  /// The value in a layout, by a rearrangement if it lies otherwise.
  private mutating func rearrange(_ value: Int, _ layout: Layout, _ path: String) -> Int {
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
      if case .convolution(let operation) = fused.base { try convolve(&placed, operation) } else { demandPlain(&placed) }
    case is ConvolutionInputGradient:
      placed.inputs[0] = rearrange(placed.inputs[0], preferred(placed.inputs[0]), placed.path)
      result.values[placed.outputs[0]].layout = preferred(placed.outputs[0])
    case is ConvolutionKernelGradient: kernelGradient(&placed)
    case let fused as FusedKernelGradient:
      if case .convolution = fused.base { kernelGradient(&placed) } else { demandPlain(&placed) }
    case is Pooling, is LocalResponseNormalization: follow(&placed, inputs: [0], outputs: [0])
    case is AveragePoolingGradient, is LocalResponseNormalizationGradient, is BatchNormalization:
      follow(&placed, inputs: placed.operation is LocalResponseNormalizationGradient ? [0, 1] : [0], outputs: [0])
    case is MaxPoolingGradient, is MaxPoolingSelection: follow(&placed, inputs: [0, 1, 2], outputs: [0])
    case is BatchNormalizationGradient: follow(&placed, inputs: [0, 3, 6], outputs: [0])
    case is FusedMap, is SegmentedMap: followElementwise(&placed)
    default: demandPlain(&placed)
    }
    result.instructions.append(placed)
  }

  private mutating func demandPlain(_ instruction: inout Code.Instruction) {
    for index in instruction.inputs.indices {
      instruction.inputs[index] = rearrange(instruction.inputs[index], plain(instruction.inputs[index]), instruction.path)
    }
  }

  /// Training: channels in blocks of 16 where they divide. Prediction: channel-last.
  private func preferred(_ value: Int) -> Layout {
    let shape = result.type(value).shape
    guard isOn, isTraining, shape.rank >= 3, shape.rank <= 5, shape.last % 16 == 0, result.type(value).dtype == .float32 else {
      return .rowMajor(shape)
    }
    return .channelBlocked(shape, size: 16)
  }

  private mutating func convolve(_ instruction: inout Code.Instruction, _ operation: Convolution) throws {
    instruction.inputs[0] = rearrange(instruction.inputs[0], preferred(instruction.inputs[0]), instruction.path)
    result.values[instruction.outputs[0]].layout = preferred(instruction.outputs[0])
    try chooseKernel(instruction, operation)
    if instruction.inputs.count > 2 { instruction.inputs[2] = rearrange(instruction.inputs[2], plain(instruction.inputs[2]), instruction.path) }
  }

  /// Lets a parameter that no program has bound yet lie as the convolution likes it.
  private mutating func chooseKernel(_ instruction: Code.Instruction, _ operation: Convolution) throws {
    let kernel = instruction.inputs[1]
    guard isOn, isTraining, let variable = variable(kernel), !variable.isBound, variable.layout.isRowMajor(variable.type.shape) else { return }
    let (x, y) = (instruction.inputs[0], instruction.outputs[0])
    let form = ConvolutionForm(operation, kernel: variable.type.shape, input: result.type(x).shape, output: result.type(y).shape)
    let primitive = try form.hint(
      library, source: .activation(Operand(type: result.type(x), layout: layout(x)), library),
      target: .activation(Operand(type: result.type(y), layout: layout(y)), library))
    guard let chosen = form.weights.layout(try primitive.memory(ONEDNN_QUERY_WEIGHTS_MD)) else { return }
    variable.adopt(chosen)
    variable.isBound = true
    result.values[kernel].layout = chosen
  }

  private mutating func kernelGradient(_ instruction: inout Code.Instruction) {
    for index in 0..<2 {
      instruction.inputs[index] = rearrange(instruction.inputs[index], preferred(instruction.inputs[index]), instruction.path)
    }
    let gradient = instruction.outputs[0]
    if let variable = wanted[gradient], variable.type.shape == result.type(gradient).shape {
      result.values[gradient].layout = variable.layout
    }
  }

  /// Pooling and normalization take what comes, if it is channel-last or blocked, and hand it on.
  private mutating func follow(_ instruction: inout Code.Instruction, inputs: [Int], outputs: [Int]) {
    let first = instruction.inputs[inputs[0]]
    let isBlocked = layout(first) == .channelBlocked(result.type(first).shape, size: 16)
    for index in instruction.inputs.indices {
      let value = instruction.inputs[index]
      let shape = result.type(value).shape
      let blocked = isBlocked && inputs.contains(index)
      instruction.inputs[index] = rearrange(value, blocked ? .channelBlocked(shape, size: 16) : .rowMajor(shape), instruction.path)
    }
    for index in outputs {
      let output = instruction.outputs[index]
      if isBlocked { result.values[output].layout = .channelBlocked(result.type(output).shape, size: 16) }
    }
  }

  private mutating func followElementwise(_ instruction: inout Code.Instruction) {
    var inputs: [Int] = []
    for (shape, operands, results) in segments(of: instruction) {
      let full = operands.filter { result.type($0).shape == shape }
      // What an update writes lies as its variable; other work follows its first input that is not the plain array.
      let target = results.compactMap { wanted[$0] }.first { $0.type.shape == shape }?.layout
      let lead = target ?? full.map { layout($0) }.first { !$0.isRowMajor(shape) }
      for value in operands {
        guard let lead else {
          inputs.append(rearrange(value, plain(value), instruction.path))
          continue
        }
        let isFull = result.type(value).shape == shape
        let current = layout(value)
        // The plain array is read with strides, unless the leader has blocks on several axes.
        let fits = current == lead || lead.blocks.count <= 1 && current.isRowMajor(result.type(value).shape) && lead.blocks.first?.axis == shape.rank - 1
        if isFull, !fits {
          inputs.append(rearrange(value, lead, instruction.path))
        } else if !isFull {
          inputs.append(rearrange(value, plain(value), instruction.path))
        } else {
          inputs.append(value)
        }
      }
      if let lead {
        for output in results where result.type(output).shape == shape { result.values[output].layout = lead }
      }
    }
    instruction.inputs = inputs
  }
}
