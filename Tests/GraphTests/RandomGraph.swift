// Small random graphs of many kinds of operations, the same for the same seed.
import CajalCPU
import CajalCompiler
import CajalGraph

/// A graph with inputs, variables, several outputs and, when it trains, updates of its variables by their gradients.
struct RandomGraph {
  private var draw: Draw
  private(set) var inputs: [(tensor: Tensor, values: Values)] = []
  private(set) var variables: [Variable] = []
  private(set) var outputs: [Tensor] = []
  private(set) var updates: [(variable: Variable, value: Tensor)] = []
  private var pool: [Tensor] = []
  private var reads: [Tensor] = []

  init(seed: UInt64, trains: Bool) {
    draw = Draw(seed: seed)
    // Images with channels that fall into blocks and such that do not; rows; a vector.
    let channels = [3, 16, 32].randomElement(using: &draw.random) ?? 3
    pool = [input([2, 4, 3, channels]), input([3, 4]), variable([4]), variable([3, 1])]
    for _ in 0..<draw.integer(8...20) { grow() }
    outputs = Array(pool.suffix(draw.integer(3...6)))
    if draw.bool(), let first = pool.randomElement(using: &draw.random) { outputs.append(first) }
    let loss = outputs.reduce(Tensor.zeros([])) { $0 + $1.squared().mean() }
    outputs.append(loss)
    if trains { train(loss) }
  }

  // MARK: - Sources

  private mutating func input(_ shape: [Int]) -> Tensor {
    let values = draw.numbers(shape, -1, 1)
    let tensor = Tensor.placeholder("x\(inputs.count)", values.type, trace: nil)
    inputs.append((tensor, values))
    return tensor
  }

  private mutating func variable(_ shape: [Int], role: Variable.Role = .parameter) -> Tensor {
    let values = draw.numbers(shape, role == .slot ? 0 : -0.5, role == .slot ? 0 : 0.5)
    let variable = Variable("v\(variables.count)", values.type, role: role, value: values.storage)
    variables.append(variable)
    let read = variable.read(in: nil)
    if role == .parameter { reads.append(read) }
    return read
  }

  /// Momentum and a counter: rules that many variables share.
  private mutating func train(_ loss: Tensor) {
    let parameters = variables
    let gradients = gradient(of: loss, with: reads)
    for (variable, (read, slope)) in zip(parameters, zip(reads, gradients)) {
      let momentum = self.variable(variable.type.shape.dimensions, role: .slot)
      let next = momentum * 0.9 - slope * 0.1
      updates.append((variables[variables.count - 1], next))
      updates.append((variable, read + next))
    }
    let count = self.variable([], role: .slot)
    updates.append((variables[variables.count - 1], count + 1))
    outputs.append(count + 0)
  }

  // MARK: - Growth

  /// Often what was made last, so that little is made for nothing.
  private mutating func pick() -> Tensor {
    let latest = draw.bool() ? pool.suffix(4) : pool[...]
    return latest.randomElement(using: &draw.random) ?? pool[0]
  }

  private mutating func grow() {
    let x = pick()
    if x.count > 4_000 { return }
    switch draw.integer(0...19) {
    case 0...2: pool.append(elementwise(x))
    case 3...4: pool.append(combined(x, pick()))
    case 5: pool.append(reduced(x))
    case 6...8: pool.append(moved(x))
    case 9: pool.append(sliced(x))
    case 10...12: pool.append(dense(x))
    case 13...16: pool.append(image(x))
    case 17: pool.append(x.rank > 0 ? (draw.bool() ? x.softmax() : x.logSoftmax() * 0.1) : x.tanh())
    case 18: pool.append(x.rank > 0 ? x.cumulativeSum(axis: draw.integer(0...(x.rank - 1))).tanh() : x.sin())
    default: pool.append(mixed(x))
    }
  }

