import Cajal
import Testing

/// Trees of one operation with two branches: here, of logic.
indirect enum Tree: Sendable {
  case leaf(Bool)
  case node(isAnd: Bool, Tree, Tree)

  var depth: Int {
    if case .node(_, let a, let b) = self { return 1 + max(a.depth, b.depth) }
    return 0
  }
  var truth: Bool {
    switch self {
    case .leaf(let value): return value
    case .node(let isAnd, let a, let b): return isAnd ? a.truth && b.truth : a.truth || b.truth
    }
  }

  /// A tree for a number: its digits decide.
  init(_ number: Int, depth: Int) {
    if depth == 0 || number % 7 == 0 {
      self = .leaf(number / 7 % 2 == 0)
    } else {
      self = .node(
        isAnd: number % 2 == 0, Tree(number * 31 % 1009 + 1, depth: depth - 1),
        Tree(number * 57 % 1013 + 2, depth: depth - 1))
    }
  }
}

/// A batch of trees, level by level: for each node the rows of its branches, in levels of fixed sizes.
struct Forest {
  var leaves: [Int32] = []
  var levels: [[(kind: Int32, left: Int32, right: Int32)]]
  var roots: [Int32] = []
  let bucket: Int

  init(_ trees: [Tree], depth: Int, bucket: Int) {
    self.bucket = bucket
    levels = Array(repeating: [], count: depth)
    roots = trees.map { place($0).row }
    leaves += Array(repeating: 0, count: bucket - leaves.count)
    for level in levels.indices { levels[level] += Array(repeating: (0, 0, 0), count: bucket - levels[level].count) }
  }

  /// Rows are numbered leaves first, then level by level.
  private mutating func place(_ tree: Tree) -> (level: Int, row: Int32) {
    switch tree {
    case .leaf(let value):
      leaves.append(value ? 1 : 0)
      return (0, Int32(leaves.count - 1))
    case .node(let isAnd, let a, let b):
      let (left, right) = (place(a), place(b))
      let level = max(left.level, right.level)
      levels[level].append((isAnd ? 1 : 0, left.row, right.row))
      return (level + 1, Int32(bucket * (level + 1) + levels[level].count - 1))
    }
  }

  var tensors: [Tensor] {
    func vector(_ values: [Int32]) -> Tensor { Tensor(values, shape: [values.count]) }
    return [vector(leaves), vector(roots)]
      + levels.flatMap { [vector($0.map(\.kind)), vector($0.map(\.left)), vector($0.map(\.right))] }
  }
}

@Suite struct TreeTests {
  @Test func recursiveNetworkOverABatchOfTrees() throws {
    let (units, depth) = (12, 3)
    let words = try Model(Embedding(inputDim: 2, outputDim: units), inputShape: [], dtype: .int32, seed: 1)
    let kinds = try Model(Embedding(inputDim: 2, outputDim: units), inputShape: [], dtype: .int32, seed: 2)
    let compose = try Model(
      Sequential {
        Dense(24, activation: .tanh)
        Dense(units, activation: .tanh)
      }, inputShape: [3 * units], seed: 3)
    let judge = try Model(Dense(1), inputShape: [units], seed: 4)
    let trainer = Trainer(.adam(learningRate: 0.01), for: words, kinds, compose, judge)

    let learn = CompiledStep { step in
      var rows = words(step.inputs[0])
      for level in 0..<depth {
        let (kind, left, right) = (step.inputs[3 + 3 * level], step.inputs[4 + 3 * level], step.inputs[5 + 3 * level])
        let branches = [kinds(kind), rows.gathered(left), rows.gathered(right)]
        rows = Tensor.concatenate([rows, compose(Tensor.concatenate(branches, axis: 1))])
      }
      let scores = judge(rows.gathered(step.inputs[1]))
      let loss = try BinaryCrossentropy(fromLogits: true)(target: step.inputs[2], prediction: scores).mean()
      step.minimize(loss, by: trainer)
      return [loss, ((scores .> 0) .== (step.inputs[2] .> 0.5)).cast(to: .float32).mean()]
    }

    // Batches of other trees have the same levels: one program for all.
    let batches = (0..<4).map { batch in (0..<16).map { Tree(batch * 97 + $0 * 13 + 1, depth: depth) } }
    var accuracy = 0.0
    var losses: [Double] = []
    for _ in 0..<60 {
      accuracy = 0
      for trees in batches {
        let forest = Forest(trees, depth: depth, bucket: 128).tensors
        let truth = Tensor(trees.map { $0.truth ? 1 : 0 } as [Float], shape: [trees.count, 1])
        let results = try learn.run([forest[0], forest[1], truth] + forest[2...])
        losses.append(results[0].item)
        accuracy += results[1].item / 4
      }
    }
    #expect(accuracy > 0.95 && losses[losses.count - 1] < 0.3, "accuracy \(accuracy), loss \(losses.last ?? .nan)")
    #expect(learn.compilations == 1)
  }
}
