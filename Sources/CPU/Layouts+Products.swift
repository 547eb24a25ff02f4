// Convolutions and dense layers choose how their operands lie.
import COneDNN
import CajalCompiler
import CajalGraph

extension LayoutChooser {
  /// How the input and the output of a convolution lie.
  struct Arrangement {
    var input: Layout
    var output: Layout
    /// Whether the kernel (or its gradient) is the plain array: own loops and Winograd's method read that.
    var takesPlainKernel = false
  }

  struct ArrangementKey: Hashable {
    var convolution: Convolution
    var kernel: Shape
    var input: Shape
    var output: Shape
  }

  /// Few channels: the batch innermost. Training: channels in blocks of 16 where they divide. Prediction: channel-last.
  ///
  /// The first choice that all of the library's kernels take without falling to a reference loop.
  mutating func arrangement(_ convolution: Convolution, kernel: Shape, input: Shape, output: Shape)
    -> Arrangement
  {
    let plain = Arrangement(input: .rowMajor(input), output: .rowMajor(output))
    guard isOn else { return plain }
    let key = ArrangementKey(convolution: convolution, kernel: kernel, input: input, output: output)
    if let known = arrangements[key] { return known }
    let form = ConvolutionForm(convolution, kernel: kernel, input: input, output: output)
    var choice = plain
    let innermost = Arrangement(
      input: .batchInnermost(input), output: .batchInnermost(output), takesPlainKernel: true)
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
      // Few channels and many filters: own kernels, so that the filters lie in the blocks that the next layer likes.
      if choice.output == plain.output, y != plain.output, form.hasFewPlaces(input: input, output: output) {
        choice = Arrangement(input: plain.input, output: y, takesPlainKernel: true)
      }
      // Nothing better than a reference loop in the library: the batch innermost, where that is possible.
      if choice.input == plain.input, choice.output == plain.output,
        !isQuick(form, input, plain.input, output, plain.output),
        form.canLieBatchInnermost(input: input, output: output)
      {
        choice = innermost
      }
    }
    if allowsWinograd, form.suitsWinograd(input: input, output: output, isTraining: isTraining) {
      choice.takesPlainKernel = true
    }
    arrangements[key] = choice
    return choice
  }

  func blocked(_ shape: Shape) -> Layout {
    (3...5).contains(shape.rank) && shape.last % 16 == 0 ? .channelBlocked(shape, size: 16) : .rowMajor(shape)
  }

  /// Whether forward and kernel gradient run on real kernels in this arrangement.
  private func isQuick(_ form: ConvolutionForm, _ input: Shape, _ x: Layout, _ output: Shape, _ y: Layout) -> Bool {
    let source = Operand(type: TensorType(input, .float32), layout: x)
    let target = Operand(type: TensorType(output, .float32), layout: y)
    return (try? form.quickEnds(source, target, library, isTraining: true)) != nil
  }

  mutating func convolve(_ instruction: inout Code.Instruction, _ operation: Convolution) throws {
    let (x, kernel, y) = (instruction.inputs[0], instruction.inputs[1], instruction.outputs[0])
    let chosen = arrangement(
      operation, kernel: result.type(kernel).shape, input: result.type(x).shape, output: result.type(y).shape)
    instruction.inputs[0] = rearrange(x, chosen.input, instruction.path)
    result.values[y].layout = chosen.output
    if chosen.takesPlainKernel {
      instruction.inputs[1] = rearrange(kernel, plain(kernel), instruction.path)
    } else {
      try chooseKernel(&instruction, operation)
    }
    if instruction.inputs.count > 2 {
      instruction.inputs[2] = rearrange(instruction.inputs[2], plain(instruction.inputs[2]), instruction.path)
    }
  }

  /// In training a parameter that no program has bound yet lies as the convolution likes it. In prediction its kernel
  /// keeps a copy that does.
  private mutating func chooseKernel(_ instruction: inout Code.Instruction, _ operation: Convolution) throws {
    let kernel = instruction.inputs[1]
    guard isOn, isTraining, let variable = variable(kernel), !variable.isBound,
      variable.layout.isRowMajor(variable.type.shape)
    else { return }
    let (x, y) = (instruction.inputs[0], instruction.outputs[0])
    let shape = result.type(kernel).shape
    let form = ConvolutionForm(operation, kernel: shape, input: result.type(x).shape, output: result.type(y).shape)
    guard !form.hasFewPlaces(input: result.type(x).shape, output: result.type(y).shape) else { return }
    let ends = try form.ends(
      Operand(type: result.type(x), layout: layout(x)), Operand(type: result.type(y), layout: layout(y)), library,
      isTraining: true)
    let primitive = try form.hint(library, source: ends.source, target: ends.target)
    guard let chosen = form.weights.layout(try primitive.memory(ONEDNN_QUERY_WEIGHTS_MD)) else { return }
    variable.adopt(chosen)
    variable.isBound = true
    result.values[kernel].layout = chosen
  }

  mutating func kernelGradient(_ instruction: inout Code.Instruction, _ operation: ConvolutionKernelGradient) {
    let (x, dy, gradient) = (instruction.inputs[0], instruction.inputs[1], instruction.outputs[0])
    let chosen = arrangement(
      operation.convolution, kernel: operation.kernelShape, input: result.type(x).shape, output: result.type(dy).shape)
    instruction.inputs[0] = rearrange(x, chosen.input, instruction.path)
    instruction.inputs[1] = rearrange(dy, chosen.output, instruction.path)
    guard !chosen.takesPlainKernel, let variable = wanted[gradient], variable.type.shape == result.type(gradient).shape
    else { return }
    result.values[gradient].layout = variable.layout
  }

  // MARK: - Dense layers

  /// Matrices of weights in the layout that the library's dense layers like; everything else is the plain array.
  mutating func multiply(_ instruction: inout Code.Instruction, _ operation: Contraction) {
    let (left, right, output) = (instruction.inputs[0], instruction.inputs[1], instruction.outputs[0])
    let isMatrix = result.type(output).shape.rank == 2 && result.type(output).dtype == .float32
    guard isOn, isMatrix, !operation.choosesRows,
      !ProductForm(operation, result.type(left).shape, result.type(right).shape).isSmall
    else {
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
  mutating func update(_ instruction: inout Code.Instruction, _ operation: UpdatingContraction) {
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
}
