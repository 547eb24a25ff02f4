import Cajal
import Testing

/// An LSTM over sequences of which only the marked places count; elsewhere the state stays.
struct MaskedLSTM: Layer {
  var units: Int
  var reverse = false
  var name = LayerName()

  /// [batch, time, features] and marks [batch, time] → [batch, time, units] and the last state [batch, units].
  func forward(_ inputs: [Tensor]) throws -> [Tensor] {
    let (x, scope) = (inputs[0], inputs[0].scope)
    let kernel = scope.parameter("kernel", [x.shape.last, 4 * units], .glorotUniform)
    let recurrent = scope.parameter("recurrent_kernel", [units, 4 * units], .glorotUniform)
    let bias = scope.parameter("bias", [4 * units], .zeros)
    let projected = (x.matmul(kernel) + bias).transposed([1, 0, 2])
    let marks = inputs[1].transposed().expandingDimension(at: 2)
    let zero = Tensor.zeros([x.shape[0], units])
    let (last, all) = Tensor.scan([zero, zero], over: [projected, marks], reverse: reverse) { state, entry, _ in
      let gates = (entry[0] + state[0].matmul(recurrent)).split([units, units, units, units], axis: 1)
      let c = gates[1].sigmoid() * state[1] + gates[0].sigmoid() * gates[2].tanh()
      let h = gates[3].sigmoid() * c.tanh()
      let next = zip(state, [h, c]).map { old, new in old + (new - old) * entry[1] }
      return (next, [next[0]])
    }
    return [all[0].transposed([1, 0, 2]), last[0]]
  }
}

/// A layer that steps any cell over time: [batch, time, features] → the last state [batch, units].
struct Unrolled<Cell: Layer<[Tensor], Tensor>>: Layer {
  var cell: Cell
  var units: Int
  var name = LayerName()

  func forward(_ x: Tensor) throws -> Tensor {
    Tensor.scan([.zeros([x.shape[0], units])], over: [x.transposed([1, 0, 2])]) { state, entry, _ in
      ([cell([entry[0], state[0]])], [])
    }.carry[0]
  }
}

/// A cell of one's own, the minimal gated unit: f = σ([x; h] F), h ← (1 - f) h + f tanh([x; f h] U).
struct MinimalGatedCell: Layer {
  var units: Int
  var name = LayerName()

  func forward(_ inputs: [Tensor]) throws -> Tensor {
    let (x, h) = (inputs[0], inputs[1])
    let forget = Dense(units, activation: .sigmoid)(Concatenate()(x, h))
    return h + forget * (Dense(units, activation: .tanh)(Concatenate()(x, forget * h)) - h)
  }
}

@Suite struct RecurrentTests {
  /// Sequences of numbers with different lengths; is the first larger than the last that counts?
  private func padded(_ count: Int, time: Int) -> (x: Tensor, marks: Tensor, y: Tensor) {
    var random = RandomSource(seed: 3)
    let values = random.uniform([count, time, 1], lower: -1, upper: 1).floats
    var marks: [Float] = []
    var larger: [Float] = []
    for sample in 0..<count {
      let length = time - sample % 4
      marks += (0..<time).map { $0 < length ? 1 : 0 }
      larger.append(values[sample * time] > values[sample * time + length - 1] ? 1 : 0)
    }
    return (
      Tensor(values, shape: [count, time, 1]), Tensor(marks, shape: [count, time]), Tensor(larger, shape: [count, 1])
    )
  }

  @Test func stackedBidirectionalLSTMOverPaddedSequences() throws {
    let model = try Model(inputs: [TensorType([8, 1], .float32), TensorType([8], .float32)], seed: 4) { inputs in
      var x = inputs[0]
      var ends: [Tensor] = []
      for _ in 0..<2 {
        let ahead = MaskedLSTM(units: 8)([x, inputs[1]])
        let back = MaskedLSTM(units: 8, reverse: true)([x, inputs[1]])
        x = Concatenate()(ahead[0], back[0])
        ends = [ahead[1], back[1]]
      }
      return [Dense(1, activation: .sigmoid)(Concatenate()(ends))]
    }
    let (x, marks, y) = padded(64, time: 8)
    // What lies behind the marks changes nothing.
    let hidden = (1 - marks).expandingDimension(at: 2) * 100
    let same = try model.predict([x, marks])[0] - model.predict([x + hidden, marks])[0]
    #expect(same.absolute().max().item == 0)

    model.compile(optimizer: .adam(learningRate: 0.02), loss: .binaryCrossentropy)
    let step = try model.trainingStep([x, marks], [y])
    try step.run()
    let first = try #require(step.logs["loss"])
    try step.run(times: 60)
    step.resetLogs()
    try step.run()
    #expect(try #require(step.logs["loss"]) < 0.5 * first)
  }

  @Test func cellOfOnesOwn() throws {
    let (x, _, _) = padded(64, time: 6)
    let y = x.sum(axes: [1])
    let model = try Model(
      Sequential {
        Unrolled(cell: MinimalGatedCell(units: 8), units: 8)
        Dense(1)
      }, inputShape: [6, 1], seed: 5)
    #expect(model.variables.count == 6)
    model.compile(optimizer: .adam(learningRate: 0.02), loss: .meanSquaredError)
    let history = try model.fit(x, y, epochs: 40, batchSize: 32, verbose: .silent)
    #expect(try #require(history["loss"].last) < 0.1 * history["loss"][0])
  }
}
