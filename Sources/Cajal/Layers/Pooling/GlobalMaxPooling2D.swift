/// The largest value of each channel over all places.
///
/// Shapes: x `[batch, height, width, channels]` → `[batch, channels]`, or `[batch, 1, 1, channels]` with `keepdims`.
public typealias GlobalMaxPooling2D = GlobalMaxPooling<TwoAxes>
