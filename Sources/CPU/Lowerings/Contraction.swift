// Matrix products: oneDNN's, or plain loops where a library call costs more than the arithmetic.
import COneDNN
import CajalCompiler
import CajalGraph
import VectorKernels

/// The sizes of a product of matrices, and how its operands lie.
struct ProductForm {
  let batch: Int
  let m: Int
  let n: Int
  let k: Int
  /// Strides of rows and columns as the product sees them, transposes applied.
  let left: (row: Int, column: Int)
  let right: (row: Int, column: Int)

  init(_ contraction: Contraction, _ a: Shape, _ b: Shape) {
    batch = a.dimensions.dropLast(2).reduce(1, *)
    m = contraction.transposesLeft ? a[-1] : a[-2]
    k = contraction.transposesLeft ? a[-2] : a[-1]
    n = contraction.transposesRight ? b[-2] : b[-1]
    left = contraction.transposesLeft ? (1, a[-1]) : (a[-1], 1)
    right = contraction.transposesRight ? (1, b[-1]) : (b[-1], 1)
  }

  var flops: Double { 2 * Double(batch) * Double(m) * Double(n) * Double(k) }
  var isEmpty: Bool { batch * m * n == 0 }
  /// Below this a library call and a fork cost more than they give.
  var isSmall: Bool { flops < 200_000 || k == 0 }
}

extension Contraction: Lowerable {
  static var kernelKind: KernelKind { .product }

  func isLowerable(_ inputs: [TensorType]) -> Bool { inputs[0].dtype.index != nil }

  func lower(_ site: Site) throws -> Kernel {
    try FusedEpilogue(base: .contraction(self), hasBias: false, activation: nil).lowerContraction(self, site)
  }
}

extension Epilogue {
  /// The activation inside the small products' loops; nil where they do not have it.
  var small: vk_activation? {
    switch self {
    case .relu: return VK_ACTIVATION_RELU
    case .tanh: return VK_ACTIVATION_TANH
    case .sigmoid: return VK_ACTIVATION_SIGMOID
    case .clip: return nil
    }
  }
}

extension FusedEpilogue {
  func lowerContraction(_ contraction: Contraction, _ site: Site) throws -> Kernel {
    let form = ProductForm(contraction, site.inputs[0].shape, site.inputs[1].shape)
    let dtype = site.inputs[0].type.dtype
    if dtype != .float32 || form.isEmpty || form.isSmall && (activation == nil || activation?.small != nil) {
      return small(form, dtype, site)
    }
    if contraction.choosesRows, activation == nil || activation?.small != nil {
      return site.choices(
        form, label, bias: hasBias ? 2 : nil, activation: activation?.small ?? VK_ACTIVATION_LINEAR)
    }
    if !site.inputs[1].isRowMajor || !site.outputs[0].isRowMajor { return try dense(contraction, form, site) }
    return try large(form, site)
  }

  /// A product whose matrix of weights lies as the library's dense layers like it.
  private func dense(_ contraction: Contraction, _ form: ProductForm, _ site: Site) throws -> Kernel {
    if contraction.transposesLeft {
      return try DenseForm(rows: form.k, inputs: form.m, units: form.n, site.library).kernelGradient(
        site, label, hasBias: false)
    }
    if contraction.transposesRight {
      return try DenseForm(rows: form.m, inputs: form.n, units: form.k, site.library).inputGradient(site, label)
    }
    return try DenseForm(rows: form.m, inputs: form.k, units: form.n, site.library).forward(site, self)
  }

  private func small(_ form: ProductForm, _ dtype: DType, _ site: Site) -> Kernel {
    let kernel = Kernel(label, implementation: "loops")
    let types: [DType: vk_matrix_type] = [
      .float32: VK_MATRIX_F32, .float64: VK_MATRIX_F64, .int32: VK_MATRIX_I32, .int64: VK_MATRIX_I64,
    ]
    let arguments = vk_matrix_arguments(
      a: nil, b: nil, bias: nil, c: nil, type: Int32((types[dtype] ?? VK_MATRIX_F32).rawValue),
      activation: Int32((activation?.small ?? VK_ACTIVATION_LINEAR).rawValue), accumulates: 0, m: Int64(form.m),
      n: Int64(form.n),
      k: Int64(form.k), a_row: Int64(form.left.row), a_column: Int64(form.left.column), b_row: Int64(form.right.row),
      b_column: Int64(form.right.column), c_row: Int64(form.n), batch: Int64(form.batch),
      a_batch: Int64(form.m * form.k),
      b_batch: Int64(form.k * form.n), c_batch: Int64(form.m * form.n))
    let memory = kernel.add(vk_matrix, arguments, [(0, \.a), (1, \.b), (site.output(0), \.c)])
    if hasBias { kernel.attach(2, kernel.slot(memory, \.bias)) }
    kernel.flops = form.flops
    return kernel
  }

