/// The largest value of each window, channel by channel; padding never wins.
///
/// Shapes: x `[batch, length, channels]` → `[batch, length′, channels]`; ⌊(n - p) / s⌋ + 1 places for `.valid`,
/// ⌈n / s⌉ for `.same`. The strides are the window's size unless given.
/// Example: `MaxPooling1D(poolSize: 3, strides: 2)`
public typealias MaxPooling1D = SpatialPooling<OneAxis, MaximumOfWindow>
