import COneDNN
import Testing

/// The loaded table, or the reason why there is none.
private enum Library {
  static let problem: String? = {
    var message = [CChar](repeating: 0, count: 12288)
    if onednn_load(&message, message.count) == 0 { return nil }
    return message.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } }
  }()
}

@Suite(
  "Computing with oneDNN",
  .enabled(if: Library.problem == nil, "needs oneDNN 3: \(Library.problem ?? "")"))
final class ComputingTests {
  private let table: UnsafePointer<OneDNN>
  private let engine: onednn_engine
  private let stream: onednn_stream

  init() throws {
    table = try #require(onednn_table())
    var engine: onednn_engine?
    try succeed(table.pointee.engine_create(&engine, ONEDNN_CPU, 0))
    self.engine = try #require(engine)
    var stream: onednn_stream?
    try succeed(table.pointee.stream_create(&stream, engine, UInt32(ONEDNN_STREAM_DEFAULT_FLAGS)))
    self.stream = try #require(stream)
  }

  deinit {
    _ = table.pointee.stream_destroy(stream)
    _ = table.pointee.engine_destroy(engine)
  }

  @Test("version 3, with its pool")
  func version() {
    #expect(table.pointee.major == 3)
    #expect(table.pointee.version()?.pointee.major == 3)
    #expect(String(cString: table.pointee.description).hasPrefix("oneDNN 3."))
    #expect(String(cString: table.pointee.path).contains("libdnnl.so"))
  }

  @Test("it computes in the threads of the pool")
  func threads() {
    #expect(table.pointee.shares_pool, "\(String(cString: table.pointee.description))")
  }

  @Test("a 3x3 convolution with bias equals the sum by its definition; addresses may change between runs")
  func convolution() throws {
    let (n, c, o, h, w) = (2, 3, 5, 6, 7)
    let x = values(n * c * h * w, seed: 1)
    let kernel = values(o * c * 9, seed: 2)
    let bias = values(o, seed: 3)
    let shapes = [[n, c, h, w], [o, c, 3, 3], [o], [n, o, h, w]]
    let descs = try shapes.map { try rowMajor($0) }
    defer { for desc in descs { _ = table.pointee.memory_desc_destroy(desc) } }
    var desc: onednn_primitive_desc?
    let ones: [Int64] = [1, 1]
    try succeed(
      table.pointee.convolution_forward_primitive_desc_create(
        &desc, engine, ONEDNN_FORWARD_INFERENCE, ONEDNN_CONVOLUTION_DIRECT, descs[0], descs[1], descs[2], descs[3],
        ones, [0, 0], ones, ones, nil))
    let step = try makeStep(
      desc, [ONEDNN_ARG_SRC, ONEDNN_ARG_WEIGHTS, ONEDNN_ARG_BIAS, ONEDNN_ARG_DST], [nil, nil, nil, nil])
    defer { onednn_step_destroy(step) }
    let result = Buffer(count: n * o * h * w)
    for run in 0..<2 {
      let inputs = [run == 0 ? x : x.map { -$0 }, kernel, bias].map { Buffer($0) }
      let handles = try #require(step.pointee.handles)
      for (i, buffer) in (inputs + [result]).enumerated() { handles[i] = UnsafeMutableRawPointer(buffer.start) }
      onednn_run(step)
      #expect(step.pointee.status == ONEDNN_SUCCESS)
      let expected = convolution3x3(run == 0 ? x : x.map { -$0 }, kernel, bias, n: n, c: c, o: o, h: h, w: w)
      #expect(zip(result.values, expected).allSatisfy { abs($0 - $1) < 1e-5 })
      withExtendedLifetime(inputs) {}
    }
  }

