// A loop over time: the body compiled once, its carries in buffers, one entry of each sequence copied in and out a step.
import CajalCompiler
import CajalGraph
import VectorKernels

extension Scan: Lowerable {
  func lower(_ site: Site) throws -> Kernel {
    let kernel = Kernel("scan of \(length)", implementation: "scan")
    var settings = site.settings
    settings.off.insert(PassList.Stage.prepare.rawValue)
    let program = try Program(Request(inputs: body.parameters, outputs: body.results), settings: settings)
    kernel.own { withExtendedLifetime(program) {} }
    program.bind()

    func buffer(_ type: TensorType) -> UnsafeMutableRawPointer {
      let storage = Storage(type.dtype, count: type.shape.count)
      kernel.own { withExtendedLifetime(storage) {} }
      return storage.pointer
    }
    let parameters = body.parameters
    let entered = carries + sequences + 1
    let values = parameters[..<entered].map { buffer($0.type) }
    let results = body.results.map { buffer($0.type) }
    for (index, value) in values.enumerated() {
      for (slot, offset) in program.inputSlots[index] { slot.pointee = value + offset }
    }
    for (index, result) in results.enumerated() {
      for (slot, offset) in program.outputSlots[index] { slot.pointee = result + offset }
    }
    // Captures are read where they lie.
    for index in entered..<parameters.count {
      for (slot, offset) in program.inputSlots[index] { kernel.attach(index - 1, slot, offset: offset) }
    }

    let (before, after) = copies(kernel, site, values: values, results: results)
    func stable<Element>(_ elements: [Element]) -> UnsafeMutablePointer<Element> {
      let memory = UnsafeMutablePointer<Element>.allocate(capacity: max(elements.count, 1))
      memory.initialize(from: elements, count: elements.count)
      kernel.own { memory.deallocate() }
      return memory
    }
    let (first, last) = (stable(before.map(\.copy)), stable(after.map(\.copy)))
    for (index, entry) in before.enumerated() { attach(kernel, entry, first + index) }
    for (index, entry) in after.enumerated() { attach(kernel, entry, last + index) }
    let steps = stable(program.steps)
    for index in 0..<carries {
      addCopy(kernel, bytes: parameters[index].type.byteCount, from: .operand(index), to: .memory(values[index]))
    }
    let arguments = vk_loop_args(
      steps: steps, count: program.steps.count, iterations: Int64(length), before: first, before_count: before.count,
      after: last,
      after_count: after.count)
    _ = kernel.add(vk_loop, arguments, [])
    for index in 0..<carries where site.isUsed[index] {
      addCopy(
        kernel, bytes: parameters[index].type.byteCount, from: .memory(values[index]), to: .operand(site.output(index)))
    }
    for inner in program.kernels where inner.canFail { kernel.check { inner.firstError() } }
    kernel.forks = length * program.kernels.reduce(0) { $0 + $1.forks }
    kernel.innerCalls = length * program.kernels.reduce(0) { $0 + $1.steps.count + $1.innerCalls }
    kernel.flops = Double(length) * program.kernels.reduce(0) { $0 + $1.flops }
    return kernel
  }

  private enum End {
    case memory(UnsafeMutableRawPointer)
    case operand(Int)
  }

  /// A copy of the loop, and the operand whose address it still needs.
  private struct Entry {
    var copy: vk_loop_copy
    var operand: Int?
    var isTarget = false
    var offset = 0
  }

  /// What is copied before and after each iteration.
  private func copies(
    _ kernel: Kernel, _ site: Site, values: [UnsafeMutableRawPointer], results: [UnsafeMutableRawPointer]
  ) -> (before: [Entry], after: [Entry]) {
    func step(_ bytes: Int) -> Int64 { Int64(reverse ? -bytes : bytes) }
    func start(_ bytes: Int) -> Int { reverse ? max(length - 1, 0) * bytes : 0 }
    var before: [Entry] = []
    var after: [Entry] = []
    for index in 0..<sequences {
      let bytes = body.parameters[carries + index].type.byteCount
      let copy = vk_loop_copy(
        target: values[carries + index], source: nil, bytes: Int64(bytes), source_step: step(bytes), target_step: 0)
      before.append(Entry(copy: copy, operand: carries + index, offset: start(bytes)))
    }
    let numbers = Storage((0..<max(length, 1)).map { Int64($0) })
    kernel.own { withExtendedLifetime(numbers) {} }
    before.append(
      Entry(
        copy: vk_loop_copy(
          target: values[carries + sequences], source: numbers.pointer + start(8), bytes: 8, source_step: step(8),
          target_step: 0)))
    let collected = body.results.count - carries
    for index in 0..<carries {
      let bytes = body.parameters[index].type.byteCount
      let output = carries + collected + index
      if site.isUsed[output] {
        let copy = vk_loop_copy(
          target: nil, source: values[index], bytes: Int64(bytes), source_step: 0, target_step: step(bytes))
        before.append(Entry(copy: copy, operand: site.output(output), isTarget: true, offset: start(bytes)))
      }
      after.append(
        Entry(
          copy: vk_loop_copy(
            target: values[index], source: results[index], bytes: Int64(bytes), source_step: 0, target_step: 0)))
    }
    for index in 0..<collected where site.isUsed[carries + index] {
      let bytes = body.results[carries + index].type.byteCount
      let copy = vk_loop_copy(
        target: nil, source: results[carries + index], bytes: Int64(bytes), source_step: 0, target_step: step(bytes))
      after.append(Entry(copy: copy, operand: site.output(carries + index), isTarget: true, offset: start(bytes)))
    }
    return (before, after)
  }

  private func attach(_ kernel: Kernel, _ entry: Entry, _ memory: UnsafeMutablePointer<vk_loop_copy>) {
    guard let operand = entry.operand else { return }
    kernel.attach(
      operand, entry.isTarget ? kernel.slot(memory, \.target) : kernel.slot(memory, \.source), offset: entry.offset)
  }

  /// One copy outside the loop: a loop of one iteration without steps.
  private func addCopy(_ kernel: Kernel, bytes: Int, from: End, to: End) {
    let copy = UnsafeMutablePointer<vk_loop_copy>.allocate(capacity: 1)
    copy.initialize(to: vk_loop_copy(target: nil, source: nil, bytes: Int64(bytes), source_step: 0, target_step: 0))
    kernel.own { copy.deallocate() }
    switch from {
    case .memory(let pointer): copy.pointee.source = UnsafeRawPointer(pointer)
    case .operand(let operand): kernel.attach(operand, kernel.slot(copy, \.source))
    }
    switch to {
    case .memory(let pointer): copy.pointee.target = pointer
    case .operand(let operand): kernel.attach(operand, kernel.slot(copy, \.target))
    }
    let arguments = vk_loop_args(
      steps: nil, count: 0, iterations: 1, before: copy, before_count: 1, after: nil, after_count: 0)
    _ = kernel.add(vk_loop, arguments, [])
  }
}
