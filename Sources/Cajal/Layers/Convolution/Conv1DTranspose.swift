/// 1-D transposed convolution ("deconvolution"): the adjoint of a convolution with the same window, which enlarges.
///
/// Output size per spatial axis, with reach r = d (k - 1) + 1: `.same` gives n s, or (n - 1) s + r mod 2 + p with
/// `outputPadding` p; `.valid` gives (n - 1) s + max(r, s), or (n - 1) s + r + p. Sizes and alignment are Keras's.
///
/// Shapes: x `[batch, length, channels]` → `[batch, length′, filters]`; `kernel` `[length, filters, channels]`, `bias`
/// `[filters]`.
/// Source: Zeiler et al., "Deconvolutional networks", CVPR 2010; Dumoulin and Visin, arXiv:1603.07285, chapter 4.
/// Example: `Conv1DTranspose(16, kernelSize: 4, strides: 2, padding: .same)`
public typealias Conv1DTranspose = TransposedConvolution<OneAxis>
