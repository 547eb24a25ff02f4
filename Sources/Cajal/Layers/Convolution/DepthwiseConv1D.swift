/// 1-D depthwise convolution: each channel has kernels of its own and is mixed with no other.
///
/// Channel i gives the outputs i m … i m + m - 1 for the depth multiplier m.
/// Shapes: x `[batch, length, channels]` → `[batch, length′, channels · depthMultiplier]`; `kernel` `[length,
/// channels, depthMultiplier]`, `bias` `[channels · depthMultiplier]`.
/// Example: `DepthwiseConv1D(kernelSize: 3)`
public typealias DepthwiseConv1D = DepthwiseConvolution<OneAxis>
