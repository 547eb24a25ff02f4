/// The largest value of each channel over all places.
///
/// Shapes: x `[batch, length, channels]` → `[batch, channels]`, or `[batch, 1, channels]` with `keepdims`.
public typealias GlobalMaxPooling1D = GlobalMaxPooling<OneAxis>
