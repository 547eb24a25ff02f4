/// Puts pooled values back to where the maxima of a max pooling stood; all other places are 0.
///
/// Takes the values and what had been pooled; the first of equal maxima counts, and values that meet are added.
/// Shapes: `[values, x]` of `[batch, depth′, height′, width′, channels]` and `[batch, depth, height, width, channels]` → the latter.
/// Source: Zeiler and Fergus, arXiv:1311.2901, section 2.1.
/// Example: `MaxUnpooling3D()(MaxPooling3D()(x), x)`
public typealias MaxUnpooling3D = MaxUnpooling<ThreeAxes>
