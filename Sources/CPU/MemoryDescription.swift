// oneDNN's descriptions of memory, from and to layouts.
import COneDNN
import CajalGraph

/// A memory descriptor of oneDNN, owned.
final class MemoryDescription {
  let raw: onednn_memory_desc
  private let functions: OneDNN

  init(_ raw: onednn_memory_desc, _ library: Library) {
    self.raw = raw
    functions = library.functions
  }

  deinit { _ = functions.memory_desc_destroy(raw) }

  private static func make(_ library: Library, _ body: (inout onednn_memory_desc?) -> onednn_status) throws
    -> MemoryDescription
  {
    var raw: onednn_memory_desc?
    try Library.check(body(&raw), "this arrangement of memory")
    guard let raw else { throw CajalError(.system, "oneDNN", expected: "a memory descriptor", given: "there is none") }
    return MemoryDescription(raw, library)
  }

  /// A copy of a descriptor that a primitive owns.
  convenience init(copying raw: onednn_const_memory_desc?, _ library: Library) throws {
    let copy = try Self.make(library) { library.functions.memory_desc_clone(&$0, raw) }
    var again: onednn_memory_desc?
    try Library.check(library.functions.memory_desc_clone(&again, copy.raw), "a copy")
    guard let again else {
      throw CajalError(.system, "oneDNN", expected: "a memory descriptor", given: "there is none")
    }
    self.init(again, library)
  }

  /// Dimensions in the library's order with given strides.
  static func strided(_ dims: [Int], _ strides: [Int], _ library: Library) throws -> MemoryDescription {
    try make(library) {
      library.functions.memory_desc_create_with_strides(
        &$0, Int32(dims.count), dims.map(Int64.init), ONEDNN_F32, strides.map(Int64.init))
    }
  }

  /// Dimensions in an arrangement the primitive may choose.
  static func any(_ dims: [Int], _ library: Library) throws -> MemoryDescription {
    try make(library) {
      library.functions.memory_desc_create_with_tag(
        &$0, Int32(dims.count), dims.map(Int64.init), ONEDNN_F32, ONEDNN_FORMAT_TAG_ANY)
    }
  }

  /// An activation [batch, spatial…, channels] as batch, channels, spatial.
  static func activation(_ operand: Operand, _ library: Library) throws -> MemoryDescription {
    let rank = operand.shape.rank
    func reordered(_ values: [Int]) -> [Int] { [values[0], values[rank - 1]] + values[1..<(rank - 1)] }
    let dims = reordered(operand.shape.dimensions)
    if operand.layout.blocks.isEmpty { return try strided(dims, reordered(operand.layout.strides), library) }
    guard operand.layout == .channelBlocked(operand.shape, size: 16) else {
      throw CajalError(.unsupported, "oneDNN", expected: "channels in blocks of 16", given: "\(operand.layout)")
    }
    return try blocked(dims, library)
  }

  /// An activation as `activation` says it, and where its channels are one block, said that way too.
  static func waysToSay(_ operand: Operand, _ library: Library) throws -> [MemoryDescription] {
    let plain = try activation(operand, library)
    guard operand.shape.last == 16, (3...5).contains(operand.shape.rank), operand.isRowMajor else { return [plain] }
    let dimensions = operand.shape.dimensions
    return [plain, try blocked([dimensions[0], 16] + dimensions[1..<(operand.shape.rank - 1)], library)]
  }

  /// Batch, channels and spatial sizes with the channels in blocks of 16.
  private static func blocked(_ dims: [Int], _ library: Library) throws -> MemoryDescription {
    let tags: [Int: onednn_format_tag] = [3: ONEDNN_TAG_aBc16b, 4: ONEDNN_TAG_aBcd16b, 5: ONEDNN_TAG_aBcde16b]
    guard let tag = tags[dims.count] else {
      throw CajalError(
        .unsupported, "oneDNN", expected: "one to three spatial axes", given: "there are \(dims.count - 2)")
    }
    return try make(library) {
      library.functions.memory_desc_create_with_tag(&$0, Int32(dims.count), dims.map(Int64.init), ONEDNN_F32, tag)
    }
  }

