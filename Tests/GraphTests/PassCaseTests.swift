// Patterns that passes must leave alone, or take with care: each with every pass on and off, against the reference.
import CajalCPU
import CajalCompiler
import CajalGraph
import Testing

/// A small graph by hand.
private struct Case: Sendable, CustomTestStringConvertible {
  var name: String
  var build: @Sendable (inout Problem, inout Draw) -> Void
  var testDescription: String { name }

  init(_ name: String, _ build: @escaping @Sendable (inout Problem, inout Draw) -> Void) {
    self.name = name
    self.build = build
  }
}

extension Problem {
  fileprivate mutating func drawn(_ shape: [Int], _ draw: inout Draw, _ dtype: DType = .float32) -> Tensor {
    input(draw.numbers(shape, -1, 1, dtype: dtype))
  }
}

private let cases: [Case] = [
  Case("a vector for each row is no bias") { problem, draw in
    let (x, w, v) = (problem.drawn([5, 3], &draw), problem.drawn([3, 5], &draw), problem.drawn([5], &draw))
    problem.outputs = [x.matmul(w) + v.reshaped([5, 1])]
  },
  Case("a vector for each image row is no bias") { problem, draw in
    let (x, w, v) = (
      problem.drawn([1, 4, 4, 2], &draw), problem.drawn([1, 1, 2, 4], &draw), problem.drawn([4], &draw)
    )
    let window = Window(strides: [1, 1], paddingLow: [0, 0], paddingHigh: [0, 0], dilations: [1, 1])
    problem.outputs = [(x.convolved(w, window: window) + v.reshaped([1, 4, 1, 1])).relu()]
  },
  Case("a bias made after the product") { problem, draw in
    let (x, w, v) = (problem.drawn([5, 3], &draw), problem.drawn([3, 4], &draw), problem.drawn([4], &draw))
    let y = x.matmul(w)
    problem.outputs = [y + v.sin() * y.mean(), y + v, y]
  },
  Case("a product read twice") { problem, draw in
    let (x, w, v) = (problem.drawn([5, 3], &draw), problem.drawn([3, 4], &draw), problem.drawn([4], &draw))
    let y = x.matmul(w) + v
    problem.outputs = [y.relu(), y.tanh()]
  },
  Case("a product plus itself, minus a bias") { problem, draw in
    let (x, w, v) = (problem.drawn([5, 3], &draw), problem.drawn([3, 4], &draw), problem.drawn([4], &draw))
    let y = x.matmul(w)
    problem.outputs = [y + y, v - y.relu(), (y - v).relu()]
  },
  Case("bias gradients read before and after the kernel gradient") { problem, draw in
    let (x, w, v) = (problem.drawn([5, 3], &draw), problem.drawn([3, 4], &draw), problem.drawn([4], &draw))
    let y = (x.matmul(w) + v).tanh()
    let slopes = gradient(of: y.squared().sum(), with: [v, w, x])
    problem.outputs = [slopes[0], slopes[1] * slopes[0].sum(), slopes[2]]
  },
  Case("a bias gradient behind the kernel gradient") { problem, draw in
    let (x, w, v) = (problem.drawn([5, 3], &draw), problem.drawn([3, 4], &draw), problem.drawn([4], &draw))
    let window = Window(strides: [1, 1], paddingLow: [1, 0], paddingHigh: [0, 1], dilations: [1, 1])
    let (image, kernel) = (problem.drawn([2, 4, 3, 16], &draw), problem.drawn([2, 2, 16, 4], &draw))
    let (y, z) = ((x.matmul(w) + v).sigmoid(), (image.convolved(kernel, window: window) + v).tanh())
    problem.outputs =
      gradient(of: y.squared().sum(), with: [w, v]) + gradient(of: z.squared().sum(), with: [kernel, v, image])
  },
  Case("an inner axis of size 0 and a clip") { problem, draw in
    let (x, w) = (problem.drawn([2, 0], &draw), problem.drawn([0, 3], &draw))
    problem.outputs = [x.matmul(w).clipped(0.5, 1), x.matmul(w) + 1]
  },
  Case("a chain of a hundred different clips") { problem, draw in
    let x = problem.drawn([7], &draw)
    var y = x * 300
    for step in 0..<120 { y = y.clipped(Double(step) - 200, 300 - Double(step)) }
    problem.outputs = [y]
  },
  Case("a chain of hundreds of functions") { problem, draw in
    let x = problem.drawn([33], &draw)
    var y = x
    for step in 0..<300 {
      let factor: Double = 1 + 0.001 * Double(step)
      y = (y * factor + 0.01).sin().maximum(0.0001 * Double(step) - 0.5)
    }
    problem.outputs = [y]
  },
  Case("forty inputs in one expression") { problem, draw in
    let inputs = (0..<70).map { _ in problem.drawn([3, 2], &draw) }
    var y = inputs[0]
    for x in inputs { y = (y * 0.5 + x).tanh() }
    problem.outputs = [y]
  },
  Case("rounding to 16 bits on the way") { problem, draw in
    let x = problem.drawn([9], &draw)
    problem.outputs = [x.cast(to: .bfloat16), x.cast(to: .float16)]
  },
  Case("whole numbers through floats and back") { problem, draw in
    let x = problem.input(Values([5], .float32, [2.75, -2.75, 0.5, -0.5, 7]))
    problem.outputs = [x.cast(to: .int32).cast(to: .float32) * 2, (x.cast(to: .int64) * 3).cast(to: .float64) + 0.5]
  },
  Case("whole numbers that leave their type") { problem, draw in
    let x = problem.input(Values([3], .int32, [100, 300, -200]))
    problem.outputs = [x.cast(to: .int32) + 1, x.cast(to: .int8).cast(to: .int32) + 0]
  },
  Case("a fraction where whole numbers are") { problem, _ in
    problem.outputs = [Tensor.full([3], 2.75, dtype: .int32).cast(to: .float32), Tensor.full([3], 2.75, dtype: .int32)]
  },
  Case("truths in sums") { problem, draw in
    let x = problem.drawn([4, 3], &draw)
    problem.outputs = [(x .> 0).cast(to: .float32).sum(axes: [0]), (x .> 0).any(axes: [1]), (x .> -5).all()]
  },
  Case("a reduction and what it is subtracted from") { problem, draw in
    let x = problem.drawn([4, 3], &draw)
    let centred = x - x.mean(axes: [0], keepsDimensions: true)
    problem.outputs = [centred, centred.squared().sum(axes: [0]), x.max()]
  },
  Case("one value as several results") { problem, draw in
    let x = problem.drawn([4], &draw)
    let y = x * 2
    problem.outputs = [x, y, y, x.reshaped([2, 2]), y.reshaped([2, 2]), Tensor([1, 2]), Tensor.zeros([3])]
  },
  Case("transposes and reshapes in chains") { problem, draw in
    let x = problem.drawn([2, 3, 4], &draw)
    let y = x.transposed([2, 0, 1]).transposed([1, 2, 0]).reshaped([6, 4]).reshaped([2, 3, 4]).transposed([1, 0, 2])
    problem.outputs = [y, y.reshaped([3, 1, 8]).transposed([1, 0, 2]), x.transposed([0, 2, 1]).matmul(x)]
  },
  Case("transposed products") { problem, draw in
    let (x, w) = (problem.drawn([3, 5], &draw), problem.drawn([4, 3], &draw))
    problem.outputs = [
      x.transposed().matmul(w.transposed()), x.transposed().matmul(w, transposeOther: true),
      w.matmul(x.transposed().transposed()),
    ]
  },
  Case("a stretch of a stretch") { problem, draw in
    let x = problem.drawn([3, 1], &draw)
    problem.outputs = [
      x.broadcast(to: [3, 4]).broadcast(to: [2, 3, 4]) + 1, x.broadcast(to: [3, 4]) * x,
      x.broadcast(to: [2, 3, 4]).sum(axes: [0]),
    ]
  },
  Case("neutral elements") { problem, draw in
    let x = problem.drawn([3], &draw)
    let zero = Tensor.zeros([3])
    problem.outputs = [x + 0, x - 0, 0 - x, x * 1, x / 1, x.power(1), x * 0, 1 / (x + 2), zero + x, x + zero * x]
  },
  Case("sources alone") { problem, _ in
    problem.outputs = [
      Tensor.ones([2, 2]), Tensor.range(4), Tensor.indices(along: 1, shape: [2, 3]), Tensor.full([2], -0.25),
      Tensor.full([], 1e30),
    ]
  },
  Case("equal work twice") { problem, draw in
    let x = problem.drawn([6], &draw)
    problem.outputs = [x.sin() + x.cos(), x.cos() + x.sin(), x.sin() - x.cos(), x.cos() - x.sin()]
  },
  Case("one block of channels, moved") { problem, draw in
    let (x, w) = (problem.drawn([2, 4, 3, 16], &draw), problem.drawn([1, 1, 16, 16], &draw))
    let window = Window(strides: [1, 1], paddingLow: [0, 0], paddingHigh: [0, 0], dilations: [1, 1])
    let y = x.convolved(w, window: window)
    problem.outputs = [
      y.slice(axis: 1, 1..<3), y.transposed([3, 0, 2, 1]), y.padded([(0, 0), (1, 0), (0, 1), (2, 0)]),
      y.reversed(axes: [3]),
      Tensor.concatenate([y, y], axis: 3), y.reshaped([2, 12, 16]).softmax(),
    ]
  },
  Case("nine axes") { problem, draw in
    let x = problem.drawn([2, 1, 2, 1, 2, 1, 2, 1, 2], &draw)
    problem.outputs = [x.sin(), x.sum(axes: [0, 4]), x.transposed()]
  },
]

