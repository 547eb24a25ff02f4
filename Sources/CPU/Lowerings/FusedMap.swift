import CajalCompiler
import CajalGraph
import VectorKernels

extension FusedMap: Lowerable {
  static var kernelKind: KernelKind { .map }
  func lower(_ site: Site) throws -> Kernel { try SegmentedMap(segments: [self]).lower(site) }
}

extension SegmentedMap: Lowerable {
  static var kernelKind: KernelKind { .map }
  func lower(_ site: Site) throws -> Kernel {
    let kernel = Kernel(label, implementation: "map")
    let program = MapProgram(segments[0])
    let inputCount = segments[0].inputTypes.count
    let outputCount = segments[0].outputs.count
    let operandCount = inputCount + outputCount

    // Segment after segment: inputs, then outputs; the instruction has all inputs first.
    func operand(_ segment: Int, _ index: Int) -> (position: Int, operand: Operand) {
      if index < inputCount {
        let position = segment * inputCount + index
        return (position, site.inputs[position])
      }
      let position = segment * outputCount + index - inputCount
      return (site.inputs.count + position, site.outputs[position])
    }

    var elements = 0
    var spaces: [(dims: [Int64], strides: [Int64])] = []
    for (index, segment) in segments.enumerated() {
      let operands = (0..<operandCount).map { operand(index, $0).operand }
      let loops = MapSpace.loops(segment.shape, operands)
      let strides = try operands.map { try MapSpace.strides($0, over: loops, of: segment.shape) }
      spaces.append((loops.map { Int64($0.size) }, strides.flatMap { $0.map(Int64.init) }))
      elements += segment.shape.count
      for output in segment.outputs.indices where segment.outputs[output].reduction == nil {
        for input in 0..<inputCount {
          let (to, from) = (operand(index, inputCount + output), operand(index, input))
          if to.operand.type == from.operand.type,
            to.operand.layout == from.operand.layout || to.operand.shape.count <= 1
          {
            kernel.needs.inPlace.append((to.position - site.inputs.count, from.position))
          }
        }
      }
    }
    let threads = site.threads(nanoseconds: Double(elements) * program.nanosecondsPerElement)
    let map = try program.create(spaces, threads: threads)
    kernel.own { vk_map_destroy(map) }
    kernel.add(vk_map_run, prepared: UnsafeMutableRawPointer(map))
    for segment in segments.indices {
      for index in 0..<operandCount {
        guard let slot = vk_map_pointer(map, Int32(segment), Int32(index)) else { continue }
        kernel.attach(operand(segment, index).position, slot)
      }
    }
    kernel.flops = Double(elements) * Double(max(segments[0].steps.count, 1))
    return kernel
  }
}

/// The loops of a map over operands that may lie differently.
enum MapSpace {
  /// The loops of the operand that tells most about memory: a blocked or permuted one of full size, else the plain array.
  static func loops(_ shape: Shape, _ operands: [Operand]) -> [Layout.Loop] {
    let full = operands.first { $0.shape == shape && !$0.isRowMajor }
    let layout = full?.layout ?? .rowMajor(shape)
    let loops = layout.loops(shape).filter { $0.size != 1 }
    return loops.sorted { $0.stride > $1.stride }
  }

  /// The strides of one operand along those loops; an axis of size 1 does not move.
  static func strides(_ operand: Operand, over loops: [Layout.Loop], of shape: Shape) throws -> [Int] {
    let own = operand.layout.loops(operand.shape)
    return try loops.map { loop in
      if operand.shape[loop.axis] == 1, shape[loop.axis] != 1 { return 0 }
      // The operand's own loop of the same step, or one it is part of.
      let along = own.filter { $0.axis == loop.axis }
      guard
        let part = along.first(where: { loop.step % $0.step == 0 && loop.step * loop.size <= $0.step * $0.size })
      else {
        throw CajalError(
          .unsupported, "map", expected: "operands in layouts that divide each other",
          given: "one lies as \(operand.layout)", advice: "This is a defect of Cajal.")
      }
      return part.stride * (loop.step / part.step)
    }
  }
}

extension Fill: Lowerable {
  func lower(_ site: Site) throws -> Kernel {
    let kernel = Kernel("fill \(value)", implementation: "fill")
    let bits = FusedMap(
      shape: type.shape, inputTypes: [], steps: [.init(kind: .fill(value), arguments: [], dtype: type.dtype)],
      outputs: [.init(register: 0, reduction: nil, axes: [])], arithmetic: Arithmetic(type.dtype) ?? .integer)
    let map = try MapProgram(bits).create(
      [([Int64(type.shape.count)], [1])], threads: site.threads(bytes: type.byteCount))
    kernel.own { vk_map_destroy(map) }
    kernel.add(vk_map_run, prepared: UnsafeMutableRawPointer(map))
    if let slot = vk_map_pointer(map, 0, 0) { kernel.attach(site.output(0), slot) }
    return kernel
  }
}
