// Operations that move elements: strided copies, or nothing at all.
import CajalCompiler
import CajalGraph
import VectorKernels

/// A value in another layout.
package struct Rearrange: Operation {
  package static let name = "rearrange"
  package static let differentiability = Differentiability.none("it is made after differentiation")
  package var layout: Layout
  package func result(_ inputs: [TensorType]) throws -> [TensorType] { inputs }
  package func gradient(_ context: GradientContext) -> [Tensor?] { [] }
}

/// Copies of elements from one operand to another.
struct CopyPlan {
  var shape: [Int]
  var sourceStrides: [Int]
  var targetStrides: [Int]
  var sourceOffset = 0
  var targetOffset = 0

  /// Adds the copy to a kernel; offsets are in elements.
  func add(to kernel: Kernel, from source: Int, to target: Int, dtype: DType, site: Site) throws {
    let kept = shape.indices.filter { shape[$0] != 1 }
    guard kept.count <= Int(VK_COPY_MAXIMUM_RANK) else {
      throw CajalError(.unsupported, kernel.label, expected: "at most 8 axes", given: "there are \(kept.count)")
    }
    var description = vk_copy_description()
    description.rank = Int32(kept.count)
    description.element_size = Int32(dtype.byteCount)
    withUnsafeMutableBytes(of: &description.shape) { fill($0, kept.map { shape[$0] }) }
    withUnsafeMutableBytes(of: &description.source_strides) { fill($0, kept.map { sourceStrides[$0] }) }
    withUnsafeMutableBytes(of: &description.target_strides) { fill($0, kept.map { targetStrides[$0] }) }
    guard let copy = vk_copy_create(&description) else {
      throw CajalError(
        .unsupported, kernel.label, expected: "a copy the kernels take", given: "it is of shape \(shape)")
    }
    kernel.own { vk_copy_destroy(copy) }
    let bytes = shape.reduce(1, *) * dtype.byteCount
    copy.pointee.threads = site.threads(bytes: 4 * bytes)
    kernel.add(vk_copy_run, prepared: UnsafeMutableRawPointer(copy))
    kernel.attach(source, kernel.slot(copy, \.source), offset: sourceOffset * dtype.byteCount)
    kernel.attach(target, kernel.slot(copy, \.target), offset: targetOffset * dtype.byteCount)
  }

  private func fill(_ bytes: UnsafeMutableRawBufferPointer, _ numbers: [Int]) {
    for (index, number) in numbers.enumerated() {
      bytes.storeBytes(of: Int64(number), toByteOffset: index * 8, as: Int64.self)
    }
  }
}

extension Rearrange: Lowerable {
  static var kernelKind: KernelKind { .conversion }
  func lower(_ site: Site) throws -> Kernel {
    let kernel = Kernel("rearrange", implementation: "copy")
    let (from, to) = (site.inputs[0], site.outputs[0])
    let reference = from.layout.blocks.isEmpty ? to : from
    let loops = reference.layout.loops(reference.shape)
    let plan = CopyPlan(
      shape: loops.map(\.size), sourceStrides: try MapSpace.strides(from, over: loops, of: from.shape),
      targetStrides: try MapSpace.strides(to, over: loops, of: to.shape))
    try plan.add(to: kernel, from: 0, to: 1, dtype: from.type.dtype, site: site)
    return kernel
  }
}

extension Reshape: Lowerable {
  func lower(_ site: Site) throws -> Kernel {
    let kernel = Kernel("reshape", implementation: "view")
    kernel.needs.isView = true
    return kernel
  }
}

extension Transpose: Lowerable {
  func lower(_ site: Site) throws -> Kernel {
    let kernel = Kernel("transpose \(permutation)", implementation: "copy")
    let strides = site.inputs[0].strides
    let plan = CopyPlan(
      shape: site.outputs[0].shape.dimensions, sourceStrides: permutation.map { strides[$0] },
      targetStrides: site.outputs[0].strides)
    try plan.add(to: kernel, from: 0, to: 1, dtype: site.inputs[0].type.dtype, site: site)
    return kernel
  }
}

