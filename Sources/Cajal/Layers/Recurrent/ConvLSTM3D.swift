/// LSTM over sequences of volumes: the products of the gates are convolutions, the state is a map of voxels.
///
/// Shapes: x `[batch, time, depth, height, width, channels]` → `[batch, depth′, height′, width′, filters]`, with `time` after the batch
/// for `returnSequences`; `kernel` `[depth, height, width, channels, 4 filters]`, `recurrent_kernel` `[depth, height, width,
/// filters, 4 filters]`, `bias` `[4 filters]`, in the order i, f, c, o. States: h, c.
/// Source: Shi et al., arXiv:1506.04214.
/// Example: `ConvLSTM3D(16, kernelSize: 3, padding: .same, returnSequences: true)`
public typealias ConvLSTM3D = ConvolutionalLSTM<ThreeAxes>
