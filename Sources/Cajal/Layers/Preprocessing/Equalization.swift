/// Spreads the values of each channel so that all are about as frequent, over a whole batch at once as in Keras.
///
/// Shapes: x `[batch, height, width, channels]` → the same. Training only.
/// Errors: bins other than 2 … 65536.
/// Example: `Equalization()`
public struct Equalization: RandomImageLayer {
  /// Lowest and highest value of a pixel.
  public var valueRange: [Double]
  /// How many values are told apart.
  public var bins: Int
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(valueRange: [Double] = [0, 255], bins: Int = 256, name: String? = nil) {
    self.valueRange = valueRange
    self.bins = bins
    self.name = LayerName(name)
  }

  func changed(_ images: Tensor, _ scope: Scope) throws -> Tensor {
    try demandRange("valueRange", valueRange)
    try demand((2...65536).contains(bins), expected: "2 to 65536 bins", given: "there are \(bins)")
    let channels = images.shape.last
    let values = images.rescaled(from: valueRange, to: [0, 255])
    let most = Double(bins - 1)
    let counted = (values * (most / 255)).clipped(0, most).cast(to: .int32)
    // Each channel has a block of bins of its own.
    let offsets = Tensor.indices(along: 0, shape: [channels]) * Double(bins)
    let places = (counted + offsets).reshaped([images.count])
    let counts = Tensor.ones([images.count]).scatteredAdd(at: places, size: channels * bins)
      .reshaped([channels, bins])
    let sums = counts.cumulativeSum(axis: 1)
    let total = sums.slice(axis: 1, bins - 1..<bins)
    let first = (sums .> 0).select(sums, total).min(axes: [1], keepsDimensions: true)
    let rest = total - first
    let table = ((sums - first) * 255 / (rest .== 0).select(rest.filled(1), rest)).rounded().clipped(0, 255)
    let read = table.reshaped([channels * bins]).gathered(places).reshaped(images.shape)
    let isEven = (counts .> 0).cast(to: .float32).sum(axes: [1]) .<= 1
    return isEven.select(values, read).rescaled(from: [0, 255], to: valueRange)
  }
}