extension Slice: Lowerable {
  func lower(_ site: Site) throws -> Kernel {
    let kernel = Kernel("slice", implementation: "copy")
    let from = site.inputs[0].strides
    let plan = CopyPlan(
      shape: site.outputs[0].shape.dimensions, sourceStrides: zip(from, strides).map { $0 * $1 },
      targetStrides: site.outputs[0].strides, sourceOffset: zip(from, starts).reduce(0) { $0 + $1.0 * $1.1 })
    try plan.add(to: kernel, from: 0, to: 1, dtype: site.inputs[0].type.dtype, site: site)
    return kernel
  }
}

extension Pad: Lowerable {
  func lower(_ site: Site) throws -> Kernel {
    let kernel = Kernel("pad", implementation: "fill, copy")
    let type = site.outputs[0].type
    _ = kernel.add(
      vk_fill,
      vk_fill_arguments(
        target: nil, threads: site.threads(bytes: type.byteCount), element_size: Int32(type.dtype.byteCount),
        count: Int64(type.shape.count), pattern: pattern(type.dtype)), [(1, \.target)])
    let to = site.outputs[0].strides
    let plan = CopyPlan(
      shape: site.inputs[0].shape.dimensions, sourceStrides: site.inputs[0].strides,
      targetStrides: zip(to, interior).map { $0 * ($1 + 1) }, targetOffset: zip(to, low).reduce(0) { $0 + $1.0 * $1.1 })
    try plan.add(to: kernel, from: 0, to: 1, dtype: type.dtype, site: site)
    return kernel
  }

  /// The border's value as an integer holds it: cut toward zero, kept in range.
  private var whole: Int {
    value.isNaN ? 0 : Int(exactly: value.rounded(.towardZero)) ?? (value < 0 ? .min : .max)
  }

  /// The border's value as the bits of one element.
  private func pattern(_ dtype: DType) -> UInt64 {
    switch dtype {
    case .float32: return UInt64(Float(value).bitPattern)
    case .float64: return value.bitPattern
    case .bfloat16: return UInt64(dtype.bits16(Float(value)))
    case .float16: return UInt64(dtype.bits16(Float(value)))
    case .int8: return UInt64(UInt8(bitPattern: Int8(clamping: whole)))
    case .uint8: return UInt64(UInt8(clamping: whole))
    case .bool: return value == 0 ? 0 : 1
    case .int32: return UInt64(UInt32(bitPattern: Int32(clamping: whole)))
    case .int64: return UInt64(bitPattern: Int64(whole))
    }
  }
}

extension Concatenate: Lowerable {
  func lower(_ site: Site) throws -> Kernel {
    let kernel = Kernel("concatenate", implementation: "copy")
    let to = site.outputs[0].strides
    var start = 0
    for (index, input) in site.inputs.enumerated() {
      let plan = CopyPlan(
        shape: input.shape.dimensions, sourceStrides: input.strides, targetStrides: to, targetOffset: start * to[axis])
      if input.shape.count > 0 {
        try plan.add(to: kernel, from: index, to: site.output(0), dtype: input.type.dtype, site: site)
      }
      start += input.shape[axis]
    }
    return kernel
  }
}

extension Reverse: Lowerable {
  func lower(_ site: Site) throws -> Kernel {
    let kernel = Kernel("reverse", implementation: "copy")
    let input = site.inputs[0]
    var strides = input.strides
    var offset = 0
    for axis in axes where input.shape[axis] > 0 {
      offset += (input.shape[axis] - 1) * strides[axis]
      strides[axis] = -strides[axis]
    }
    let plan = CopyPlan(
      shape: input.shape.dimensions, sourceStrides: strides, targetStrides: site.outputs[0].strides,
      sourceOffset: offset)
    try plan.add(to: kernel, from: 0, to: 1, dtype: input.type.dtype, site: site)
    return kernel
  }
}
