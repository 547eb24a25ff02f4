import COneDNN
// How every value lies in memory: kernels with a preference choose, elementwise work follows, the rest gets the plain array.
import CajalCompiler
import CajalGraph

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
  private var arrangements: [ArrangementKey: Arrangement] = [:]

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

  private func variable(_ value: Int) -> Variable? {
    producers[value] >= 0 ? (source.instructions[producers[value]].operation as? ReadVariable)?.variable : nil
  }

  /// The iteration spaces of elementwise work with their operands.
  private func segments(of instruction: Code.Instruction) -> [(Shape, [Int], [Int])] {
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
      if chosen.isBatchInnermost {
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
    case is FusedMap, is SegmentedMap: followElementwise(&placed)
    case let operation as UpdatingContraction: update(&placed, operation)
    default: demandPlain(&placed)
    }
    result.instructions.append(placed)
  }

  private mutating func demandPlain(_ instruction: inout Code.Instruction) {
    for index in instruction.inputs.indices {
      instruction.inputs[index] = rearrange(
        instruction.inputs[index], plain(instruction.inputs[index]), instruction.path)
    }
  }

  // MARK: - Convolutions

  /// How the input and the output of a convolution lie.
  private struct Arrangement {
    var input: Layout
    var output: Layout
    var isBatchInnermost = false
  }

  private struct ArrangementKey: Hashable {
    var convolution: Convolution
    var kernel: Shape
    var input: Shape
    var output: Shape
  }

  /// Few channels: the batch innermost. Training: channels in blocks of 16 where they divide. Prediction: channel-last.
  ///
  /// The first choice that all of the library's kernels take without falling to a reference loop.
  private mutating func arrangement(_ convolution: Convolution, kernel: Shape, input: Shape, output: Shape)
    -> Arrangement
  {
    let plain = Arrangement(input: .rowMajor(input), output: .rowMajor(output))
    guard isOn else { return plain }
    let key = ArrangementKey(convolution: convolution, kernel: kernel, input: input, output: output)
    if let known = arrangements[key] { return known }
    let form = ConvolutionForm(convolution, kernel: kernel, input: input, output: output)
    var choice = plain
    let innermost = Arrangement(
      input: .batchInnermost(input), output: .batchInnermost(output), isBatchInnermost: true)
    if form.suitsBatchInnermost(input: input, output: output) {
      choice = innermost
    } else if isTraining {
      let (x, y) = (blocked(input), blocked(output))
      let candidates = [(x, y), (.rowMajor(input), y), (x, .rowMajor(output))].filter {
        $0.0 != plain.input || $0.1 != plain.output
      }
      for (x, y) in candidates where isQuick(form, input, x, output, y) {
        choice = Arrangement(input: x, output: y)
        break
      }
      // Nothing better than a reference loop in the library: the batch innermost, where that is possible.
      if choice.input == plain.input, choice.output == plain.output,
        !isQuick(form, input, plain.input, output, plain.output),
        form.canLieBatchInnermost(input: input, output: output)
      {
        choice = innermost
      }
    }
    arrangements[key] = choice
    return choice
  }

  private func blocked(_ shape: Shape) -> Layout {
    (3...5).contains(shape.rank) && shape.last % 16 == 0 ? .channelBlocked(shape, size: 16) : .rowMajor(shape)
  }

  /// Whether forward and kernel gradient run on real kernels in this arrangement.
  private func isQuick(_ form: ConvolutionForm, _ input: Shape, _ x: Layout, _ output: Shape, _ y: Layout) -> Bool {
    let source = Operand(type: TensorType(input, .float32), layout: x)
    let target = Operand(type: TensorType(output, .float32), layout: y)
    return (try? form.quickEnds(source, target, library, isTraining: true)) != nil
  }

  private mutating func convolve(_ instruction: inout Code.Instruction, _ operation: Convolution) throws {
    let (x, kernel, y) = (instruction.inputs[0], instruction.inputs[1], instruction.outputs[0])
    let chosen = arrangement(
      operation, kernel: result.type(kernel).shape, input: result.type(x).shape, output: result.type(y).shape)
    instruction.inputs[0] = rearrange(x, chosen.input, instruction.path)
    result.values[y].layout = chosen.output
    if chosen.isBatchInnermost {
      instruction.inputs[1] = rearrange(kernel, plain(kernel), instruction.path)
    } else {
      try chooseKernel(&instruction, operation)
    }
    if instruction.inputs.count > 2 {
      instruction.inputs[2] = rearrange(instruction.inputs[2], plain(instruction.inputs[2]), instruction.path)
    }
  }

  /// Training: a parameter that no program has bound yet lies as the convolution likes it. Prediction: a copy does, made
  /// anew only when the parameter has changed.
  private mutating func chooseKernel(_ instruction: inout Code.Instruction, _ operation: Convolution) throws {
    let kernel = instruction.inputs[1]
    guard isOn else { return }
    let variable = variable(kernel)
    if isTraining {
      guard let variable, !variable.isBound, variable.layout.isRowMajor(variable.type.shape) else { return }
    }
    let (x, y) = (instruction.inputs[0], instruction.outputs[0])
    let shape = result.type(kernel).shape
    let form = ConvolutionForm(operation, kernel: shape, input: result.type(x).shape, output: result.type(y).shape)
    let ends = try form.ends(
      Operand(type: result.type(x), layout: layout(x)), Operand(type: result.type(y), layout: layout(y)), library,
      isTraining: isTraining)
    let primitive = try form.hint(library, source: ends.source, target: ends.target)
    guard let chosen = form.weights.layout(try primitive.memory(ONEDNN_QUERY_WEIGHTS_MD)) else { return }
    if isTraining, let variable {
      variable.adopt(chosen)
      variable.isBound = true
      result.values[kernel].layout = chosen
    } else if !isTraining {
      let plainKernel =
        layout(kernel).blocks.isEmpty || chosen.blocks.isEmpty
        ? kernel : rearrange(kernel, plain(kernel), instruction.path)
      instruction.inputs[1] = rearrange(plainKernel, chosen, instruction.path)
    }
  }

  private mutating func kernelGradient(_ instruction: inout Code.Instruction, _ operation: ConvolutionKernelGradient) {
    let (x, dy, gradient) = (instruction.inputs[0], instruction.inputs[1], instruction.outputs[0])
    let chosen = arrangement(
      operation.convolution, kernel: operation.kernelShape, input: result.type(x).shape, output: result.type(dy).shape)
    instruction.inputs[0] = rearrange(x, chosen.input, instruction.path)
    instruction.inputs[1] = rearrange(dy, chosen.output, instruction.path)
    guard !chosen.isBatchInnermost, let variable = wanted[gradient], variable.type.shape == result.type(gradient).shape
    else { return }
    result.values[gradient].layout = variable.layout
  }

  // MARK: - Dense layers

  /// Matrices of weights in the layout that the library's dense layers like; everything else is the plain array.
  private mutating func multiply(_ instruction: inout Code.Instruction, _ operation: Contraction) {
    let (left, right, output) = (instruction.inputs[0], instruction.inputs[1], instruction.outputs[0])
    let isMatrix = result.type(output).shape.rank == 2 && result.type(output).dtype == .float32
    guard isOn, isMatrix, !ProductForm(operation, result.type(left).shape, result.type(right).shape).isSmall else {
      return demandPlain(&instruction)
    }
    if operation.transposesLeft {
      demandPlain(&instruction)
      if !operation.transposesRight, let variable = wanted[output], variable.type.shape == result.type(output).shape {
        result.values[output].layout = variable.layout
      }
      return
    }
    let weights = variable(right)
    if isTraining, !operation.transposesRight, let weights, weights.role == .parameter, !weights.isBound,
      weights.layout.isRowMajor(weights.type.shape),
      let form = try? DenseForm(
        rows: result.type(left).shape[0], inputs: weights.type.shape[0], units: weights.type.shape[1], library),
      let chosen = form.preferredLayout
    {
      weights.adopt(chosen)
      weights.isBound = true
      result.values[right].layout = chosen
    }
    let keepsRight = weights != nil && WeightsForm(shape: result.type(right).shape, groups: 1).isKnown(layout(right))
    for index in instruction.inputs.indices where index != 1 || !keepsRight {
      instruction.inputs[index] = rearrange(
        instruction.inputs[index], plain(instruction.inputs[index]), instruction.path)
    }
  }

  /// Both factors plainly; what the update reads and writes lies as its parameter, if that is in panels of columns.
  private mutating func update(_ instruction: inout Code.Instruction, _ operation: UpdatingContraction) {
    let factors = instruction.inputs.prefix(2).map { rearrange($0, plain($0), instruction.path) }
    var map = Code.Instruction(
      operation.map, inputs: Array(instruction.inputs.dropFirst(2)), outputs: instruction.outputs,
      path: instruction.path)
    followElementwise(&map)
    let full = map.inputs.filter { result.type($0).shape == operation.map.shape } + map.outputs
    if full.contains(where: { layout($0).columnPanel(operation.map.shape) == nil || layout($0) != layout(full[0]) }) {
      demandPlain(&map)
      for output in map.outputs { result.values[output].layout = plain(output) }
    }
    instruction.inputs = factors + map.inputs
  }

  /// Pooling and normalization take what comes, if it is channel-last or blocked, and hand it on.
  private mutating func follow(_ instruction: inout Code.Instruction, inputs: [Int], outputs: [Int]) {
    let first = instruction.inputs[inputs[0]]
    let shape = result.type(first).shape
    let isPooling =
      instruction.operation is Pooling || instruction.operation is MaxPoolingGradient
      || instruction.operation is MaxPoolingSelection || instruction.operation is AveragePoolingGradient
      || instruction.operation is MaxPoolingWithWinners || instruction.operation is MaxPoolingWinnersGradient
    let arranged: (Shape) -> Layout
    if shape.rank >= 3, shape.last % 16 == 0, layout(first) == .channelBlocked(shape, size: 16) {
      arranged = { .channelBlocked($0, size: 16) }
    } else if isPooling, layout(first) == .batchInnermost(shape) {
      arranged = Layout.batchInnermost
    } else {
      arranged = Layout.rowMajor
    }
    for index in instruction.inputs.indices {
      let value = instruction.inputs[index]
      let shape = result.type(value).shape
      instruction.inputs[index] = rearrange(
        value, inputs.contains(index) ? arranged(shape) : .rowMajor(shape), instruction.path)
    }
    for index in outputs {
      let output = instruction.outputs[index]
      result.values[output].layout = arranged(result.type(output).shape)
    }
  }

  /// Variables that an update keeps beside a parameter, if they may still move.
  private func slots(_ operands: [Int], _ results: [Int], like parameter: Variable) -> [Variable]? {
    let beside = (operands.compactMap { variable($0) } + results.compactMap { wanted[$0] }).filter {
      $0 !== parameter && $0.type == parameter.type && $0.role == .slot
    }
    return beside.allSatisfy { !$0.isBound || $0.layout == parameter.layout } ? beside : nil
  }

  private mutating func adopt(_ slots: [Variable], _ layout: Layout, _ operands: [Int]) {
    for slot in slots { slot.adopt(layout) }
    for value in operands { if let variable = variable(value) { result.values[value].layout = variable.layout } }
  }

  private mutating func followElementwise(_ instruction: inout Code.Instruction) {
    var inputs: [Int] = []
    for (shape, operands, results) in segments(of: instruction) {
      let full = operands.filter { result.type($0).shape == shape }
      // What an update writes lies as its variable; other work follows its first input that is not the plain array.
      let parameter = full.compactMap { variable($0) }.first { $0.role == .parameter }
      if let parameter, let slots = slots(full, results, like: parameter) { adopt(slots, parameter.layout, full) }
      let target = parameter?.layout ?? results.compactMap { wanted[$0] }.first { $0.type.shape == shape }?.layout
      let lead = target ?? full.map { layout($0) }.first { !$0.isRowMajor(shape) }
      for value in operands {
        guard let lead else {
          inputs.append(rearrange(value, plain(value), instruction.path))
          continue
        }
        let isFull = result.type(value).shape == shape
        let current = layout(value)
        // The plain array is read with strides, unless the leader has blocks on several axes.
        let fits =
          current == lead
          || lead.blocks.count <= 1 && current.isRowMajor(result.type(value).shape)
            && lead.blocks.first?.axis == shape.rank - 1
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
