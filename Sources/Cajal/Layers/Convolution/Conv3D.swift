/// 3-D convolution, in the field's sense of the word (the kernel is not turned around): volumes and videos.
///
/// y[p, c] = f(Σ x[s p + d q - pad, i] · kernel[q, i, c] + bias[c]) over the window's places q and the channels i of
/// c's group, with stride s and dilation d. Output size: ⌊(n + pₗ + pₕ - d (k - 1) - 1) / s⌋ + 1 per spatial axis; n -
/// k + 1 for `.valid` and ⌈n / s⌉ for `.same`.
///
/// Shapes: x `[batch, depth, height, width, channels]` → `[batch, depth′, height′, width′, filters]`; `kernel`
/// `[depth, height, width, channels / groups, filters]`, `bias` `[filters]`.
/// Errors: channels or filters that `groups` does not divide; an input smaller than the kernel.
/// Example: `Conv3D(16, kernelSize: 3, activation: .relu)`
public typealias Conv3D = SpatialConvolution<ThreeAxes>
