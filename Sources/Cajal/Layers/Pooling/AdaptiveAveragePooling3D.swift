/// The mean of each window, channel by channel, with windows chosen so that the result has a given size.
///
/// Window i of m over n places is ⌊i n / m⌋ ..< ⌈(i + 1) n / m⌉.
/// Shapes: x `[batch, depth, height, width, channels]` → `[batch, outputSize…, channels]`.
/// Example: `AdaptiveAveragePooling3D(4)`
public typealias AdaptiveAveragePooling3D = AdaptiveAveragePooling<ThreeAxes>
