/// The mean of each window, channel by channel; padding is not counted.
///
/// Shapes: x `[batch, depth, height, width, channels]` → `[batch, depth′, height′, width′, channels]`; ⌊(n - p) / s⌋ +
/// 1 places for `.valid`, ⌈n / s⌉ for `.same`. The strides are the window's size unless given.
/// Example: `AveragePooling3D(poolSize: 3, strides: 2)`
public typealias AveragePooling3D = SpatialPooling<ThreeAxes, MeanOfWindow>
