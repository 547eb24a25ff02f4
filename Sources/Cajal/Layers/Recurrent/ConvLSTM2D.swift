/// LSTM over sequences of images: the products of the gates are convolutions, the state is a map of pixels.
///
/// Shapes: x `[batch, time, height, width, channels]` → `[batch, height′, width′, filters]`, with `time` after the batch
/// for `returnSequences`; `kernel` `[height, width, channels, 4 filters]`, `recurrent_kernel` `[height, width,
/// filters, 4 filters]`, `bias` `[4 filters]`, in the order i, f, c, o. States: h, c.
/// Source: Shi et al., arXiv:1506.04214.
/// Example: `ConvLSTM2D(16, kernelSize: 3, padding: .same, returnSequences: true)`
public typealias ConvLSTM2D = ConvolutionalLSTM<TwoAxes>
