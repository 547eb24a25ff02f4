/// The mean of each window, channel by channel, with windows chosen so that the result has a given size.
///
/// Window i of m over n places is ⌊i n / m⌋ ..< ⌈(i + 1) n / m⌉.
/// Shapes: x `[batch, length, channels]` → `[batch, outputSize…, channels]`.
/// Example: `AdaptiveAveragePooling1D(32)`
public typealias AdaptiveAveragePooling1D = AdaptiveAveragePooling<OneAxis>
