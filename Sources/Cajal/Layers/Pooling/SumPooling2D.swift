/// The sum of each window, channel by channel.
///
/// Shapes: x `[batch, height, width, channels]` → `[batch, height′, width′, channels]`; ⌊(n - p) / s⌋ + 1 places for
/// `.valid`, ⌈n / s⌉ for `.same`. The strides are the window's size unless given.
/// Example: `SumPooling2D(poolSize: 3, strides: 2)`
public typealias SumPooling2D = SpatialPooling<TwoAxes, SumOfWindow>
