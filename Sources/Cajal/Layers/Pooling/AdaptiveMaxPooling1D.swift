/// The largest value of each window, channel by channel, with windows chosen so that the result has a given size.
///
/// Window i of m over n places is ⌊i n / m⌋ ..< ⌈(i + 1) n / m⌉.
/// Shapes: x `[batch, length, channels]` → `[batch, outputSize…, channels]`.
/// Example: `AdaptiveMaxPooling1D(32)`
public typealias AdaptiveMaxPooling1D = AdaptiveMaxPooling<OneAxis>
