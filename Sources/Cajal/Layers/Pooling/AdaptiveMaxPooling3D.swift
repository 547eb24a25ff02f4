/// The largest value of each window, channel by channel, with windows chosen so that the result has a given size.
///
/// Window i of m over n places is ⌊i n / m⌋ ..< ⌈(i + 1) n / m⌉.
/// Shapes: x `[batch, depth, height, width, channels]` → `[batch, outputSize…, channels]`.
/// Example: `AdaptiveMaxPooling3D(4)`
public typealias AdaptiveMaxPooling3D = AdaptiveMaxPooling<ThreeAxes>
