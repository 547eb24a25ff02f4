/// 3-D transposed convolution ("deconvolution"): the adjoint of a convolution with the same window, which enlarges.
///
/// Output size per spatial axis, with reach r = d (k - 1) + 1: `.same` gives n s, or (n - 1) s + r mod 2 + p with
/// `outputPadding` p; `.valid` gives (n - 1) s + max(r, s), or (n - 1) s + r + p. Sizes and alignment are Keras's.
///
/// Shapes: x `[batch, depth, height, width, channels]` → `[batch, depth′, height′, width′, filters]`; `kernel`
/// `[depth, height, width, filters, channels]`, `bias` `[filters]`.
/// Source: Zeiler et al., "Deconvolutional networks", CVPR 2010; Dumoulin and Visin, arXiv:1603.07285, chapter 4.
/// Example: `Conv3DTranspose(8, kernelSize: 2, strides: 2)`
public typealias Conv3DTranspose = TransposedConvolution<ThreeAxes>
