// Kernels made of oneDNN primitives, with the reorders they need.
import COneDNN
import CajalGraph

/// A primitive descriptor of oneDNN, owned.
final class PrimitiveDescription {
  let raw: onednn_primitive_desc
  private let library: Library

  init(_ library: Library, _ what: String, _ body: (inout onednn_primitive_desc?) -> onednn_status) throws {
    var raw: onednn_primitive_desc?
    try Library.check(body(&raw), what)
    guard let raw else { throw CajalError(.system, "oneDNN", expected: what, given: "there is no descriptor") }
    self.raw = raw
    self.library = library
  }

  deinit { _ = library.functions.primitive_desc_destroy(raw) }

  func memory(_ query: onednn_query, _ index: Int32 = 0) throws -> MemoryDescription {
    try MemoryDescription(copying: library.functions.primitive_desc_query_md(raw, query, index), library)
  }

  /// The descriptor of an argument by its role.
  func memory(role: Int) throws -> MemoryDescription { try memory(ONEDNN_QUERY_EXEC_ARG_MD, Int32(role)) }

  var scratchBytes: Int {
    guard let scratch = library.functions.primitive_desc_query_md(raw, ONEDNN_QUERY_SCRATCHPAD_MD, 0) else { return 0 }
    return library.functions.memory_desc_get_size(scratch)
  }

  /// What runs it: `brgconv:avx512_core`.
  var implementation: String {
    var text: UnsafePointer<CChar>?
    guard library.functions.primitive_desc_query(raw, ONEDNN_QUERY_IMPL_INFO_STR, 0, &text) == ONEDNN_SUCCESS, let text
    else {
      return "oneDNN"
    }
    return String(cString: text)
  }

  /// A plain reference loop, hundreds of times slower than the others.
  var isReference: Bool { implementation.contains("ref") && !implementation.contains("gemm") }
}

/// Attributes: working memory is the program's; epilogues follow.
final class Attributes {
  let raw: onednn_attr
  private let library: Library
  private var postOps: onednn_post_ops?

  init(
    _ library: Library, epilogues: [(algorithm: onednn_alg_kind, alpha: Float, beta: Float)] = [],
    addsToResult: Bool = false
  ) throws {
    var raw: onednn_attr?
    try Library.check(library.functions.primitive_attr_create(&raw), "attributes")
    guard let raw else { throw CajalError(.system, "oneDNN", expected: "attributes", given: "there are none") }
    self.raw = raw
    self.library = library
    try Library.check(
      library.functions.primitive_attr_set_scratchpad_mode(raw, ONEDNN_SCRATCHPAD_MODE_USER), "own working memory")
    guard !epilogues.isEmpty else { return }
    try Library.check(library.functions.post_ops_create(&postOps), "epilogues")
    for epilogue in epilogues {
      try Library.check(
        library.functions.post_ops_append_eltwise(postOps, epilogue.algorithm, epilogue.alpha, epilogue.beta),
        "an epilogue")
    }
    try Library.check(library.functions.primitive_attr_set_post_ops(raw, postOps), "epilogues")
  }

  deinit {
    if let postOps { _ = library.functions.post_ops_destroy(postOps) }
    _ = library.functions.primitive_attr_destroy(raw)
  }
}

/// Where an argument of a primitive lies.
enum Argument {
  /// An operand of the instruction, as it lies.
  case operand(Int)
  /// An operand that may lie otherwise than the primitive wants: reordered through working memory, before or after; one
  /// that depends on variables alone only when one of them has changed, into memory that is kept.
  case reordered(Int, MemoryDescription, isPrepared: Bool = false)
  /// Working memory at an offset.
  case scratch(Int)
  /// Memory kept between runs at an offset.
  case kept(Int)
  /// Nobody asks for it: working memory to throw away.
  case ignored
}

extension Kernel {
  /// Adds a primitive with its arguments by role; reorders what lies otherwise.
  func add(
    _ description: PrimitiveDescription, _ library: Library, _ arguments: [(role: Int, argument: Argument)],
    outputs: Set<Int> = []
  ) throws {
    implementation = description.implementation
    var roles: [Int32] = []
    var places: [Argument] = []
    var after: [() throws -> Void] = []
    for (role, argument) in arguments {
      roles.append(Int32(role))
      switch argument {
      case .operand, .scratch, .kept: places.append(argument)
      case .ignored: places.append(.scratch(reserve(bytes: try description.memory(role: role).byteCount)))
      case .reordered(let operand, let given, let isPrepared):
        let wanted = try description.memory(role: role)
        guard !wanted.equals(given) else {
          places.append(.operand(operand))
          continue
        }
        let bytes = wanted.byteCount
        let place = isPrepared ? Argument.kept(keep(bytes: bytes)) : .scratch(reserve(bytes: bytes))
        places.append(place)
        if outputs.contains(role) {
          after.append {
            try self.addReorder(library, from: (wanted, place), to: (given, .operand(operand)), for: .conversion)
          }
        } else {
          try addReorder(
            library, from: (given, .operand(operand)), to: (wanted, place),
            for: isPrepared ? .preparation : .conversion)
        }
      }
    }
    let scratch = description.scratchBytes
    if scratch > 0 {
      roles.append(Int32(ONEDNN_ARG_SCRATCHPAD))
      places.append(.scratch(reserve(bytes: scratch)))
    }
    try addStep(description, library, roles, places)
    for body in after { try body() }
  }

  private func addReorder(
    _ library: Library, from: (MemoryDescription, Argument), to: (MemoryDescription, Argument), for purpose: Purpose
  ) throws {
    let attributes = try Attributes(library)
    let reorder = try PrimitiveDescription(library, "a reorder") {
      library.functions.reorder_primitive_desc_create(
        &$0, from.0.raw, library.engine, to.0.raw, library.engine, attributes.raw)
    }
    var roles = [Int32(ONEDNN_ARG_FROM), Int32(ONEDNN_ARG_TO)]
    var places = [from.1, to.1]
    if reorder.scratchBytes > 0 {
      roles.append(Int32(ONEDNN_ARG_SCRATCHPAD))
      places.append(.scratch(reserve(bytes: reorder.scratchBytes)))
    }
    try addStep(reorder, library, roles, places, for: purpose)
  }

  private func addStep(
    _ description: PrimitiveDescription, _ library: Library, _ roles: [Int32], _ places: [Argument],
    for purpose: Purpose = .work
  ) throws {
    var step: UnsafeMutablePointer<onednn_step>?
    try Library.check(
      onednn_step_create(&step, description.raw, library.engine, library.stream, Int32(roles.count), roles, nil, nil),
      label)
    guard let step, let handles = step.pointee.handles else { return }
    own { onednn_step_destroy(step) }
    add(onednn_run, prepared: UnsafeMutableRawPointer(step), for: purpose)
    if purpose != .preparation { primitives += 1 }
    for (index, place) in places.enumerated() {
      switch place {
      case .operand(let operand): attach(operand, handles + index)
      case .scratch(let offset): attachScratch(handles + index, offset: offset)
      case .kept(let offset): attachKept(handles + index, offset: offset)
      case .reordered, .ignored: break
      }
    }
    let label = self.label
    check {
      guard step.pointee.status != ONEDNN_SUCCESS else { return nil }
      let text = String(cString: onednn_status_text(step.pointee.status))
      step.pointee.status = ONEDNN_SUCCESS
      return CajalError(.system, label, expected: "oneDNN to run it", given: "it answered '\(text)'")
    }
  }
}