  private mutating func elementwise(_ x: Tensor) -> Tensor {
    switch draw.integer(0...8) {
    case 0: return x.tanh()
    case 1: return x.sigmoid() * 2 - 1
    case 2: return x.relu() - 0.1
    case 3: return (x * 1.5 + 0.25).sin()
    case 4: return x.tanh().exp() / 2
    case 5: return x.clipped(-0.5, 0.75)
    case 6: return (x.squared() + 1).sqrt().reciprocal()
    case 7: return -x.softplus() + 1
    default: return 1 / (x.absolute() + 1)
    }
  }

  private mutating func combined(_ x: Tensor, _ y: Tensor) -> Tensor {
    let fits = stretches(x.shape, y.shape)
    let other = fits ? y : y.mean()
    switch draw.integer(0...4) {
    case 0: return x + other
    case 1: return (x - other) * 0.5
    case 2: return (x * other).tanh()
    case 3: return x.maximum(other)
    default: return (x .> other).select(x, other) / 2
    }
  }

  private func stretches(_ a: Shape, _ b: Shape) -> Bool {
    zip(a.dimensions.reversed(), b.dimensions.reversed()).allSatisfy { $0 == $1 || $0 == 1 || $1 == 1 }
  }

  private mutating func reduced(_ x: Tensor) -> Tensor {
    guard x.rank > 0 else { return x.cos() }
    let axes = (0..<x.rank).filter { _ in draw.bool() }
    let keeps = draw.bool()
    switch draw.integer(0...2) {
    case 0: return x.mean(axes: axes, keepsDimensions: keeps)
    case 1: return x.max(axes: axes, keepsDimensions: keeps)
    default: return x.sum(axes: axes, keepsDimensions: keeps).tanh()
    }
  }

  private mutating func moved(_ x: Tensor) -> Tensor {
    switch draw.integer(0...3) {
    case 0: return x.transposed(Array(0..<x.rank).shuffled(using: &draw.random))
    case 1: return x.reshaped([-1])
    case 2: return x.rank > 0 ? x.reversed(axes: [draw.integer(0...(x.rank - 1))]) : x
    default: return x.rank > 1 ? x.reshaped([x.shape[0], -1]) : x.expandingDimension(at: 0)
    }
  }

  private mutating func sliced(_ x: Tensor) -> Tensor {
    guard x.rank > 0 else { return x + 0.5 }
    let axis = draw.integer(0...(x.rank - 1))
    let size = x.shape[axis]
    switch draw.integer(0...2) {
    case 0: return x.slice(axis: axis, 0..<max(size - 1, 1), stride: 2)
    case 1: return x.padded((0..<x.rank).map { ($0 == axis ? 1 : 0, 0) }, value: 0.5)
    default: return Tensor.concatenate([x, x.tanh()], axis: axis)
    }
  }

  /// A product with bias and activation: what epilogues fold.
  private mutating func dense(_ x: Tensor) -> Tensor {
    guard x.rank > 0 else { return x * 0.5 }
    let units = draw.bool() ? x.shape.last : draw.integer(1...6)
    let kernel = variable([x.shape.last, units])
    var y = (x.rank == 1 ? x.expandingDimension(at: 0) : x).matmul(kernel)
    if draw.bool() { y = y + variable([units]) }
    if draw.bool(), y.rank == 2, y.shape[0] == units { y = y + y.mean(axes: [1], keepsDimensions: true) }
    return activated(y)
  }

  private mutating func activated(_ y: Tensor) -> Tensor {
    switch draw.integer(0...4) {
    case 0: return y.relu()
    case 1: return y.tanh()
    case 2: return y.sigmoid()
    case 3: return y.clipped(0, 6)
    default: return y
    }
  }

