/// The sum of each window, channel by channel.
///
/// Shapes: x `[batch, length, channels]` → `[batch, length′, channels]`; ⌊(n - p) / s⌋ + 1 places for `.valid`,
/// ⌈n / s⌉ for `.same`. The strides are the window's size unless given.
/// Example: `SumPooling1D(poolSize: 3, strides: 2)`
public typealias SumPooling1D = SpatialPooling<OneAxis, SumOfWindow>
