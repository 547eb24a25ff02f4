/// LSTM over sequences of series: the products of the gates are convolutions, the state is a map of places.
///
/// Shapes: x `[batch, time, length, channels]` → `[batch, length′, filters]`, with `time` after the batch
/// for `returnSequences`; `kernel` `[length, channels, 4 filters]`, `recurrent_kernel` `[length,
/// filters, 4 filters]`, `bias` `[4 filters]`, in the order i, f, c, o. States: h, c.
/// Source: Shi et al., arXiv:1506.04214.
/// Example: `ConvLSTM1D(16, kernelSize: 3, padding: .same, returnSequences: true)`
public typealias ConvLSTM1D = ConvolutionalLSTM<OneAxis>
