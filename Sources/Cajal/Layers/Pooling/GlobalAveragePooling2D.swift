/// The mean of each channel over all places.
///
/// Shapes: x `[batch, height, width, channels]` → `[batch, channels]`, or `[batch, 1, 1, channels]` with `keepdims`.
public typealias GlobalAveragePooling2D = GlobalAveragePooling<TwoAxes>
