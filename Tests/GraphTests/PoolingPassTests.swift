// Masks before the gradient of max pooling, and winners that are kept: the same bits, and only where the algebra holds.
import CajalCPU
import CajalCompiler
import CajalGraph
import Testing

@Suite struct PoolingPassTests {
  private static let both: Set = ["mask-before-pooling", "keep-winners"]

  /// What the passes must not change by a bit: y, and the gradient behind the activation.
  private struct Net {
    var problem = Problem()
    var name = ""

    /// Pooling of 1 to 3 axes with random sizes, strides and paddings, of rows, images in blocks of channels, or with the
    /// batch innermost. Coarse values make ties and zeros; some are not numbers.
    init(seed: UInt64, convolves: Bool = true) {
      var draw = Draw(seed: seed)
      problem.isTraining = true
      let axes = draw.integer(1...3)
      let batch = axes < 3 && draw.integer(0...5) == 0 ? 32 : draw.integer(1...2)
      let channels = [1, 3, 16, 20, 32].randomElement(using: &draw.random) ?? 3
      let size = (0..<axes).map { _ in draw.integer(1...3) }
      let low = size.map { draw.integer(0...($0 - 1)) }
      let high = size.map { draw.integer(0...($0 - 1)) }
      let window = Window(
        strides: size.map { draw.bool() ? $0 : draw.integer(1...3) }, paddingLow: low, paddingHigh: high,
        dilations: size.map { _ in 1 })
      let shape = [batch] + size.map { $0 + draw.integer(1...(axes == 3 ? 2 : 5)) } + [channels]
      var values = draw.numbers(shape, -3, 3)
      values.data = values.data.map { ($0 * 2).rounded() / 2 }
      if draw.integer(0...3) == 0 { values.data[draw.integer(0...(values.count - 1))] = .nan }
      var x = problem.input(values)
      let parameter = x
      // A convolution with kernels of 1 decides how everything behind it lies.
      if axes == 2, convolves, draw.bool() {
        let kernel = problem.input(draw.numbers([1, 1, channels, channels], -1, 1))
        x = x.convolved(
          kernel, window: Window(strides: [1, 1], paddingLow: [0, 0], paddingHigh: [0, 0], dilations: [1, 1]))
      }
      let kind = ["relu", "clip", "leaky", "none", "mask above 0.5"].randomElement(using: &draw.random) ?? "none"
      let activated: Tensor
      switch kind {
      case "relu": activated = x.relu()
      case "clip": activated = x.clipped(0, 1.5)
      case "leaky": activated = (x .> 0).select(x, x * 0.25)
      default: activated = x
      }
      let y = activated.maxPooled(size: size, window: window)
      let slope = problem.input(draw.numbers(y.shape.dimensions, -1, 1))
      var back = gradient(of: (y * slope).sum(), with: [kind == "mask above 0.5" ? x : parameter])[0]
      if kind == "mask above 0.5" { back = (x .> 0.5).select(back, back.filled(0)) }
      problem.outputs = [y, back]
      name = "seed \(seed): \(shape), size \(size), strides \(window.strides), padding \(low) \(high), \(kind)"
    }
  }

  @Test(arguments: UInt64(1)...60) func agreesToTheBit(seed: UInt64) throws {
    let expected = try Net(seed: seed).problem.compiled(PassSettings(off: Self.both))
    for off in [[], ["mask-before-pooling"], ["keep-winners"]] as [Set<String>] {
      let net = Net(seed: seed)
      let given = try net.problem.compiled(PassSettings(off: off))
      for (a, b) in zip(given, expected) {
        // One "not a number" is as good as another.
        let same = zip(a.data, b.data).allSatisfy { $0.bitPattern == $1.bitPattern || $0.isNaN && $1.isNaN }
        #expect(a.type == b.type && same, "\(net.name), off \(off)")
      }
    }
  }

  @Test(arguments: UInt64(1)...8) func agreesWithTheReference(seed: UInt64) throws {
    let problem = Net(seed: seed, convolves: false).problem
    guard problem.inputs.allSatisfy({ !$0.values.data.contains { $0.isNaN } }) else { return }
    expectClose(try problem.compiled(), try problem.interpreted(), tolerance: 1e-5, "seed \(seed)")
  }

  // MARK: - Where they apply

  private static let window = Window(strides: [2, 2], paddingLow: [0, 0], paddingHigh: [0, 0], dilations: [1, 1])
  private static let pooling = Pooling(kind: .maximum, size: [2, 2], window: window, countsPadding: false)

  /// Shapes of the selections in a program after the pass.
  private func selections(_ build: (_ x: Tensor, _ dy: Tensor) -> [Tensor]) throws -> [[Int]] {
    let (x, dy) = (
      Tensor.placeholder("x", TensorType([2, 4, 4, 3], .float32), trace: nil),
      Tensor.placeholder("dy", TensorType([2, 2, 2, 3], .float32), trace: nil)
    )
    let request = Request(inputs: [x, dy], outputs: build(x, dy), updates: [], isTraining: true)
    var code = try Code(request, backend: Processor())
    for pass in [Simplify(), Share(), Simplify(), RemoveDead(), MaskBeforePooling()] as [any Pass] {
      try pass.run(&code)
    }
    try code.verify(after: MaskBeforePooling.name)
    return code.instructions.filter { ($0.operation as? Elementwise)?.function == .select }.map {
      code.type($0.outputs[0]).shape.dimensions
    }
  }

  private static let (large, small) = ([2, 4, 4, 3], [2, 2, 2, 3])

