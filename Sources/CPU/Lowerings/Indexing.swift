// Gather, scatter, order, running sums: the kernels by index.
import CajalGraph
import VectorKernels

/// The extents of a tensor around one axis.
struct AxisExtents {
  var outer: Int
  var axis: Int
  var inner: Int
  init(_ shape: Shape, axis: Int) {
    outer = shape.dimensions[..<axis].reduce(1, *)
    self.axis = shape[axis]
    inner = shape.dimensions[(axis + 1)...].reduce(1, *)
  }
}

extension DType {
  /// The index kernels' number for the type; nil where they do not take it.
  var index: Int32? {
    switch self {
    case .int32: return Int32(VK_INDEX_I32.rawValue)
    case .int64: return Int32(VK_INDEX_I64.rawValue)
    case .float32: return Int32(VK_INDEX_F32.rawValue)
    case .float64: return Int32(VK_INDEX_F64.rawValue)
    default: return nil
    }
  }
}

extension Kernel {
  /// Where an index kernel tells of an index outside its range; looked at after the run.
  ///
  /// - Parameters:
  ///   - count: Indices are in 0 ..< count.
  ///   - ids: The indices.
  func indexErrors(_ path: String, count: Int, ids: Operand) -> UnsafeMutablePointer<Int32> {
    let flag = UnsafeMutablePointer<Int32>.allocate(capacity: 1)
    flag.initialize(to: 0)
    own { flag.deallocate() }
    let label = path.isEmpty ? self.label : "\(path) (\(self.label))"
    check {
      guard flag.pointee != 0 else { return nil }
      let position = flag.pointee - 1
      flag.pointee = 0
      var error = CajalError(
        .value, label, expected: "indices in 0..<\(count)", given: "the one at position \(position) is outside",
        advice: "Check the labels or ids, or make the table larger.")
      error.indexOutside = IndexOutside(position: Int(position), count: ids.shape.count, size: count)
      return error
    }
    return flag
  }
}

extension Gather: Lowerable {
  func isLowerable(_ inputs: [TensorType]) -> Bool { inputs[1].dtype.index != nil }

  func lower(_ site: Site) throws -> Kernel {
    let kernel = Kernel(label, implementation: "gather")
    let (data, ids) = (site.inputs[0], site.inputs[1])
    let extents = AxisExtents(data.shape, axis: axis)
    let flag = kernel.indexErrors(site.path, count: extents.axis, ids: ids)
    let threads = site.threads(bytes: 4 * site.outputs[0].type.byteCount)
    let size = Int32(data.type.dtype.byteCount)
    if perRow {
      let arguments = vk_take_along_arguments(
        input: nil, ids: nil, output: nil, error: flag, threads: threads, element_size: size,
        id_type: ids.type.dtype.index ?? 0,
        outer: Int64(extents.outer), rows: Int64(extents.axis), count: Int64(ids.shape[axis]),
        inner: Int64(extents.inner))
      _ = kernel.add(vk_take_along, arguments, [(0, \.input), (1, \.ids), (2, \.output)])
    } else {
      let arguments = vk_gather_arguments(
        table: nil, ids: nil, output: nil, error: flag, threads: threads, element_size: size,
        id_type: ids.type.dtype.index ?? 0,
        batch: Int64(extents.outer), count: Int64(ids.shape.count), rows: Int64(extents.axis),
        width: Int64(extents.inner),
        table_batch_stride: Int64(extents.axis * extents.inner), ids_batch_stride: 0)
      _ = kernel.add(vk_gather, arguments, [(0, \.table), (1, \.ids), (2, \.output)])
    }
    return kernel
  }
}

extension ScatterAdd: Lowerable {
  func isLowerable(_ inputs: [TensorType]) -> Bool { inputs[0].dtype.index != nil && inputs[1].dtype.index != nil }

  func lower(_ site: Site) throws -> Kernel {
    let kernel = Kernel(label, implementation: "scatter")
    let (updates, ids) = (site.inputs[0], site.inputs[1])
    let extents = AxisExtents(site.outputs[0].shape, axis: axis)
    let flag = kernel.indexErrors(site.path, count: extents.axis, ids: ids)
    let threads = site.threads(bytes: 4 * (site.outputs[0].type.byteCount + updates.type.byteCount))
    let type = updates.type.dtype.index ?? 0
    if perRow {
      let arguments = vk_scatter_along_arguments(
        target: nil, ids: nil, updates: nil, error: flag, threads: threads, type: type,
        id_type: ids.type.dtype.index ?? 0, clears: 1,
        outer: Int64(extents.outer), rows: Int64(extents.axis), count: Int64(ids.shape[axis]),
        inner: Int64(extents.inner))
      _ = kernel.add(vk_scatter_along, arguments, [(0, \.updates), (1, \.ids), (2, \.target)])
    } else {
      let arguments = vk_scatter_add_arguments(
        target: nil, ids: nil, updates: nil, error: flag, threads: threads, type: type,
        id_type: ids.type.dtype.index ?? 0, clears: 1,
        batch: Int64(extents.outer), count: Int64(ids.shape.count), rows: Int64(extents.axis),
        width: Int64(extents.inner),
        target_batch_stride: Int64(extents.axis * extents.inner), ids_batch_stride: 0)
      _ = kernel.add(vk_scatter_add, arguments, [(0, \.updates), (1, \.ids), (2, \.target)])
    }
    return kernel
  }
}

