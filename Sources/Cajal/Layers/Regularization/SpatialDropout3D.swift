/// Dropout of whole channels: neighbouring places of an activation map say the same, so dropping single ones does
/// little.
///
/// Shapes: x `[batch, depth, height, width, channels]` → the same; one draw for each channel of each sample.
/// Source: Tompson et al., arXiv:1411.4280.
public typealias SpatialDropout3D = SpatialDropout<ThreeAxes>
