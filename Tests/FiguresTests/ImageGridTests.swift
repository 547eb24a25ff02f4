import CajalFigures
import Testing

@Suite struct ImageGridTests {
  /// An image of 8 x 8 with a ring, dark on white.
  private func ring(_ shift: Int) throws -> PixelImage {
    let values = (0..<64).map { index -> Float in
      let (x, y) = (Double(index % 8) - 3.5, Double(index / 8) - 3.5 + Double(shift % 3) / 2)
      let distance = (x * x + y * y).squareRoot() - 2.5
      return Float(16 * max(0, 1 - distance * distance))
    }
    return try PixelImage(width: 8, height: 8, values: values, range: 0...16, isInverted: true)
  }

  @Test func gridWithCaptions() throws {
    let scratch = try ScratchDirectory()
    let grid = ImageGrid(
      try (0..<12).map { try ring($0) }, captions: (0..<12).map { "\($0 % 10), not \($0 * 3 % 10)" },
      title: "The first digits it got wrong", columns: 6)
    try grid.write(to: scratch.file("grid.png"))
    // 6 cells of 8 * 12 pixels (the captions need 104), 5 gaps of 16, margins of 24; 2 rows of 96 + 40, title 52.
    let expected: [Int] = [48 + 6 * 104 + 80, 48 + 52 + 2 * 136 + 16]
    #expect(pngSize(try scratch.bytes("grid.png")) == expected)
  }

  @Test func pixelsAreExactSquares() throws {
    let image = try PixelImage(width: 2, height: 1, channels: 3, bytes: [255, 0, 0, 10, 20, 30])
    let grey = try PixelImage(width: 2, height: 1, bytes: [0, 200])
    let drawn = try ImageGrid([image, grey], columns: 2, scale: 3).drawn(searchPath: "/nowhere")
    #expect(drawn.width == 76 && drawn.height == 51 && drawn.channels == 3)
    func pixel(_ x: Int, _ y: Int) -> [UInt8] {
      Array(drawn.bytes[(y * drawn.width + x) * 3..<(y * drawn.width + x) * 3 + 3])
    }
    let frame: [UInt8] = [0xD8, 0xD8, 0xD8]
    for y in 24...26 {
      #expect(pixel(21, y) == [255, 255, 255])
      #expect(pixel(22, y) == frame && pixel(23, y) == frame)
      for x in 24...26 { #expect(pixel(x, y) == [255, 0, 0]) }
      for x in 27...29 { #expect(pixel(x, y) == [10, 20, 30]) }
      #expect(pixel(30, y) == frame && pixel(32, y) == [255, 255, 255])
      #expect(pixel(46, y) == [0, 0, 0])
      #expect(pixel(51, y) == [200, 200, 200])
    }
    #expect(pixel(24, 23) == frame && pixel(24, 27) == frame && pixel(24, 21) == [255, 255, 255])
  }

  @Test func imagesStayExactUnderCaptions() throws {
    let image = try PixelImage(width: 1, height: 1, channels: 3, bytes: [1, 2, 3])
    let drawn = try ImageGrid([image], captions: ["x"], scale: 40).drawn()
    let middle = ((24 + 20) * drawn.width + 24 + 20) * 3
    #expect(Array(drawn.bytes[middle..<middle + 3]) == [1, 2, 3])
    // Something dark was written below the image, and nothing at the picture's edge.
    let rowBytes = drawn.width * 3
    #expect(drawn.bytes[(67 * rowBytes)...].contains { $0 < 128 })
    #expect(drawn.bytes[..<(22 * rowBytes)].allSatisfy { $0 == 255 })
  }

  @Test func valuesBecomeGrey() throws {
    let image = try PixelImage(width: 4, height: 1, values: [-1, 0, 0.5, .nan], range: 0...1)
    #expect(image.bytes == [0, 0, 128, 0])
    let inverted = try PixelImage(width: 3, height: 1, values: [2, 4, 6], isInverted: true)
    #expect(inverted.bytes == [255, 128, 0])
  }

  @Test func captionsNeedGnuplotAndWordsAloneDoNotBreakIt() throws {
    let image = try PixelImage(width: 1, height: 1, bytes: [0])
    let named = ImageGrid([image], captions: ["a"])
    #expect(throws: FigureError.gnuplotMissing) { try named.drawn(searchPath: "/nowhere") }
    let long = try ImageGrid([image], captions: [String(repeating: "'`wide`\n", count: 100)]).drawn()
    #expect(long.width == 48 + 12 * 13)
  }

  @Test func badImagesAreRefused() throws {
    #expect(throws: FigureError.self) { try PixelImage(width: 2, height: 2, bytes: [1, 2, 3]) }
    #expect(throws: FigureError.self) { try PixelImage(width: .max, height: 2, bytes: []) }
    #expect(throws: FigureError.self) { try PixelImage(width: 1, height: 1, channels: 4, bytes: [1, 2, 3, 4]) }
    #expect(throws: FigureError.self) { try ImageGrid([]).drawn() }
    let image = try PixelImage(width: 100, height: 1, bytes: Array(repeating: 0, count: 100))
    #expect(throws: FigureError.self) { try ImageGrid([image, image], captions: ["one"]).drawn() }
    #expect(throws: FigureError.self) { try ImageGrid([image], scale: .max).drawn() }
    #expect(throws: FigureError.self) { try image.write(to: "image.svg") }
  }
}
