/// Spreads the values of each channel tile by tile, as far as a limit lets frequent values go; also when predicting.
///
/// Each tile has a table of its own, and a pixel takes what the tables of the four nearest tiles give, interpolated.
/// Shapes: x `[batch, height, width, channels]` → the same.
/// Source: Zuiderveld, "Contrast limited adaptive histogram equalization", Graphics Gems IV, 1994.
/// Example: `ContrastLimitedAdaptiveHistogramEqualization(clipLimit: 2)`
public struct ContrastLimitedAdaptiveHistogramEqualization: Layer {
  /// Lowest and highest value of a pixel.
  public var valueRange: [Double]
  /// How many times the mean frequency a value may have; 0 for any.
  public var clipLimit: Double
  /// Rows and columns of tiles.
  public var tileGridSize: [Int]
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(
    valueRange: [Double] = [0, 255], clipLimit: Double = 4, tileGridSize: [Int] = [8, 8], name: String? = nil
  ) {
    self.valueRange = valueRange
    self.clipLimit = clipLimit
    self.tileGridSize = tileGridSize
    self.name = LayerName(name)
  }

  public func forward(_ input: Tensor) throws -> Tensor {
    try demandImage(input, spatialAxes: 2)
    try demandSizes("tileGridSize", tileGridSize, axes: 2)
    try demand(
      valueRange.count == 2 && valueRange[0] < valueRange[1], expected: "a valueRange [low, high]",
      given: "it is \(valueRange)")
    let images = (input.dtype.isFloating ? input : input.cast(to: .float32)).rescaled(from: valueRange, to: [0, 255])
    let (batch, height, width, channels) = (images.shape[0], images.shape[1], images.shape[2], images.shape[3])
    let (rows, columns) = (tileGridSize[0], tileGridSize[1])
    let (tileHeight, tileWidth) = ((height + rows - 1) / rows, (width + columns - 1) / columns)
    let (down, across) = (tileHeight * rows - height, tileWidth * columns - width)
    try demand(
      down <= height && across <= width && (rows + 2) * (columns + 2) <= 1 << 16, .shape,
      expected: "tiles of at least half a pixel", given: "\(tileGridSize) tiles for \(images.shape)")
    // Mirrored below and at the right, so that all tiles are whole.
    var whole = images
    if down > 0 {
      let mirrored = whole.slice(axis: 1, height - down..<height).reversed(axes: [1])
      whole = Tensor.concatenate([whole, mirrored], axis: 1)
    }
    if across > 0 {
      let mirrored = whole.slice(axis: 2, width - across..<width).reversed(axes: [2])
      whole = Tensor.concatenate([whole, mirrored], axis: 2)
    }
    let values = whole.clipped(0, 255).cast(to: .int32)
    let tables = tables(values, [batch, rows, tileHeight, columns, tileWidth, channels])
    let bordered = bordered(bordered(tables, axis: 1), axis: 2)
    let flat = bordered.reshaped([bordered.count])
    let strides = (x: 256 * channels, y: 256 * channels * (columns + 2))
    let grid = values.shape
    let base =
      Tensor.indices(along: 0, shape: grid) * Double(strides.y * (rows + 2))
      + Tensor.indices(along: 3, shape: grid) * 256 + values
    let (y, x) = (axis(1, tileHeight, rows, grid), axis(2, tileWidth, columns, grid))
    func read(_ row: Tensor, _ column: Tensor) -> Tensor {
      flat.gathered(base + row * Double(strides.y) + column * Double(strides.x))
    }
    let top = read(y.low, x.low) * (1 - x.share) + read(y.low, x.high) * x.share
    let bottom = read(y.high, x.low) * (1 - x.share) + read(y.high, x.high) * x.share
    let result = top * (1 - y.share) + bottom * y.share
    return result.slice(axis: 1, 0..<height).slice(axis: 2, 0..<width).rescaled(from: [0, 255], to: valueRange)
  }

  /// A table of 256 values for each tile and channel: [batch, rows, columns, channels, 256].
  private func tables(_ values: Tensor, _ split: Shape) -> Tensor {
    let (tiles, pixels) = (split[0] * split[1] * split[3] * split[5], split[2] * split[4])
    let apart = values.reshaped(split).transposed([0, 1, 3, 5, 2, 4]).reshaped([tiles, pixels])
    let places = (apart + Tensor.indices(along: 0, shape: [tiles, 1]) * 256).reshaped([tiles * pixels])
    var counts = Tensor.ones([tiles * pixels]).scatteredAdd(at: places, size: tiles * 256).reshaped([tiles, 256])
    if clipLimit > 0 {
      let kept = counts.clipped(0, clipLimit * Double(pixels) / 256)
      counts = kept + (counts - kept).sum(axes: [1], keepsDimensions: true) * (1.0 / 256)
    }
    let sums = counts.cumulativeSum(axis: 1)
    let first = sums.min(axes: [1], keepsDimensions: true)
    let rest = first * -1 + Double(pixels)
    let table = ((sums - first) * 255 / (rest .== 0).select(rest.filled(1), rest)).clipped(0, 255)
    return table.reshaped([split[0], split[1], split[3], split[5], 256])
  }

  /// The first and last entries of an axis once more at its ends.
  private func bordered(_ x: Tensor, axis: Int) -> Tensor {
    let last = x.shape[axis] - 1
    return Tensor.concatenate([x.slice(axis: axis, 0..<1), x, x.slice(axis: axis, last..<last + 1)], axis: axis)
  }

  /// The tiles before and after each pixel along an axis, and how near the second one is.
  private func axis(_ axis: Int, _ tile: Int, _ tiles: Int, _ grid: Shape) -> (low: Tensor, high: Tensor, share: Tensor)
  {
    var shape: Shape = [1, 1, 1, 1]
    shape.dimensions[axis] = grid[axis]
    let place = Tensor.indices(along: axis, shape: shape).cast(to: .float32)
    let at = (place - Double(tile) / 2) * (1 / Double(tile)) + 1
    let low = at.floor()
    func inside(_ x: Tensor) -> Tensor { x.clipped(0, Double(tiles + 1)).cast(to: .int32) }
    return (inside(low), inside(low + 1), at - low)
  }
}
