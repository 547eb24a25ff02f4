/// The largest value of each window, channel by channel; padding never wins.
///
/// Shapes: x `[batch, height, width, channels]` → `[batch, height′, width′, channels]`; ⌊(n - p) / s⌋ + 1 places for
/// `.valid`, ⌈n / s⌉ for `.same`. The strides are the window's size unless given.
/// Example: `MaxPooling2D(poolSize: 3, strides: 2)`
public typealias MaxPooling2D = SpatialPooling<TwoAxes, MaximumOfWindow>
