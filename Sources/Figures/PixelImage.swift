import CPNG

/// A small picture: 8 bits per channel, grey or red-green-blue, row by row from the top left.
public struct PixelImage: Hashable, Sendable {
  public let width: Int
  public let height: Int
  /// 1 (grey, 0 is black) or 3 (red, green, blue).
  public let channels: Int
  /// `[height, width, channels]`, flat.
  public let bytes: [UInt8]

  /// Throws `FigureError.badData` unless there are `width · height · channels` bytes and 1 or 3 channels.
  public init(width: Int, height: Int, channels: Int = 1, bytes: [UInt8]) throws(FigureError) {
    let isSane = (1...65_535).contains(width) && (1...65_535).contains(height) && (channels == 1 || channels == 3)
    if !isSane || bytes.count != width * height * channels {
      throw .badData(
        figure: "PixelImage",
        problem: "\(bytes.count) bytes do not make an image of \(width) x \(height) with \(channels) channels; "
          + "width and height are 1 to 65,535, channels 1 or 3, bytes their product.")
    }
    self.init(unchecked: bytes, width: width, height: height, channels: channels)
  }

  /// Makes an image of numbers in any range: `range` becomes black to white (or white to black), what lies beyond is clamped.
  ///
  /// - Parameters:
  ///   - width: pixels in a row.
  ///   - height: rows.
  ///   - channels: 1 (grey) or 3 (red, green, blue).
  ///   - values: `[height, width, channels]`, flat; what is not a number is black.
  ///   - range: by default the lowest to the highest finite value.
  ///   - isInverted: dark where the values are high, as ink on paper.
  public init(
    width: Int, height: Int, channels: Int = 1, values: [Float], range: ClosedRange<Float>? = nil,
    isInverted: Bool = false
  ) throws(FigureError) {
    let finite = values.filter(\.isFinite)
    let lowest = range?.lowerBound ?? finite.min() ?? 0
    let highest = range?.upperBound ?? finite.max() ?? 1
    let span = highest - lowest
    let bytes = values.map { value -> UInt8 in
      let part = span > 0 ? (value - lowest) / span : 0
      let clamped = part.isNaN ? 0 : min(1, max(0, part))
      return UInt8(((isInverted ? 1 - clamped : clamped) * 255).rounded())
    }
    try self.init(width: width, height: height, channels: channels, bytes: bytes)
  }

  init(unchecked bytes: [UInt8], width: Int, height: Int, channels: Int) {
    self.width = width
    self.height = height
    self.channels = channels
    self.bytes = bytes
  }

  /// Writes the image as a PNG file.
  public func write(to path: String) throws(FigureError) {
    if (try? FigureFormat(path: path)) != .png { throw .unsupportedFormat(path: path, supported: [".png"]) }
    try writeFile(path, contents: pngEncoded())
  }

  /// The image as the bytes of a PNG file; nothing is lost. Up to 256 colours are kept as a table, in a smaller file.
  public func pngEncoded() throws(FigureError) -> [UInt8] { try pngEncoded(isApproximate: false) }

  /// - Parameter isApproximate: More than 256 colours become 256, which nobody sees in a chart.
  func pngEncoded(isApproximate: Bool) throws(FigureError) -> [UInt8] {
    if let table = ColourTable(self, isApproximate: isApproximate) {
      return try encoded(table.indices, format: Self.redGreenBlue | Self.colourTable, colours: table.colours)
    }
    return try encoded(bytes, format: channels == 1 ? 0 : Self.redGreenBlue, colours: [])
  }

  private func encoded(_ pixels: [UInt8], format: UInt32, colours: [UInt8]) throws(FigureError) -> [UInt8] {
    var header = png_image()
    header.version = UInt32(PNG_IMAGE_VERSION)
    header.width = UInt32(width)
    header.height = UInt32(height)
    header.format = format
    header.colormap_entries = UInt32(colours.count / 3)
    var size = 0
    var encoded: [UInt8] = []
    // The first call only measures.
    guard png_image_write_to_memory(&header, nil, &size, 0, pixels, 0, colours) != 0 else { throw Self.failure(header) }
    encoded = Array(repeating: 0, count: size)
    guard png_image_write_to_memory(&header, &encoded, &size, 0, pixels, 0, colours) != 0 else {
      throw Self.failure(header)
    }
    return encoded
  }

  /// Reads a PNG that gnuplot made, as red-green-blue on white.
  init(png: [UInt8]) throws(FigureError) {
    var header = png_image()
    header.version = UInt32(PNG_IMAGE_VERSION)
    var bytes: [UInt8] = []
    // libpng keeps the address of the encoded bytes from the first call to the second.
    let isRead = png.withUnsafeBytes { encoded in
      guard png_image_begin_read_from_memory(&header, encoded.baseAddress, encoded.count) != 0 else { return false }
      header.format = Self.redGreenBlue
      bytes = Array(repeating: 0, count: Int(header.width) * Int(header.height) * 3)
      var white = png_color(red: 255, green: 255, blue: 255)
      return png_image_finish_read(&header, &white, &bytes, 0, nil) != 0
    }
    defer { png_image_free(&header) }
    if !isRead { throw Self.failure(header) }
    self.init(unchecked: bytes, width: Int(header.width), height: Int(header.height), channels: 3)
  }

  /// libpng's `PNG_FORMAT_RGB`; its definition is a chain of macros that Swift does not see. Grey is 0.
  private static let redGreenBlue: UInt32 = 0x02
  /// Its `PNG_FORMAT_FLAG_COLORMAP`.
  private static let colourTable: UInt32 = 0x08

  private static func failure(_ header: png_image) -> FigureError {
    let message = withUnsafeBytes(of: header.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    return .badData(figure: "PNG image", problem: "libpng reports: \(message)")
  }
}
