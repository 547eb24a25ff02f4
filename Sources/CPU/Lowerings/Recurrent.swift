// Whole recurrent layers: one kernel for all steps, one for their gradient.
import CajalCompiler
import CajalGraph
import VectorKernels

extension RecurrentSequence.Cell {
  fileprivate var vk: vk_cell {
    switch self {
    case .lstm: return VK_CELL_LSTM
    case .gru: return VK_CELL_GRU
    case .tanh: return VK_CELL_TANH
    case .relu: return VK_CELL_RELU
    }
  }

  /// - Parameter sequence: [time, batch, …].
  fileprivate func sizes(_ sequence: Shape, units: Int, reverse: Bool, _ site: Site) -> vk_recurrent_sizes {
    let flops = productFlops(sequence, units: units)
    return vk_recurrent_sizes(
      time: Int64(sequence[0]), batch: Int64(sequence[1]), units: Int64(units), cell: Int32(vk.rawValue),
      reverse: reverse ? 1 : 0, threads: site.threads(nanoseconds: flops / 100))
  }

  fileprivate func productFlops(_ sequence: Shape, units: Int) -> Double {
    2 * Double(sequence[0] * sequence[1] * gates) * Double(units) * Double(units)
  }
}

/// Floats over at least one step of at least one sample and unit.
private func isWhole(_ types: [TensorType]) -> Bool {
  types.allSatisfy { $0.dtype == .float32 && $0.shape.count > 0 }
}

extension RecurrentSequence: Lowerable {
  static var kernelKind: KernelKind { .product }

  func isLowerable(_ inputs: [TensorType]) -> Bool { isWhole(inputs) }

  func lower(_ site: Site) throws -> Kernel {
    let kernel = Kernel(label, implementation: "fused steps")
    let (x, units) = (site.inputs[0].shape, site.inputs[1].shape[1])
    var arguments = vk_recurrent_arguments()
    arguments.sizes = cell.sizes(x, units: units, reverse: reverse, site)
    let bytes = Int(vk_recurrent_workspace(&arguments.sizes))
    let memory = kernel.add(
      vk_recurrent, arguments, [(0, \.x), (1, \.first_h), (kernelInput, \.kernel)])
    kernel.attachScratch(kernel.slot(memory, \.workspace), offset: kernel.reserve(bytes: bytes))
    if cell == .lstm { kernel.attach(2, kernel.slot(memory, \.first_c)) }
    if site.inputs.count > kernelInput + 1 { kernel.attach(kernelInput + 1, kernel.slot(memory, \.bias)) }
    let results: [PartialKeyPath<vk_recurrent_arguments>]
    switch cell {
    case .lstm: results = [\.h, \.last_h, \.last_c, \.starts, \.c, \.gates]
    case .gru: results = [\.h, \.last_h, \.starts, \.gates]
    case .tanh, .relu: results = [\.h, \.last_h, \.starts]
    }
    for (index, field) in results.enumerated() where site.isUsed[index] {
      kernel.attach(site.output(index), kernel.slot(memory, field))
    }
    if cell == .lstm { kernel.needs.inPlace = [(5, 0)] }
    kernel.flops = cell.productFlops(x, units: units)
    return kernel
  }
}

extension RecurrentSequenceGradient: Lowerable {
  static var kernelKind: KernelKind { .product }

  func isLowerable(_ inputs: [TensorType]) -> Bool { isWhole(inputs) }

  func lower(_ site: Site) throws -> Kernel {
    let kernel = Kernel(label, implementation: "fused steps")
    let (dx, units) = (site.outputs[0].shape, site.inputs[0].shape[0])
    var arguments = vk_recurrent_gradient_arguments()
    arguments.sizes = cell.sizes(dx, units: units, reverse: reverse, site)
    let bytes = Int(vk_recurrent_gradient_workspace(&arguments.sizes))
    var inputs: [PartialKeyPath<vk_recurrent_gradient_arguments>]
    switch cell {
    case .lstm: inputs = [\.kernel, \.first_c, \.c, \.gates]
    case .gru: inputs = [\.kernel, \.starts, \.gates]
    case .tanh, .relu: inputs = [\.kernel, \.h]
    }
    inputs += zip([\.dh, \.dlast_h, \.dlast_c], arrives).filter(\.1).map(\.0)
    let memory = kernel.add(
      vk_recurrent_gradient, arguments, inputs.enumerated().map { (operand: $0.offset, field: $0.element) })
    kernel.attachScratch(kernel.slot(memory, \.workspace), offset: kernel.reserve(bytes: bytes))
    var results: [PartialKeyPath<vk_recurrent_gradient_arguments>] = [\.dx]
    if cell == .gru { results.append(\.dp) }
    results += [\.dfirst_h, \.dfirst_c].prefix(cell.states)
    for (index, field) in results.enumerated() where site.isUsed[index] || index < results.count - cell.states {
      kernel.attach(site.output(index), kernel.slot(memory, field))
    }
    if cell == .lstm { kernel.needs.inPlace = [(0, 3)] }
    kernel.flops = cell.productFlops(dx, units: units)
    return kernel
  }
}
