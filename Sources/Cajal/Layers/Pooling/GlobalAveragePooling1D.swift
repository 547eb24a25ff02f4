/// The mean of each channel over all places.
///
/// Shapes: x `[batch, length, channels]` → `[batch, channels]`, or `[batch, 1, channels]` with `keepdims`.
public typealias GlobalAveragePooling1D = GlobalAveragePooling<OneAxis>
