// Pooling, normalization and elementwise work follow what they are given.
import CajalCompiler
import CajalGraph

extension LayoutChooser {
  /// Pooling and normalization take what comes, if it is channel-last or blocked, and hand it on.
  mutating func follow(_ instruction: inout Code.Instruction, inputs: [Int], outputs: [Int]) {
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

  mutating func followElementwise(_ instruction: inout Code.Instruction) {
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
