/// 2-D convolution, in the field's sense of the word (the kernel is not turned around): images.
///
/// y[p, c] = f(Σ x[s p + d q - pad, i] · kernel[q, i, c] + bias[c]) over the window's places q and the channels i of
/// c's group, with stride s and dilation d. Output size: ⌊(n + pₗ + pₕ - d (k - 1) - 1) / s⌋ + 1 per spatial axis; n -
/// k + 1 for `.valid` and ⌈n / s⌉ for `.same`.
///
/// Shapes: x `[batch, height, width, channels]` → `[batch, height′, width′, filters]`; `kernel` `[height, width,
/// channels / groups, filters]`, `bias` `[filters]`.
/// Errors: channels or filters that `groups` does not divide; an input smaller than the kernel.
/// Example: `Conv2D(32, kernelSize: [3, 3], strides: 2, padding: .same, activation: .relu)`
public typealias Conv2D = SpatialConvolution<TwoAxes>
