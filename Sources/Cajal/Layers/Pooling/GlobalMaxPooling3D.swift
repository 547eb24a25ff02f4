/// The largest value of each channel over all places.
///
/// Shapes: x `[batch, depth, height, width, channels]` → `[batch, channels]`, or `[batch, 1, 1, 1, channels]` with
/// `keepdims`.
public typealias GlobalMaxPooling3D = GlobalMaxPooling<ThreeAxes>
