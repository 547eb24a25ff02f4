/// The mean of each window, channel by channel, with windows chosen so that the result has a given size.
///
/// Window i of m over n places is ⌊i n / m⌋ ..< ⌈(i + 1) n / m⌉.
/// Shapes: x `[batch, height, width, channels]` → `[batch, outputSize…, channels]`.
/// Example: `AdaptiveAveragePooling2D([7, 7])`
public typealias AdaptiveAveragePooling2D = AdaptiveAveragePooling<TwoAxes>