  private func large(_ form: ProductForm, _ site: Site) throws -> Kernel {
    let operands = (a: 0, b: 1, c: site.output(0))
    switch LargeProduct(form, hasBias: hasBias, activation: activation) {
    case .fewRows:
      let kernel = Kernel(label, implementation: "few rows")
      kernel.addFewRows(form, site, operands: operands, bias: hasBias ? 2 : nil, limits: activation.limits)
      kernel.flops = form.flops
      return kernel
    case .tiles:
      let kernel = Kernel(label, implementation: "tiles")
      kernel.addTiles(form, site, operands: operands, bias: hasBias ? 2 : nil, rectifies: activation != nil)
      kernel.flops = form.flops
      return kernel
    case .plain:
      let kernel = Kernel(label, implementation: "gemm:jit")
      kernel.addPlainProduct(form, operands: operands)
      kernel.flops = form.flops
      return kernel
    case .primitive: return try primitive(form, site)
    }
  }

  private func primitive(_ form: ProductForm, _ site: Site) throws -> Kernel {
    let kernel = Kernel(label, implementation: "oneDNN")
    let library = site.library
    let batched = form.batch > 1
    func description(_ rows: Int, _ columns: Int, _ strides: (row: Int, column: Int)) throws -> MemoryDescription {
      try .strided(
        (batched ? [form.batch] : []) + [rows, columns],
        (batched ? [rows * columns] : []) + [strides.row, strides.column], library)
    }
    let a = try description(form.m, form.k, form.left)
    let b = try description(form.k, form.n, form.right)
    let c = try description(form.m, form.n, (form.n, 1))
    let bias =
      hasBias
      ? try MemoryDescription.strided(
        (batched ? [1] : []) + [1, form.n], (batched ? [form.n] : []) + [form.n, 1], library) : nil
    let attributes = try Attributes(library, epilogues: activation.map { [$0.postOp] } ?? [])
    let primitive = try PrimitiveDescription(library, "this matrix product") {
      library.functions.matmul_primitive_desc_create(
        &$0, library.engine, a.raw, b.raw, bias?.raw, c.raw, attributes.raw)
    }
    var arguments: [(Int, Argument)] = [
      (ONEDNN_ARG_SRC, .operand(0)), (ONEDNN_ARG_WEIGHTS, .operand(1)), (ONEDNN_ARG_DST, .operand(site.output(0))),
    ]
    if hasBias { arguments.append((ONEDNN_ARG_BIAS, .operand(2))) }
    try kernel.add(primitive, library, arguments)
    kernel.flops = form.flops
    return kernel
  }
}

extension FusedKernelGradient {
  /// dW = xᵀ dy and db = Σ dy over the rows.
  func lowerContraction(_ contraction: Contraction, _ site: Site) throws -> Kernel {
    let (x, dy) = (site.inputs[0].shape, site.inputs[1].shape)
    let form = ProductForm(contraction, x, dy)
    if form.isSmall {
      let kernel = Kernel(label, implementation: "loops")
      let arguments = vk_dense_gradient_arguments(
        x: nil, dy: nil, dw: nil, db: nil, accumulates: 0, rows: Int64(x[0]), inputs: Int64(x[1]), units: Int64(dy[1]))
      _ = kernel.add(
        vk_dense_gradient, arguments, [(0, \.x), (1, \.dy), (site.output(0), \.dw), (site.output(1), \.db)])
      kernel.flops = form.flops
      return kernel
    }
    let kind = LargeProduct(form, hasBias: false, activation: nil)
    if !contraction.choosesRows, site.outputs[0].isRowMajor, kind == .tiles {
      let kernel = Kernel(label, implementation: "tiles")
      kernel.addTiles(form, site, operands: (0, 1, site.output(0)), columnSums: site.output(1))
      kernel.flops = form.flops
      return kernel
    }
    if contraction.choosesRows || site.outputs[0].isRowMajor && kind == .plain {
      let kernel: Kernel
      if contraction.choosesRows {
        kernel = site.choices(form, label, bias: nil, activation: VK_ACTIVATION_LINEAR)
      } else {
        kernel = Kernel(label, implementation: "gemm:jit")
        kernel.addPlainProduct(form, operands: (0, 1, site.output(0)))
      }
      let sums = vk_dense_gradient_arguments(
        x: nil, dy: nil, dw: nil, db: nil, accumulates: 0, rows: Int64(dy[0]), inputs: 0, units: Int64(dy[1]))
      _ = kernel.add(vk_dense_gradient, sums, [(1, \.dy), (site.output(1), \.db)])
      kernel.flops = form.flops
      return kernel
    }
    let dense = try DenseForm(rows: x[0], inputs: x[1], units: dy[1], site.library)
    return try dense.kernelGradient(site, label, hasBias: true)
  }
}
