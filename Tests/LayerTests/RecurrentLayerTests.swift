import Foundation
import Testing

@testable import Cajal

/// Recurrent layers beyond Keras's numbers: names, states between batches, dropout, cells of one's own.
@Suite struct RecurrentLayerTests {
  private let x = Tensor((0..<24).map { Float(sin(Double($0))) }, shape: [2, 4, 3])

  private func model(_ layer: some Layer<Tensor, Tensor>, inputShape: Shape = [4, 3]) throws -> Model {
    try Model(Sequential([layer]), inputShape: inputShape, seed: 3)
  }

  @Test func weightsAreFoundUnderKerasPaths() throws {
    func paths(_ layer: some Layer<Tensor, Tensor>) throws -> [String] {
      try outline(Sequential([layer]), [4, 3]).variables.map(\.name)
    }
    #expect(
      try paths(LSTM(2)) == ["lstm/lstm_cell/kernel", "lstm/lstm_cell/recurrent_kernel", "lstm/lstm_cell/bias"])
    #expect(try paths(SimpleRNN(2, name: "own")).first == "own/simple_rnn_cell/kernel")
    #expect(
      try paths(Bidirectional(GRU(2, useBias: false))) == [
        "bidirectional/forward_gru/gru_cell/kernel", "bidirectional/forward_gru/gru_cell/recurrent_kernel",
        "bidirectional/backward_gru/gru_cell/kernel", "bidirectional/backward_gru/gru_cell/recurrent_kernel",
      ])
    #expect(
      try paths(RNN([SimpleRNNCell(2, useBias: false), SimpleRNNCell(2, useBias: false)])) == [
        "rnn/stacked_rnn_cells/simple_rnn_cell/kernel", "rnn/stacked_rnn_cells/simple_rnn_cell/recurrent_kernel",
        "rnn/stacked_rnn_cells/simple_rnn_cell_1/kernel", "rnn/stacked_rnn_cells/simple_rnn_cell_1/recurrent_kernel",
      ])
    #expect(try paths(TimeDistributed(Dense(2))) == ["time_distributed/dense/kernel", "time_distributed/dense/bias"])
  }

  @Test func firstValuesAreKerasOnes() throws {
    let lstm = try model(LSTM(3))
    #expect(try lstm.weight("lstm/lstm_cell/bias").floats == [0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0])
    let recurrent = try lstm.weight("lstm/lstm_cell/recurrent_kernel")
    let product = recurrent.matmul(recurrent, transposeOther: true)
    #expect(agree(product.floats, Tensor.identity(3).floats.map(Double.init), tolerance: 1e-5))
    let tall = Tensor(orthogonalized((0..<15).map { Float(cos(Double($0 * $0))) }, [5, 3], gain: 2), shape: [5, 3])
    let square = tall.matmul(tall, transposeSelf: true)
    #expect(agree(square.floats, (Tensor.identity(3) * 4).floats.map(Double.init), tolerance: 1e-5))
  }

  @Test func statefulLayersGoOnWhereTheyStopped() throws {
    let whole = try model(LSTM(2, returnSequences: true))
    let parts = try model(LSTM(2, returnSequences: true, stateful: true), inputShape: [2, 3])
    for variable in whole.variables { try parts.setWeight(variable.name, whole.weight(variable.name)) }
    let expected = try whole.predict(x)
    let first = try parts.predict(x.slice(axis: 1, 0..<2)), second = try parts.predict(x.slice(axis: 1, 2..<4))
    let joined = Tensor.concatenate([first, second], axis: 1)
    #expect(agree(joined.floats, expected.floats.map(Double.init), tolerance: 1e-6))
    // A new sequence begins with zeros again, and states are no part of the weights.
    #expect(try parts.predict(x.slice(axis: 1, 0..<2)).floats != first.floats)
    parts.resetState()
    #expect(try parts.predict(x.slice(axis: 1, 0..<2)).floats == first.floats)
    #expect(parts.variables.count == 3)
  }

  @Test func statesGoOnInTraining() throws {
    let model = try model(SimpleRNN(2, stateful: true))
    model.compile(optimizer: .sgd(learningRate: 0), loss: .meanSquaredError)
    let y = Tensor.zeros([2, 2])
    let first = try model.evaluate(x, y)["loss"], second = try model.evaluate(x, y)["loss"]
    #expect(first != second)
    model.resetState()
    #expect(try model.evaluate(x, y)["loss"] == first)
    try model.fit(x, y, epochs: 1, batchSize: 2, verbose: .silent)
    #expect(try model.evaluate(x, y)["loss"] != first)
  }

  @Test func droppedFeaturesAreTheSameAtAllSteps() throws {
    // Kernel of ones and no state: the output is the sum of the kept features.
    let layer = SimpleRNN(
      1, activation: .linear, useBias: false, kernelInitializer: .ones, recurrentInitializer: .zeros, dropout: 0.5,
      returnSequences: true)
    let model = try Model(layer, inputShape: [6, 8], seed: 2)
    let step = CompiledStep { [model($0.inputs[0], training: true)] }
    let ones = Tensor.ones([3, 6, 8])
    let sums = try step.run([ones])[0].floats
    for sample in 0..<3 {
      #expect(Set(sums[(sample * 6)..<(sample * 6 + 6)]).count == 1)
      #expect(sums[sample * 6].truncatingRemainder(dividingBy: 2) == 0)
    }
    #expect(try step.run([ones])[0].floats != sums)
    #expect(try model.predict(ones).floats.allSatisfy { $0 == 8 })
  }

  @Test func recurrentDropoutTrains() throws {
    for layer in [
      LSTM(3, dropout: 0.2, recurrentDropout: 0.3), GRU(3, recurrentDropout: 0.3),
      GRU(3, recurrentDropout: 0.3, resetAfter: false), Bidirectional(SimpleRNN(3, recurrentDropout: 0.5)),
      Sequential {
        Reshape([4, 3, 1])
        ConvLSTM1D(2, kernelSize: 2, dropout: 0.2, recurrentDropout: 0.2)
        Flatten()
        Dense(3)
      },
    ] as [any Layer<Tensor, Tensor>] {
      let model = try Model(Sequential([layer]), inputShape: [4, 3])
      model.compile(optimizer: .adam(), loss: .meanSquaredError)
      let history = try model.fit(
        x, Tensor.zeros(Shape([2] + model.outputTypes[0].shape.dimensions)), epochs: 2, verbose: .silent)
      #expect(history["loss"].allSatisfy { $0.isFinite })
    }
  }

  /// A cell of one's own agrees with the built-in one, with a mask too.
  struct OwnCell: RecurrentCell {
    var units: Int
    var name = LayerName("simple_rnn_cell")
    var stateSize: [Int] { [units] }

    func forward(_ inputs: [Tensor]) throws -> [Tensor] {
      let (x, h) = (inputs[0], inputs[1])
      let kernel = x.scope.parameter("kernel", [x.shape.last, units], .glorotUniform)
      let recurrent = x.scope.parameter("recurrent_kernel", [units, units], .orthogonal())
      let output = (x.matmul(kernel) + h.matmul(recurrent)).tanh()
      return [output, output]
    }
  }

  @Test func cellOfOnesOwn() throws {
    let padded = Tensor.concatenate([x, Tensor.zeros([2, 2, 3])], axis: 1)
    func outputs(_ cell: any RecurrentCell) throws -> (Model, Tensor) {
      let network = Sequential([Masking(), RNN(cell, returnSequences: true)])
      let model = try Model(network, inputShape: [6, 3], seed: 1)
      return (model, try model.predict(padded))
    }
    let (one, own) = try outputs(OwnCell(units: 2))
    let (two, builtIn) = try outputs(SimpleRNNCell(2, useBias: false))
    #expect(one.variables.map(\.name) == two.variables.map(\.name))
    #expect(agree(own.floats, builtIn.floats.map(Double.init), tolerance: 1e-6))
  }

  @Test func encoderHandsItsStateOn() throws {
    let model = try Model(inputs: [TensorType([4, 3], .float32), TensorType([2, 3], .float32)]) { inputs in
      let (_, state) = LSTM(2, name: "encoder").withState(inputs[0])
      return [LSTM(2, returnSequences: true, name: "decoder").withState(inputs[1], initialState: state).output]
    }
    let target = x.slice(axis: 1, 0..<2)
    #expect(try model.predict([x, target])[0].floats != model.predict([x * 2, target])[0].floats)
  }

  @Test func mistakesAreNamed() {
    func misfit(_ layer: some Layer<Tensor, Tensor>, _ shape: Shape) -> String {
      let error = #expect(throws: CajalError.self) { try outline(Sequential([layer]), shape) }
      return error?.description ?? ""
    }
    #expect(misfit(LSTM(2), [3]).contains("expected an input [batch, time, …] of at least one step"))
    #expect(misfit(GRU(0), [4, 3]).contains("expected units of at least 1, but it is 0."))
    #expect(misfit(Bidirectional(LSTM(2), mergeMode: nil), [4, 3]).contains("expected a mergeMode"))
    #expect(
      misfit(Bidirectional(LSTM(2), backwardLayer: LSTM(2)), [4, 3]).contains("expected layers of different directions")
    )
    #expect(misfit(RNN([]), [4, 3]).contains("expected at least one cell"))
    #expect(misfit(SimpleRNN(2, dropout: 1.5), [4, 3]).contains("expected a dropout from 0 to 1"))
    #expect(misfit(TimeDistributed(Dense(1)), [4]).contains("expected an input [batch, time, …]"))
  }
}