  private mutating func image(_ x: Tensor) -> Tensor {
    func isImage(_ x: Tensor) -> Bool { x.rank == 4 && x.shape[1] >= 2 && x.shape[2] >= 2 && x.count <= 4_000 }
    guard let x = isImage(x) ? x : pool.last(where: isImage) else { return elementwise(x) }
    let window = Window(
      strides: [draw.integer(1...2), 1], paddingLow: [1, draw.integer(0...1)], paddingHigh: [1, draw.integer(0...1)],
      dilations: [1, 1])
    switch draw.integer(0...8) {
    case 0...1: return x.maxPooled(size: [2, 2], window: window)
    case 2: return x.averagePooled(size: [2, 2], window: window, countsPadding: draw.bool())
    case 3:
      let channels = [x.shape.last]
      return x.batchNormalized(gamma: variable(channels), beta: variable(channels), epsilon: 0.1).y
    case 4: return x.localResponseNormalized(size: 3, alpha: 0.5)
    default:
      let filters = [2, 3, 16, 32].randomElement(using: &draw.random) ?? 2
      var y = x.convolved(variable([2, 2, x.shape.last, filters]), window: window)
      if draw.integer(0...3) > 0 { y = y + variable([filters]) }
      return activated(y)
    }
  }

  /// Other number types, rows by index, constants.
  private mutating func mixed(_ x: Tensor) -> Tensor {
    switch draw.integer(0...4) {
    case 0: return (x.cast(to: .float64).sin() * 2).cast(to: .float32)
    case 1: return x.isFinite().select(x, x.filled(0)) * 0.5
    case 2:
      guard x.rank > 0 else { return x }
      return x.gathered(Tensor([Int32(0), Int32(x.shape[0] - 1), 0], shape: [3])) / 2
    case 3: return x * Tensor.linspace(0.5, 1, count: 3).sum() / 4
    default:
      guard x.rank == 2 else { return x.stoppingGradient() * x }
      return x.softmaxCrossEntropy(Tensor.indices(along: 0, shape: [x.shape[0]]) * 0)
    }
  }
}

// MARK: - Running

extension RandomGraph {
  /// What steps leave behind.
  struct Trail {
    var outputs: [[Values]] = []
    var variables: [Values] = []
  }

  func program(_ settings: PassSettings, isTraining: Bool) throws -> Program {
    let request = Request(inputs: inputs.map(\.tensor), outputs: outputs, updates: updates, isTraining: isTraining)
    return try Program(request, settings: settings)
  }

  func compiled(_ settings: PassSettings, isTraining: Bool, steps: Int) throws -> Trail {
    let program = try self.program(settings, isTraining: isTraining)
    try program.code.verify(after: "all passes")
    let given = inputs.map { $0.values.storage }
    var trail = Trail()
    for _ in 0..<steps {
      let results = outputs.map { Storage($0.dtype, count: $0.count) }
      for result in results { _ = result.withMutableBytes { $0.initializeMemory(as: UInt8.self, repeating: 0xff) } }
      try program.run(given, into: results)
      program.noteChanges()
      trail.outputs.append(zip(results, outputs).map { Values($0, shape: $1.shape) })
    }
    trail.variables = variables.map { Values($0.value, shape: $0.type.shape) }
    return trail
  }

  func interpreted(steps: Int) throws -> Trail {
    var known: [ObjectIdentifier: Values] = [:]
    for variable in variables { known[ObjectIdentifier(variable)] = Values(variable.value, shape: variable.type.shape) }
    var trail = Trail()
    for _ in 0..<steps {
      var interpreter = Interpreter(inputs.map { ($0.tensor, $0.values) })
      interpreter.variables = known
      let results = try interpreter.evaluate(outputs + updates.map(\.value))
      trail.outputs.append(Array(results.prefix(outputs.count)))
      for (update, value) in zip(updates, results.dropFirst(outputs.count)) {
        known[ObjectIdentifier(update.variable)] = value
      }
    }
    trail.variables = variables.compactMap { known[ObjectIdentifier($0)] }
    return trail
  }
}
