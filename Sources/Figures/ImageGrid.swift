/// Small images in rows, each with a short caption below, such as the digits that a network got wrong.
///
/// Every pixel of an image becomes a square of `scale` pixels, exactly. Captions and the title are drawn by gnuplot; without them
/// it is not needed.
///
///     try ImageGrid(images, captions: ["3, not 8", "7, not 1"], columns: 8, scale: 12).write(to: "mistakes.png")
public struct ImageGrid: Sendable {
  public var images: [PixelImage]
  /// One for each image, or none at all; what is too wide for its cell is cut.
  public var captions: [String]
  public var title: String
  public var columns: Int
  /// Pixels of the picture for each pixel of an image, along each side.
  public var scale: Int

  /// - Parameters:
  ///   - images: at least one, of any sizes.
  ///   - captions: one for each image, or none at all.
  ///   - title: above all, at the left.
  ///   - columns: images in a row; by default so many that the picture is about as wide as high.
  ///   - scale: by default so that the largest image becomes about 96 pixels wide, but at least 1.
  public init(
    _ images: [PixelImage], captions: [String] = [], title: String = "", columns: Int? = nil, scale: Int? = nil
  ) {
    self.images = images
    self.captions = captions
    self.title = title
    self.columns = max(1, columns ?? Int(Double(images.count).squareRoot().rounded(.up)))
    let widest = images.map { max($0.width, $0.height) }.max() ?? 1
    self.scale = max(1, scale ?? 96 / widest)
  }

  /// Pixels of the finished picture, at most, along each side.
  static let largestSide = 16_000

  /// Draws the grid into a PNG file; the directory must exist.
  public func write(to path: String, searchPath: String? = nil) throws(FigureError) {
    if (try? FigureFormat(path: path)) != .png { throw .unsupportedFormat(path: path, supported: [".png"]) }
    try writeFile(path, contents: drawn(searchPath: searchPath).pngEncoded())
  }

  /// The finished picture.
  public func drawn(searchPath: String? = nil) throws(FigureError) -> PixelImage {
    let layout = try Layout(of: self)
    var canvas = [UInt8](repeating: 255, count: layout.width * layout.height * 3)
    if !captions.isEmpty || !title.isEmpty {
      canvas = try PixelImage(png: Gnuplot(searchPath: searchPath).run(lettering(layout))).bytes
      if canvas.count != layout.width * layout.height * 3 {
        throw .gnuplotFailed(message: "it drew the captions at another size than asked for")
      }
    }
    for (index, image) in images.enumerated() {
      let cell = layout.cell(index)
      let left = cell.x + (layout.cellWidth - image.width * scale) / 2
      let top = cell.y + (layout.imageHeight - image.height * scale) / 2
      Self.frame(
        into: &canvas, rowBytes: layout.width * 3, x: (left - 2)..<(left + image.width * scale + 2),
        y: (top - 2)..<(top + image.height * scale + 2))
      Self.copy(image, scale: scale, into: &canvas, width: layout.width, left: left, top: top)
    }
    return PixelImage(unchecked: canvas, width: layout.width, height: layout.height, channels: 3)
  }

  /// Where everything stands, in pixels from the top left.
  private struct Layout {
    let columns: Int
    let cellWidth: Int
    let imageHeight: Int
    let captionHeight: Int
    let gap = 16
    let margin = 24
    let titleHeight: Int
    let width: Int
    let height: Int

    init(of grid: ImageGrid) throws(FigureError) {
      let count = grid.images.count
      if count == 0 || !(grid.captions.isEmpty || grid.captions.count == count) {
        throw .badData(
          figure: "ImageGrid '\(grid.title)'",
          problem: "it has \(count) images and \(grid.captions.count) captions; "
            + "give at least one image, and a caption for each or none at all.")
      }
      columns = min(grid.columns, count)
      let scale = min(grid.scale, ImageGrid.largestSide)
      let widest = (grid.images.map(\.width).max() ?? 1) * scale
      imageHeight = (grid.images.map(\.height).max() ?? 1) * scale
      // A caption may make its cell wider, up to 12 letters; about 13 pixels a letter.
      let letters = min(12, grid.captions.map(\.count).max() ?? 0)
      cellWidth = max(widest, letters * ImageGrid.letterWidth)
      captionHeight = grid.captions.isEmpty ? 0 : 40
      titleHeight = grid.title.isEmpty ? 0 : 52
      let rows = (count + columns - 1) / columns
      width = 2 * margin + columns * cellWidth + (columns - 1) * gap
      height = 2 * margin + titleHeight + rows * (imageHeight + captionHeight) + (rows - 1) * gap
      if width > ImageGrid.largestSide || height > ImageGrid.largestSide {
        throw .badData(
          figure: "ImageGrid '\(grid.title)'",
          problem:
            "the picture would have \(width) x \(height) pixels, more than \(ImageGrid.largestSide) along a side; "
            + "give fewer images or a smaller scale.")
      }
    }

    func cell(_ index: Int) -> (x: Int, y: Int) {
      let (row, column) = (index / columns, index % columns)
      return (margin + column * (cellWidth + gap), margin + titleHeight + row * (imageHeight + captionHeight + gap))
    }
  }

  private static let letterWidth = 13

  /// A white picture of the right size with only the words in it.
  private func lettering(_ layout: Layout) -> GnuplotScript {
    var script = GnuplotScript()
    script.add("set encoding utf8")
    script.add(
      "set terminal pngcairo noenhanced size \(layout.width),\(layout.height) background '#ffffff' "
        + "font '\(Look.font)' fontscale 2")
    script.add("unset border; unset tics; unset key; set lmargin 0; set rmargin 0; set tmargin 0; set bmargin 0")
    script.add("set xrange [0:\(layout.width)]; set yrange [\(layout.height):0]")
    if !title.isEmpty {
      let position = "\(layout.margin),\(layout.margin + 14)"
      script.add("set label 1 \(GnuplotScript.quoted(title)) at \(position) left font ',12' textcolor rgb '#111111'")
    }
    for (index, caption) in captions.enumerated() where !caption.isEmpty {
      let cell = layout.cell(index)
      let room = layout.cellWidth / Self.letterWidth
      let text = caption.count <= room ? caption : caption.prefix(max(1, room - 1)) + "…"
      let position = "\(cell.x + layout.cellWidth / 2),\(cell.y + layout.imageHeight + 23)"
      script.add(
        "set label \(index + 2) \(GnuplotScript.quoted(text)) at \(position) center textcolor rgb '\(Look.ink)'")
    }
    script.add("plot NaN notitle")
    return script
  }

  /// A light ground two pixels larger than the image that comes on it, so that white images have an edge.
  private static func frame(into canvas: inout [UInt8], rowBytes: Int, x: Range<Int>, y: Range<Int>) {
    for row in y {
      for index in (row * rowBytes + x.lowerBound * 3)..<(row * rowBytes + x.upperBound * 3) { canvas[index] = 0xD8 }
    }
  }

  private static func copy(
    _ image: PixelImage, scale: Int, into canvas: inout [UInt8], width: Int, left: Int, top: Int
  ) {
    for y in 0..<(image.height * scale) {
      var target = ((top + y) * width + left) * 3
      let row = (y / scale) * image.width
      for x in 0..<(image.width * scale) {
        let source = (row + x / scale) * image.channels
        for channel in 0..<3 {
          canvas[target] = image.bytes[source + (image.channels == 3 ? channel : 0)]
          target += 1
        }
      }
    }
  }
}
