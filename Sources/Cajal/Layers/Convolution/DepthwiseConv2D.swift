/// 2-D depthwise convolution: each channel has kernels of its own and is mixed with no other.
///
/// Channel i gives the outputs i m … i m + m - 1 for the depth multiplier m.
/// Shapes: x `[batch, height, width, channels]` → `[batch, height′, width′, channels · depthMultiplier]`; `kernel`
/// `[height, width, channels, depthMultiplier]`, `bias` `[channels · depthMultiplier]`.
/// Example: `DepthwiseConv2D(kernelSize: 3, padding: .same, useBias: false)`
public typealias DepthwiseConv2D = DepthwiseConvolution<TwoAxes>