  @Test("matmul and sgemm equal the sum by its definition")
  func matrixProducts() throws {
    let (m, n, k) = (5, 7, 9)
    let (a, b) = (values(m * k, seed: 4), values(k * n, seed: 5))
    var expected = [Float](repeating: 0, count: m * n)
    for i in 0..<m { for j in 0..<n { for l in 0..<k { expected[i * n + j] += a[i * k + l] * b[l * n + j] } } }

    let descs = try [[m, k], [k, n], [m, n]].map { try rowMajor($0) }
    defer { for desc in descs { _ = table.pointee.memory_desc_destroy(desc) } }
    var desc: onednn_primitive_desc?
    try succeed(table.pointee.matmul_primitive_desc_create(&desc, engine, descs[0], descs[1], nil, descs[2], nil))
    let (bufferA, bufferB, bufferC) = (Buffer(a), Buffer(b), Buffer(count: m * n))
    let step = try makeStep(
      desc, [ONEDNN_ARG_SRC, ONEDNN_ARG_WEIGHTS, ONEDNN_ARG_DST], [bufferA.start, bufferB.start, bufferC.start])
    defer { onednn_step_destroy(step) }
    onednn_run(step)
    #expect(step.pointee.status == ONEDNN_SUCCESS)
    #expect(zip(bufferC.values, expected).allSatisfy { abs($0 - $1) < 1e-5 })

    let other = Buffer(count: m * n)
    var product = onednn_sgemm_step()
    (product.transpose_a, product.transpose_b) = (CChar(UInt8(ascii: "N")), CChar(UInt8(ascii: "N")))
    (product.m, product.n, product.k) = (Int64(m), Int64(n), Int64(k))
    (product.a, product.b, product.c) = (UnsafePointer(bufferA.start), UnsafePointer(bufferB.start), other.start)
    (product.lda, product.ldb, product.ldc) = (Int64(k), Int64(n), Int64(n))
    (product.alpha, product.beta) = (1, 0)
    onednn_run_sgemm(&product)
    #expect(product.status == ONEDNN_SUCCESS)
    #expect(zip(other.values, expected).allSatisfy { abs($0 - $1) < 1e-5 })

    product.lda = 0
    onednn_run_sgemm(&product)
    #expect(product.status == ONEDNN_INVALID_ARGUMENTS)
    #expect(String(cString: onednn_status_text(product.status)) == "invalid arguments")
    withExtendedLifetime([bufferA, bufferB, bufferC, other]) {}
  }

  @Test("a blocked descriptor tells strides, block sizes and padding")
  func blockedLayout() throws {
    var created: onednn_memory_desc?
    try succeed(
      table.pointee.memory_desc_create_with_tag(&created, 4, [2, 20, 3, 5], ONEDNN_F32, ONEDNN_TAG_aBcd16b))
    let desc = try #require(created)
    defer { _ = table.pointee.memory_desc_destroy(desc) }
    var kind = ONEDNN_FORMAT_KIND_UNDEF
    try succeed(table.pointee.memory_desc_query(desc, ONEDNN_QUERY_FORMAT_KIND, &kind))
    #expect(kind == ONEDNN_BLOCKED)
    #expect(try query(desc, ONEDNN_QUERY_STRIDES, count: 4) == [2 * 16 * 15, 16 * 15, 80, 16])
    #expect(try query(desc, ONEDNN_QUERY_PADDED_DIMS, count: 4) == [2, 32, 3, 5])
    var blocks: Int32 = 0
    try succeed(table.pointee.memory_desc_query(desc, ONEDNN_QUERY_INNER_NBLKS_S32, &blocks))
    #expect(blocks == 1)
    #expect(try query(desc, ONEDNN_QUERY_INNER_BLKS, count: 1) == [16])
    #expect(try query(desc, ONEDNN_QUERY_INNER_IDXS, count: 1) == [1])
    #expect(table.pointee.memory_desc_get_size(desc) == 2 * 32 * 15 * 4)
  }

  @Test("a post-op is folded, and the implementation has a name")
  func postOperation() throws {
    var postOps: onednn_post_ops?
    var attr: onednn_attr?
    try succeed(table.pointee.post_ops_create(&postOps))
    defer { _ = table.pointee.post_ops_destroy(postOps) }
    try succeed(table.pointee.post_ops_append_eltwise(postOps, ONEDNN_ELTWISE_RELU, 0, 0))
    try succeed(table.pointee.primitive_attr_create(&attr))
    defer { _ = table.pointee.primitive_attr_destroy(attr) }
    try succeed(table.pointee.primitive_attr_set_post_ops(attr, postOps))
    try succeed(table.pointee.primitive_attr_set_scratchpad_mode(attr, ONEDNN_SCRATCHPAD_MODE_USER))
    let shape = try rowMajor([2, 2])
    defer { _ = table.pointee.memory_desc_destroy(shape) }
    var desc: onednn_primitive_desc?
    try succeed(table.pointee.matmul_primitive_desc_create(&desc, engine, shape, shape, nil, shape, attr))
    var name: UnsafePointer<CChar>?
    try succeed(table.pointee.primitive_desc_query(desc, ONEDNN_QUERY_IMPL_INFO_STR, 0, &name))
    #expect(!String(cString: try #require(name)).isEmpty)
    let scratchpad = table.pointee.memory_desc_get_size(
      table.pointee.primitive_desc_query_md(desc, ONEDNN_QUERY_SCRATCHPAD_MD, 0))
    let (a, identity, c, scratch) = (
      Buffer([1, -2, -3, 4]), Buffer([1, 0, 0, 1]), Buffer(count: 4), Buffer(count: Int(scratchpad) / 4 + 1)
    )
    let step = try makeStep(
      desc, [ONEDNN_ARG_SRC, ONEDNN_ARG_WEIGHTS, ONEDNN_ARG_DST, ONEDNN_ARG_SCRATCHPAD],
      [a.start, identity.start, c.start, scratch.start])
    defer { onednn_step_destroy(step) }
    onednn_run(step)
    #expect(c.values == [1, 0, 0, 4])
    withExtendedLifetime([a, identity, c, scratch]) {}
  }

