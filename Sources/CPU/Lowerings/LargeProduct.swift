// Large products of matrices that lie by rows: which of oneDNN's and Cajal's own kernels is the fastest for the shape,
// and sums of chosen rows.
import COneDNN
import CajalCompiler
import CajalGraph
import VectorKernels

/// Who computes a large product. Measured on processors with AVX-512, on 1 and 2 threads.
enum LargeProduct {
  /// Own loops that read the matrix from its beginning to its end (`vk_few_rows`): up to four rows, where nothing but
  /// the reading counts. The library reads at half of the memory's speed or less.
  case fewRows
  /// Own tiles (`vk_product`): a matrix that lies the other way, which libraries turn around first; small results of long
  /// sums, which they do not divide among threads along the sum; and the gradients of a sequence's weights, where rows
  /// lie a multiple of 4 KB apart and the library waits for memory while it copies them.
  case tiles
  /// oneDNN's product without anything beside it, 1 to 3 % faster there than its primitive.
  case plain
  /// oneDNN's primitive, with bias and activation inside.
  case primitive

  init(_ form: ProductForm, hasBias: Bool, activation: Epilogue?) {
    let rectifies = if case .relu = activation { true } else { false }
    let isTurned = form.right.row == 1 && form.right.column > 1 && form.m <= 1024 && form.n >= min(form.m, 256)
    let isLongSum = form.m * form.n <= 16_384 && form.k >= 2048
    // Still more rows against it: the primitive turns it around once, the plain product block by block.
    let isTurnedForMany = form.right.row == 1 && form.right.column > 1 && form.m > 1024
    let canTile = form.batch == 1 && vk_product_is_fast() != 0 && (activation == nil || rectifies)
    let isLongGradient = form.left.row == 1 && form.n % 1024 == 0 && form.k >= 2048
    if form.isFewRows, activation == nil || activation?.limits != nil {
      self = .fewRows
    } else if canTile && (isTurned || isLongSum || isLongGradient) {
      self = .tiles
    } else if form.batch == 1 && !hasBias && activation == nil && form.flops >= 1e8 && !isTurnedForMany {
      self = .plain
    } else {
      self = .primitive
    }
  }
}

extension ProductForm {
  /// At most four rows against a large matrix, both by rows.
  fileprivate var isFewRows: Bool {
    batch == 1 && m <= VK_FEW_ROWS && left == (k, 1) && right == (n, 1) && min(n, k) >= 64 && n * k >= 65_536
  }
}

extension Kernel {
  /// c = limited(a b + bias?) by reading b once.
  func addFewRows(
    _ form: ProductForm, _ site: Site, operands: (a: Int, b: Int, c: Int), bias: Int?, limits: ClosedRange<Float>
  ) {
    var arguments = vk_few_rows_arguments(
      a: nil, b: nil, bias: nil, c: nil, workspace: nil, lowest: limits.lowerBound, highest: limits.upperBound,
      threads: site.threads(bytes: form.n * form.k * MemoryLayout<Float>.size), m: Int64(form.m), n: Int64(form.n),
      k: Int64(form.k))
    let bytes = Int(vk_few_rows_workspace(&arguments))
    let memory = add(vk_few_rows, arguments, [(operands.a, \.a), (operands.b, \.b), (operands.c, \.c)])
    if let bias { attach(bias, slot(memory, \.bias)) }
    attachScratch(slot(memory, \.workspace), offset: reserve(bytes: bytes))
  }

  /// c = relu?(a b + bias?) by own tiles, and the sums of b's columns; operands are numbers of the kernel's.
  func addTiles(
    _ form: ProductForm, _ site: Site, operands: (a: Int, b: Int, c: Int), bias: Int? = nil, rectifies: Bool = false,
    columnSums: Int? = nil
  ) {
    let threads = site.threads(nanoseconds: form.flops / 100)
    var arguments = vk_product_arguments(
      a: nil, b: nil, bias: nil, c: nil, column_sums: nil, workspace: nil, rectifies: rectifies ? 1 : 0,
      sums_columns: columnSums == nil ? 0 : 1, threads: threads, m: Int64(form.m), n: Int64(form.n), k: Int64(form.k),
      a_row: Int64(form.left.row), a_column: Int64(form.left.column), b_row: Int64(form.right.row),
      b_column: Int64(form.right.column), c_row: Int64(form.n))
    let bytes = Int(vk_product_workspace(&arguments))
    let memory = add(vk_product, arguments, [(operands.a, \.a), (operands.b, \.b), (operands.c, \.c)])
    if let bias { attach(bias, slot(memory, \.bias)) }
    if let columnSums { attach(columnSums, slot(memory, \.column_sums)) }
    attachScratch(slot(memory, \.workspace), offset: reserve(bytes: bytes))
  }

  /// c = a b by oneDNN's plain product.
  func addPlainProduct(_ form: ProductForm, operands: (a: Int, b: Int, c: Int)) {
    var arguments = onednn_sgemm_step()
    let letter = { (lies: (row: Int, column: Int)) in CChar(UInt8(ascii: lies.column == 1 ? "N" : "T")) }
    arguments.transpose_a = letter(form.left)
    arguments.transpose_b = letter(form.right)
    (arguments.m, arguments.n, arguments.k) = (Int64(form.m), Int64(form.n), Int64(form.k))
    arguments.lda = Int64(form.left.column == 1 ? max(form.left.row, form.k) : max(form.left.column, form.m))
    arguments.ldb = Int64(form.right.column == 1 ? max(form.right.row, form.n) : max(form.right.column, form.k))
    arguments.ldc = Int64(form.n)
    arguments.alpha = 1
    let memory = add(onednn_run_sgemm, arguments, [(operands.a, \.a), (operands.b, \.b), (operands.c, \.c)])
    let label = label
    check {
      let status = memory.pointee.status
      memory.pointee.status = ONEDNN_SUCCESS
      guard status != ONEDNN_SUCCESS else { return nil }
      return CajalError(
        .system, label, expected: "the product to run",
        given: "oneDNN answered '\(String(cString: onednn_status_text(status)))'")
    }
  }
}

extension Site {
  /// The first operand chooses rows of the second.
  func choices(_ form: ProductForm, _ label: String, bias: Int?, activation: vk_activation) -> Kernel {
    let kernel = Kernel(label, implementation: "choices")
    var arguments = vk_choice_product_arguments(
      a: nil, b: nil, bias: nil, c: nil, workspace: nil, activation: Int32(activation.rawValue),
      threads: threads(nanoseconds: form.flops / 200), m: Int64(form.m), n: Int64(form.n), k: Int64(form.k),
      a_row: Int64(form.left.row), a_column: Int64(form.left.column), b_row: Int64(form.right.row),
      b_column: Int64(form.right.column), c_row: Int64(form.n))
    let bytes = Int(vk_choice_product_workspace(&arguments))
    let memory = kernel.add(vk_choice_product, arguments, [(0, \.a), (1, \.b), (output(0), \.c)])
    if let bias { kernel.attach(bias, kernel.slot(memory, \.bias)) }
    kernel.attachScratch(kernel.slot(memory, \.workspace), offset: kernel.reserve(bytes: bytes))
    kernel.flops = form.flops
    return kernel
  }
}
