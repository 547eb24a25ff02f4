/// 1-D depthwise separable convolution: a depthwise convolution, then a pointwise (1-wide) one that mixes the channels.
///
/// Shapes: x `[batch, length, channels]` → `[batch, length′, filters]`; `depthwise_kernel` `[length, channels,
/// depthMultiplier]`, `pointwise_kernel` `[1, channels · depthMultiplier, filters]`, `bias` `[filters]`.
/// Source: Chollet, arXiv:1610.02357.
/// Example: `SeparableConv1D(64, kernelSize: 3, padding: .same, activation: .relu)`
public typealias SeparableConv1D = SeparableConvolution<OneAxis>