  // MARK: - Building blocks

  private func makeStep(_ desc: onednn_primitive_desc?, _ roles: [Int], _ handles: [UnsafeMutablePointer<Float>?])
    throws
    -> UnsafeMutablePointer<onednn_step>
  {
    let desc = try #require(desc)
    defer { _ = table.pointee.primitive_desc_destroy(desc) }
    var step: UnsafeMutablePointer<onednn_step>?
    try succeed(
      onednn_step_create(
        &step, desc, engine, stream, Int32(roles.count), roles.map { Int32($0) }, nil,
        handles.map { UnsafeMutableRawPointer($0) }))
    return try #require(step)
  }

  private func rowMajor(_ shape: [Int]) throws -> onednn_memory_desc {
    var strides = [Int64](repeating: 1, count: shape.count)
    for i in stride(from: shape.count - 2, through: 0, by: -1) { strides[i] = strides[i + 1] * Int64(shape[i + 1]) }
    var desc: onednn_memory_desc?
    try succeed(
      table.pointee.memory_desc_create_with_strides(
        &desc, Int32(shape.count), shape.map { Int64($0) }, ONEDNN_F32, strides))
    return try #require(desc)
  }

  private func query(_ desc: onednn_memory_desc, _ what: onednn_query, count: Int) throws -> [Int64] {
    var values: UnsafePointer<Int64>?
    try succeed(table.pointee.memory_desc_query(desc, what, &values))
    return Array(UnsafeBufferPointer(start: values, count: count))
  }
}

private func succeed(_ status: onednn_status, sourceLocation: SourceLocation = #_sourceLocation) throws {
  try #require(
    status == ONEDNN_SUCCESS, "\(String(cString: onednn_status_text(status)))", sourceLocation: sourceLocation)
}

/// Numbers that stay where they are.
private final class Buffer {
  let start: UnsafeMutablePointer<Float>
  let count: Int

  init(count: Int) {
    self.count = count
    start = .allocate(capacity: count)
    start.initialize(repeating: .nan, count: count)
  }

  convenience init(_ values: [Float]) {
    self.init(count: values.count)
    for (i, value) in values.enumerated() { start[i] = value }
  }

  deinit { start.deallocate() }

  var values: [Float] { Array(UnsafeBufferPointer(start: start, count: count)) }
}

private func values(_ count: Int, seed: Int) -> [Float] {
  (0..<count).map { Float(($0 * 37 + seed * 101) % 29) / 29 - 0.5 }
}

private func convolution3x3(
  _ x: [Float], _ kernel: [Float], _ bias: [Float], n: Int, c: Int, o: Int, h: Int, w: Int
) -> [Float] {
  var y = [Float]()
  for (image, filter) in (0..<n).flatMap({ image in (0..<o).map { (image, $0) } }) {
    for row in 0..<h {
      for column in 0..<w {
        var sum = bias[filter]
        for channel in 0..<c {
          for dy in -1...1 where (0..<h).contains(row + dy) {
            for dx in -1...1 where (0..<w).contains(column + dx) {
              sum +=
                x[((image * c + channel) * h + row + dy) * w + column + dx]
                * kernel[((filter * c + channel) * 3 + dy + 1) * 3 + dx + 1]
            }
          }
        }
        y.append(sum)
      }
    }
  }
  return y
}
