/// The mean of each window, channel by channel; padding is not counted.
///
/// Shapes: x `[batch, height, width, channels]` → `[batch, height′, width′, channels]`; ⌊(n - p) / s⌋ + 1 places for
/// `.valid`, ⌈n / s⌉ for `.same`. The strides are the window's size unless given.
/// Example: `AveragePooling2D(poolSize: 3, strides: 2)`
public typealias AveragePooling2D = SpatialPooling<TwoAxes, MeanOfWindow>