  private static func pooled(_ x: Tensor) -> Tensor { x.maxPooled(size: [2, 2], window: window) }
  private static func back(_ x: Tensor, _ y: Tensor, _ dy: Tensor) -> Tensor {
    Tensor.make(MaxPoolingGradient(pooling: pooling), [x, y, dy])
  }

  @Test func movesMasksOfThePoolingsInput() throws {
    typealias Body = (Tensor, Tensor) -> [Tensor]
    func slope(_ y: Tensor, _ x: Tensor, _ dy: Tensor) -> [Tensor] { gradient(of: [y], seeds: [dy], with: [x]) }
    let found: [Body] = [
      { x, dy in slope(Self.pooled(x.relu()), x, dy) },
      { x, dy in slope(Self.pooled(x.clipped(0, 6)), x, dy) },
      { x, dy in  // the identity asks for no relu
        let back = Self.back(x, Self.pooled(x), dy)
        return [(x .> 0).select(back, back.filled(0))]
      },
      { x, dy in
        let back = Self.back(x, Self.pooled(x), dy)
        return [(x .<= 0.5).and((x .> 2).not()).select(back.filled(0), back)]
      },
    ]
    for (index, body) in found.enumerated() { #expect(try selections(body) == [Self.small], "\(index)") }
  }

  @Test func leavesOtherMasksAlone() throws {
    typealias Body = (Tensor, Tensor) -> [Tensor]
    func masked(_ condition: Tensor, _ x: Tensor, _ other: Double = 0) -> Tensor {
      condition.select(x, x.filled(other))
    }
    let left: [Body] = [
      { x, dy in  // y is not the pooling's
        [masked(x .> 0, Self.back(x, Self.pooled(x) + 1, dy))]
      },
      { x, dy in  // y is another x's
        [masked(x .> 0, Self.back(x, Self.pooled(x * 2), dy))]
      },
      { x, dy in  // the mask reads another x
        [masked(x * 2 .> 0, Self.back(x, Self.pooled(x), dy))]
      },
      { x, dy in [masked(x .> x.reversed(axes: [1]), Self.back(x, Self.pooled(x), dy))] },
      { x, dy in [masked(x .> 0, Self.back(x, Self.pooled(x), dy), 1)] },
      { x, dy in [masked(x .> 0, Self.back(x, Self.pooled(x), dy), -0.0)] },
      { x, dy in  // read elsewhere too
        let back = Self.back(x, Self.pooled(x), dy)
        return [masked(x .> 0, back), back]
      },
      { x, dy in  // windows of another size
        var other = Self.pooling
        other.size = [2, 1]
        return [masked(x .> 0, Tensor.make(MaxPoolingGradient(pooling: other), [x, Self.pooled(x), dy]))]
      },
    ]
    for (index, body) in left.enumerated() { #expect(try selections(body) == [Self.large], "\(index)") }
    let leaky = try selections { x, dy in
      gradient(of: [Self.pooled((x .> 0).select(x, x * 0.1))], seeds: [dy], with: [x])
    }
    #expect(leaky.allSatisfy { $0 == Self.large } && leaky.count > 1)
  }

  /// A result as large as the input is masked where it is.
  @Test func leavesMasksThatWouldNotShrink() throws {
    let window = Window(strides: [1, 1], paddingLow: [0, 0], paddingHigh: [1, 1], dilations: [1, 1])
    let shapes = try selections { x, _ in
      gradient(of: x.relu().maxPooled(size: [2, 2], window: window).sum(), with: [x])
    }
    #expect(shapes == [Self.large])
  }

  /// Labels of a training program's pooling instructions, and how many maps there are.
  private func made(_ settings: PassSettings = PassSettings()) throws -> (pools: [String], maps: Int) {
    let x = Tensor.placeholder("x", TensorType([2, 4, 4, 3], .float32), trace: nil)
    let slope = Tensor.placeholder("dy", TensorType([2, 2, 2, 3], .float32), trace: nil)
    let slopes = gradient(of: [Self.pooled(x.relu())], seeds: [slope], with: [x])
    let code = try Program(
      Request(inputs: [x, slope], outputs: slopes, updates: [], isTraining: true), settings: settings
    ).code
    let labels = code.instructions.map(\.operation.label)
    return (labels.filter { $0.contains("pooling") }, code.instructions.count { $0.operation is FusedMap })
  }

  /// With both passes nothing is left of the mask: it is in the winners.
  @Test func winnersTakeTheMaskAlong() throws {
    let pairs = ["max pooling with winners", "max pooling gradient by winners"]
    let plain = ["max pooling", "max pooling gradient"]
    for (off, pools, maps) in [([], pairs, 1), (["mask-before-pooling"], pairs, 2), (["keep-winners"], plain, 2)] {
      let found = try made(PassSettings(off: Set(off)))
      #expect(found.pools == pools && found.maps == maps, "off \(off)")
    }
  }

  /// Prediction keeps no winners, and neither do windows with more places than a byte can say.
  @Test func winnersAreKeptOnlyForGradients() throws {
    let x = Tensor.placeholder("x", TensorType([1, 17, 17, 2], .float32), trace: nil)
    let whole = Window(strides: [1, 1], paddingLow: [0, 0], paddingHigh: [0, 0], dilations: [1, 1])
    for (outputs, label) in [
      ([Self.pooled(x)], "max pooling"),
      (gradient(of: x.maxPooled(size: [16, 16], window: whole).sum(), with: [x]), "max pooling gradient"),
      (gradient(of: x.maxPooled(size: [15, 17], window: whole).sum(), with: [x]), "max pooling gradient by winners"),
    ] {
      let code = try Program(Request(inputs: [x], outputs: outputs, updates: [], isTraining: true)).code
      #expect(code.instructions.contains { $0.operation.label == label }, "\(label)")
    }
  }
}