  var byteCount: Int { functions.memory_desc_get_size(raw) }
  func equals(_ other: MemoryDescription) -> Bool { functions.memory_desc_equal(raw, other.raw) != 0 }

  private func numbers(_ query: onednn_query, _ count: Int) -> [Int] {
    var pointer: UnsafePointer<Int64>?
    guard functions.memory_desc_query(raw, query, &pointer) == ONEDNN_SUCCESS, let pointer else { return [] }
    return (0..<count).map { Int(pointer[$0]) }
  }

  /// Strides and blocks as a layout of a tensor whose axis `axes[d]` is dimension d; nil if padded or not of this form.
  func layout(axes: [Int], shape: Shape) -> Layout? {
    var kind = ONEDNN_FORMAT_KIND_UNDEF
    guard functions.memory_desc_query(raw, ONEDNN_QUERY_FORMAT_KIND, &kind) == ONEDNN_SUCCESS, kind == ONEDNN_BLOCKED
    else {
      return nil
    }
    let dims = numbers(ONEDNN_QUERY_DIMS, axes.count)
    guard dims == numbers(ONEDNN_QUERY_PADDED_DIMS, axes.count), byteCount == shape.count * 4 else { return nil }
    let strides = numbers(ONEDNN_QUERY_STRIDES, axes.count)
    var blockCount: Int32 = 0
    guard functions.memory_desc_query(raw, ONEDNN_QUERY_INNER_NBLKS_S32, &blockCount) == ONEDNN_SUCCESS else {
      return nil
    }
    let sizes = numbers(ONEDNN_QUERY_INNER_BLKS, Int(blockCount))
    let indices = numbers(ONEDNN_QUERY_INNER_IDXS, Int(blockCount))
    var result = Layout(strides: [Int](repeating: 1, count: shape.rank))
    for (dimension, axis) in axes.enumerated() where axis >= 0 { result.strides[axis] = strides[dimension] }
    for (size, index) in zip(sizes, indices) {
      guard axes[index] >= 0 else { return nil }
      result.blocks.append(Layout.Block(axis: axes[index], size: size))
    }
    return result
  }
}

/// Weights [window…, in / groups, out] as oneDNN sees them, and the arrangements it chose so far.
struct WeightsForm {
  let shape: Shape
  let groups: Int

  private var spatial: Int { shape.rank - 2 }
  private var isDepthwise: Bool { groups > 1 && shape.last == groups && shape[-2] == 1 }

  /// Dimensions in oneDNN's order: (groups,) out, in, window.
  var dims: [Int] {
    let window = Array(shape.dimensions[..<spatial])
    return groups == 1
      ? [shape.last, shape[-2]] + window : [groups, shape.last / groups, shape[-2]] + window
  }

  /// The tensor's axis of each dimension; -1 for one that is no axis.
  private var axes: [Int] {
    let window = Array(0..<spatial)
    return groups == 1 ? [spatial + 1, spatial] + window : [spatial + 1, -1, spatial] + window
  }

  func any(_ library: Library) throws -> MemoryDescription { try .any(dims, library) }

  /// The layout of a descriptor, where every element of the tensor has one place.
  func layout(_ description: MemoryDescription) -> Layout? {
    guard groups == 1 || isDepthwise, let layout = description.layout(axes: axes, shape: shape) else { return nil }
    WeightsForm.known.remember(description, self, layout)
    return layout
  }

  /// Whether a layout can be told to the library: without blocks, or chosen by it before.
  func isKnown(_ layout: Layout) -> Bool { layout.blocks.isEmpty || WeightsForm.known.description(self, layout) != nil }

  func description(_ operand: Operand, _ library: Library) throws -> MemoryDescription {
    let strides = operand.layout.strides
    if operand.layout.blocks.isEmpty {
      let window = Array(strides[..<spatial])
      let (input, output) = (strides[spatial], strides[spatial + 1])
      return try .strided(
        dims, groups == 1 ? [output, input] + window : [output * (shape.last / groups), output, input] + window, library
      )
    }
    guard let known = WeightsForm.known.description(self, operand.layout) else {
      throw CajalError(.unsupported, "oneDNN", expected: "an arrangement it chose itself", given: "\(operand.layout)")
    }
    return known
  }

  private static let known = KnownForms()
}

extension WeightsForm: Hashable {}