extension ArgExtreme: Lowerable {
  func isLowerable(_ inputs: [TensorType]) -> Bool { inputs[0].dtype.index != nil }

  func lower(_ site: Site) throws -> Kernel {
    let kernel = Kernel(label, implementation: "arg extreme")
    let extents = AxisExtents(site.inputs[0].shape, axis: axis)
    let arguments = vk_arg_extreme_arguments(
      input: nil, output: nil, threads: site.threads(bytes: 8 * site.inputs[0].type.byteCount),
      type: site.inputs[0].type.dtype.index ?? 0,
      output_type: Int32(VK_INDEX_I32.rawValue), smallest: takesLargest ? 0 : 1, outer: Int64(extents.outer),
      axis: Int64(extents.axis), inner: Int64(extents.inner))
    _ = kernel.add(vk_arg_extreme, arguments, [(0, \.input), (1, \.output)])
    return kernel
  }
}

extension Sort: Lowerable {
  func isLowerable(_ inputs: [TensorType]) -> Bool { inputs[0].dtype.index != nil }

  func lower(_ site: Site) throws -> Kernel {
    let kernel = Kernel(label, implementation: "sort")
    let shape = site.inputs[0].shape
    let threads = site.threads(bytes: 64 * site.inputs[0].type.byteCount)
    let arguments = vk_sort_arguments(
      input: nil, values: nil, indices: nil, scratch: nil, threads: threads, type: site.inputs[0].type.dtype.index ?? 0,
      index_type: Int32(VK_INDEX_I32.rawValue), descending: descending ? 1 : 0,
      rows: Int64(shape.count / max(shape.last, 1)),
      count: Int64(shape.last), kept: Int64(count))
    let memory = kernel.add(vk_sort, arguments, [(0, \.input), (1, \.values), (2, \.indices)])
    kernel.attachScratch(
      kernel.slot(memory, \.scratch), offset: kernel.reserve(bytes: Int(vk_sort_scratch(Int64(shape.last), threads))))
    return kernel
  }
}

extension Cumulative: Lowerable {
  func isLowerable(_ inputs: [TensorType]) -> Bool { inputs[0].dtype.index != nil }

  func lower(_ site: Site) throws -> Kernel {
    let kernel = Kernel(label, implementation: "cumulate")
    let extents = AxisExtents(site.inputs[0].shape, axis: axis)
    let arguments = vk_cumulate_arguments(
      input: nil, output: nil, threads: site.threads(bytes: 8 * site.inputs[0].type.byteCount),
      type: site.inputs[0].type.dtype.index ?? 0,
      product: kind == .product ? 1 : 0, exclusive: exclusive ? 1 : 0, reverse: reverse ? 1 : 0,
      outer: Int64(extents.outer),
      axis: Int64(extents.axis), inner: Int64(extents.inner))
    _ = kernel.add(vk_cumulate, arguments, [(0, \.input), (1, \.output)])
    kernel.needs.inPlace = [(0, 0)]
    return kernel
  }
}

extension RandomValues: Lowerable {
  func lower(_ site: Site) throws -> Kernel {
    let kernel = Kernel(label, implementation: "philox")
    let kinds: [Distribution: vk_random_kind] = [
      .uniform: VK_RANDOM_UNIFORM, .normal: VK_RANDOM_NORMAL, .truncatedNormal: VK_RANDOM_TRUNCATED_NORMAL,
      .bernoulli: VK_RANDOM_BERNOULLI, .bits: VK_RANDOM_BITS,
    ]
    let arguments = vk_random_args(
      key: nil, step: nil, stream: stream, count: Int64(type.shape.count), out: nil,
      kind: Int32((kinds[distribution] ?? VK_RANDOM_UNIFORM).rawValue), out_type: Int32(VK_F32.rawValue),
      threads: site.threads(bytes: 8 * type.byteCount), low: lower, high: upper, probability: nil)
    _ = kernel.add(vk_random, arguments, [(0, \.key), (1, \.step), (2, \.out)])
    return kernel
  }
}
