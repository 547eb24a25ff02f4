import Cajal
import Testing

/// Reads tokens [batch, time] into states [batch, time, units].
struct Reader: Layer {
  var tokens: Int
  var units: Int
  var name = LayerName()

  func forward(_ x: Tensor) throws -> Tensor {
    let embedded = Embedding(inputDim: tokens, outputDim: units)(x)
    let cell = MinimalGatedCell(units: units)
    let states = Tensor.scan([.zeros([x.shape[0], units])], over: [embedded.transposed([1, 0, 2])]) { state, entry, _ in
      let next = cell([entry[0], state[0]])
      return ([next], [next])
    }.outputs[0]
    return states.transposed([1, 0, 2])
  }
}

/// One step of writing: token [batch], state [batch, units], memory [batch, time, units] → logits and the next state.
struct Writer: Layer {
  var tokens: Int
  var units: Int
  var name = LayerName()

  func forward(_ inputs: [Tensor]) throws -> [Tensor] {
    let (token, state, memory) = (inputs[0], inputs[1], inputs[2])
    let query = Dense(units, name: "query")(state).expandingDimension(at: 1)
    let attention = query.matmul(memory, transposeOther: true).softmax()
    let context = attention.matmul(memory).reshaped(state.shape)
    let embedded = Embedding(inputDim: tokens, outputDim: units)(token)
    let next = MinimalGatedCell(units: units)([Concatenate()(embedded, context), state])
    return [Dense(tokens, name: "logits")(Concatenate()(next, context)), next]
  }
}

@Suite struct TranslationTests {
  /// Words are reversed: 1 2 3 → 3 2 1. Token 0 starts.
  @Test func encoderDecoderWithAttention() throws {
    let (tokens, units, time) = (5, 24, 3)
    let reader = try Model(Reader(tokens: tokens, units: units), inputShape: [time], dtype: .int32, seed: 1)
    let writer = try Model(
      Writer(tokens: tokens, units: units),
      inputs: [TensorType([], .int32), TensorType([units], .float32), TensorType([time, units], .float32)], seed: 2)
    let trainer = Trainer(.adam(learningRate: 0.02), for: reader, writer)

    let teach = CompiledStep { step in
      let (source, given, wanted) = (step.inputs[0], step.inputs[1], step.inputs[2])
      let memory = reader(source)
      let start = memory.slice(axis: 1, (time - 1)..<time).squeezed(axes: [1])
      let (_, logits) = Tensor.scan([start], over: [given.transposed()]) { state, token, _ in
        let next = writer([token[0], state[0], memory])
        return ([next[1]], [next[0]])
      }
      let loss = logits[0].softmaxCrossEntropy(wanted.transposed()).mean()
      step.minimize(loss, by: trainer)
      return [loss]
    }

    let words = (0..<64).map { [1 + $0 % 4, 1 + $0 / 4 % 4, 1 + $0 / 16] }
    func tensor(_ rows: [[Int]]) -> Tensor {
      Tensor(rows.flatMap { $0.map(Int32.init) }, shape: [rows.count, rows[0].count])
    }
    let reversed = words.map { Array($0.reversed()) }
    let shifted = reversed.map { [0] + $0.dropLast() }
    var loss = 0.0
    for _ in 0..<150 { loss = try teach.run([tensor(words), tensor(shifted), tensor(reversed)])[0].item }
    #expect(loss < 0.1)

    // Greedy: the likeliest token, each time. Beam: the likeliest words so far.
    let memory = try reader.predict(tensor(words), batchSize: 64)
    func greedy() throws -> [[Int]] {
      var state = memory.slice(axis: 1, (time - 1)..<time).squeezed(axes: [1])
      var token = Tensor.zeros([64], dtype: .int32)
      var written: [[Int32]] = []
      for _ in 0..<time {
        let next = try writer.predict([token, state, memory], batchSize: 64)
        token = next[0].argMax().cast(to: .int32)
        state = next[1]
        written.append(token.scalars())
      }
      return (0..<64).map { word in written.map { Int($0[word]) } }
    }
    let right = zip(try greedy(), reversed).filter { $0 == $1 }.count
    #expect(right >= 60, "\(right) of 64")

    func beam(_ word: Int, width: Int) throws -> [Int] {
      let own = memory[word..<(word + 1)]
      var states = own.slice(axis: 1, (time - 1)..<time).squeezed(axes: [1])
      var beams: [(tokens: [Int], score: Float)] = [([], 0)]
      for _ in 0..<time {
        let last = Tensor(beams.map { Int32($0.tokens.last ?? 0) }, shape: [beams.count])
        let memories = own.broadcast(to: [beams.count, time, units])
        let next = try writer.predict([last, states, memories])
        let scores = next[0].logSoftmax() + Tensor(beams.map(\.score), shape: [beams.count, 1])
        let best = scores.reshaped([beams.count * tokens]).topK(min(width, beams.count * tokens))
        let chosen = best.indices.scalars(as: Int.self)
        beams = zip(chosen, best.values.floats).map { (beams[$0 / tokens].tokens + [$0 % tokens], $1) }
        states = next[1].gathered(Tensor(chosen.map { Int32($0 / tokens) }, shape: [chosen.count]))
      }
      return beams[0].tokens
    }
    let found = try (0..<8).filter { try beam($0, width: 3) == reversed[$0] }.count
    #expect(found >= 7)
  }
}
