import CajalCompiler
import CajalGraph
import VectorKernels

extension UpdatingContraction: Lowerable {
  static var kernelKind: KernelKind { .product }

  func lower(_ site: Site) throws -> Kernel {
    let form = ProductForm(contraction, site.inputs[0].shape, site.inputs[1].shape)
    // The map passes over its arrays however few rows the product sums.
    let passed = (map.inputTypes.count + map.outputs.count) * map.shape.count * MemoryLayout<Float>.size
    let threads = site.threads(nanoseconds: form.flops / 100 + Double(passed) / 20)
    // Operand of every input of the map; the product itself has none.
    let operands = map.inputTypes.indices.map { $0 == product ? nil : $0 < product ? $0 + 2 : $0 + 1 }
    let strides: [Int64] = operands.map { operand in
      operand.map { site.inputs[$0].shape.count == 1 ? 0 : 1 } ?? 1
    }
    let program = try MapProgram(map).create(
      [([Int64(map.shape.count)], strides + map.outputs.map { _ in 1 })], threads: threads)
    let kernel = Kernel(label, implementation: "tiles + map")
    kernel.own { vk_map_destroy(program) }
    var arguments = vk_product_map_arguments(
      a: nil, b: nil, map: program, workspace: nil, operand: Int32(product), threads: threads, m: Int64(form.m),
      n: Int64(form.n), k: Int64(form.k), panel: Int64(site.outputs[0].layout.columnPanel(map.shape) ?? 0),
      a_row: Int64(form.left.row), a_column: Int64(form.left.column), b_row: Int64(form.right.row),
      b_column: Int64(form.right.column))
    guard vk_product_map_supported(&arguments) != 0 else {
      throw CajalError(
        .unsupported, label, expected: "an update whose operands lie alike in panels of columns",
        given: "they lie as \(site.outputs[0].layout)", advice: "This is a defect of Cajal.")
    }
    let bytes = Int(vk_product_map_workspace(&arguments))
    let memory = kernel.add(vk_product_map, arguments, [(0, \.a), (1, \.b)])
    kernel.attachScratch(kernel.slot(memory, \.workspace), offset: kernel.reserve(bytes: bytes))
    for (index, operand) in operands.enumerated() {
      if let operand, let slot = vk_map_pointer(program, 0, Int32(index)) { kernel.attach(operand, slot) }
    }
    for output in map.outputs.indices {
      if let slot = vk_map_pointer(program, 0, Int32(operands.count + output)) {
        kernel.attach(site.output(output), slot)
      }
      for operand in operands.compactMap({ $0 })
      where site.inputs[operand].shape == map.shape && site.inputs[operand].lies(as: site.outputs[output].layout) {
        kernel.needs.inPlace.append((output, operand))
      }
    }
    kernel.flops = form.flops + Double(map.shape.count * max(map.steps.count, 1))
    return kernel
  }
}

extension Layout {
  /// Columns of a panel, where a matrix lies panel by panel and row by row in a panel: all of them for the plain array.
  func columnPanel(_ shape: Shape) -> Int? {
    if isRowMajor(shape) { return shape[1] }
    let loops = loops(shape).filter { $0.size > 1 }
    guard let panel = loops.last.flatMap({ $0.axis == 1 && $0.step == 1 && $0.stride == 1 ? $0.size : nil }) else {
      return nil
    }
    let liesInPanels = loops.dropLast().allSatisfy {
      $0.axis == 0 ? $0.stride == $0.step * panel : $0.step == panel && $0.stride == shape[0] * panel
    }
    return liesInPanels ? panel : nil
  }
}
