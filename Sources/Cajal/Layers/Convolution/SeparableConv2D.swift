/// 2-D depthwise separable convolution: a depthwise convolution, then a pointwise (1-wide) one that mixes the channels.
///
/// Shapes: x `[batch, height, width, channels]` → `[batch, height′, width′, filters]`; `depthwise_kernel` `[height,
/// width, channels, depthMultiplier]`, `pointwise_kernel` `[1, 1, channels · depthMultiplier, filters]`, `bias`
/// `[filters]`.
/// Source: Chollet, arXiv:1610.02357.
/// Example: `SeparableConv2D(64, kernelSize: 3, padding: .same, activation: .relu)`
public typealias SeparableConv2D = SeparableConvolution<TwoAxes>
