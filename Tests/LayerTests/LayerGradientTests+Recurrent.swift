import Cajal

// The layers of the rows of layer_gradients.json: recurrence, masks, attention.
extension LayerGradientTests {
  static func one(_ layer: some Layer<Tensor, Tensor>) -> Body { { [layer($0[0])] } }
  static func masked(_ layer: some Layer<Tensor, Tensor>) -> Body { { [layer(Masking()($0[0]))] } }
  static func both(_ inputs: [Tensor]) -> [Tensor] { [Masking()(inputs[0]), Masking()(inputs[1])] }
  static func merged(_ layer: some Layer<[Tensor], Tensor>) -> Body {
    { [SimpleRNN(2, returnSequences: true)(layer(both($0)))] }
  }

  static let recurrentBodies: [String: Body] = [
    "simple-rnn": one(SimpleRNN(3)),
    "simple-rnn-relu": one(SimpleRNN(2, activation: .relu, useBias: false, returnSequences: true)),
    "lstm": one(LSTM(3)),
    "lstm-sequences": one(LSTM(2, useBias: false, returnSequences: true)),
    "lstm-activations": one(LSTM(2, activation: .softsign, recurrentActivation: .hardSigmoid)),
    "lstm-states": { LSTM(2, returnSequences: true, returnState: true).call($0) },
    "lstm-backwards": one(LSTM(2, returnSequences: true, goBackwards: true)),
    "lstm-masked": masked(LSTM(2, returnSequences: true)),
    "lstm-masked-last": { LSTM(2, returnState: true).call([Masking()($0[0])]) },
    "lstm-masked-backwards": masked(LSTM(2, returnSequences: true, goBackwards: true)),
    "lstm-zero-output": masked(LSTM(2, returnSequences: true, zeroOutputForMask: true)),
    "lstm-deep-masked": masked(
      Sequential {
        LSTM(2, returnSequences: true)
        Dense(3)
        Dropout(0.3)
        LSTM(2)
      }),
    "gru": one(GRU(3, returnSequences: true)),
    "gru-reset-before": one(GRU(2, resetAfter: false)),
    "gru-masked-backwards": { GRU(2, returnState: true, goBackwards: true).call([Masking()($0[0])]) },
    "rnn-cells": one(RNN([LSTMCell(3), GRUCell(2)], returnSequences: true)),
    "rnn-cells-masked": masked(RNN([SimpleRNNCell(3), LSTMCell(2)], returnSequences: true)),
    "rnn-cell-state": { RNN(GRUCell(2), returnState: true).call($0) },
    "bidirectional-concat": one(Bidirectional(LSTM(2, returnSequences: true))),
    "bidirectional-sum": one(Bidirectional(LSTM(2, returnSequences: true), mergeMode: .sum)),
    "bidirectional-mul": one(Bidirectional(LSTM(2, returnSequences: true), mergeMode: .mul)),
    "bidirectional-ave": one(Bidirectional(LSTM(2, returnSequences: true), mergeMode: .ave)),
    "bidirectional-none": {
      let both = Bidirectional(SimpleRNN(2), mergeMode: nil).both($0[0])
      return [both.forward, both.backward]
    },
    "bidirectional-masked": masked(Bidirectional(GRU(2, returnSequences: true))),
    "bidirectional-state": { Bidirectional(GRU(2, returnState: true)).call($0) },
    "bidirectional-initial": { [Bidirectional(GRU(2)).withState($0[0], initialState: [$0[1], $0[2]]).output] },
    "bidirectional-two-kinds": one(Bidirectional(LSTM(2), backwardLayer: GRU(2, goBackwards: true))),
    "time-distributed-dense": one(TimeDistributed(Dense(2, activation: .tanh))),
    "time-distributed-conv": one(TimeDistributed(Conv2D(2, kernelSize: 2))),
    "conv-lstm1d": one(ConvLSTM1D(2, kernelSize: 3, padding: .same, returnSequences: true)),
    "conv-lstm1d-dilated": { ConvLSTM1D(2, kernelSize: 2, dilationRate: 2, returnState: true).call($0) },
    "conv-lstm2d": one(ConvLSTM2D(2, kernelSize: [2, 3], strides: [1, 2])),
    "conv-lstm2d-backwards": one(
      ConvLSTM2D(1, kernelSize: 2, padding: .same, useBias: false, returnSequences: true, goBackwards: true)),
    "conv-lstm3d": one(ConvLSTM3D(1, kernelSize: 2, recurrentActivation: .hardSigmoid)),
  ]

  static let maskBodies: [String: Body] = [
    "embedding-mask-average": {
      [GlobalAveragePooling1D()(Embedding(inputDim: 5, outputDim: 3, maskZero: true)($0[0]))]
    },
    "embedding-mask-lstm": { [LSTM(2)(Embedding(inputDim: 5, outputDim: 3, maskZero: true)($0[0]))] },
    "embedding-mask-dropped": {
      let vectors = Embedding(inputDim: 5, outputDim: 3, maskZero: true)($0[0])
      return [LSTM(2)(Permute([2, 1])(Permute([2, 1])(vectors)))]
    },
    "mask-add": merged(Add()),
    "mask-subtract": merged(Subtract()),
    "mask-multiply": merged(Multiply()),
    "mask-average": merged(Average()),
    "mask-maximum": merged(Maximum()),
    "mask-minimum": merged(Minimum()),
    "mask-maximum-one": { [Maximum()(Masking()($0[0]), $0[1])] },
    "mask-concatenate": merged(Concatenate()),
    "mask-concatenate-time": {
      [SimpleRNN(2, returnSequences: true)(Concatenate(axis: 1)(Masking()($0[0]), $0[1]))]
    },
  ]
}