@Suite struct PassCaseTests {
  @Test(arguments: cases) private func isTheSameEitherWay(_ entry: Case) throws {
    for isTraining in [false, true] {
      for off in [""] + PassTests.passes {
        var problem = Problem()
        var draw = Draw(seed: 1)
        entry.build(&problem, &draw)
        problem.isTraining = isTraining
        let expected = try problem.interpreted().map { $0.dtype.isFloating ? $0 : $0.rounded(to: $0.dtype) }
        let rough = expected.contains { $0.dtype == .bfloat16 || $0.dtype == .float16 }
        expectClose(
          try problem.compiled(PassSettings(off: off.isEmpty ? [] : [off])), expected, tolerance: rough ? 0.004 : 2e-6,
          "\(entry.name), off [\(off)], training \(isTraining)")
      }
    }
  }

  /// A float stored in 16 bits and read again has lost its last digits, whether or not it went through memory.
  @Test(arguments: [DType.bfloat16, .float16]) func keepsNoHiddenDigits(dtype: DType) throws {
    for off in [[], ["fuse-elementwise"]] {
      var problem = Problem()
      let x = Values([4], .float32, [1.0009765625, 3.14159, -0.1, 1000.7])
      let given = problem.input(x.rounded(to: .float32))
      problem.outputs = [given.cast(to: dtype).cast(to: .float32)]
      let expected = Values([4], .float32, x.data.map { store($0, as: dtype) })
      expectClose(try problem.compiled(PassSettings(off: Set(off))), [expected], tolerance: 0, "\(dtype), off \(off)")
    }
  }
}
