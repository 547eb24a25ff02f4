/// Puts pooled values back to where the maxima of a max pooling stood; all other places are 0.
///
/// Takes the values and what had been pooled; the first of equal maxima counts, and values that meet are added.
/// Shapes: `[values, x]` of `[batch, height′, width′, channels]` and `[batch, height, width, channels]` → the latter.
/// Source: Zeiler and Fergus, arXiv:1311.2901, section 2.1.
/// Example: `MaxUnpooling2D()(MaxPooling2D()(x), x)`
public typealias MaxUnpooling2D = MaxUnpooling<TwoAxes>
