import Testing

@testable import CajalFigures

@Suite struct ColourTableTests {
  /// The kind of pixel that a PNG file holds: 0 grey, 2 red-green-blue, 3 numbers of a table.
  private func kind(_ png: [UInt8]) -> UInt8 { png[25] }

  private func colours(_ table: ColourTable) -> [UInt8] {
    table.indices.flatMap { table.colours[3 * Int($0)..<3 * Int($0) + 3] }
  }

  @Test func fewColoursAreKeptExactly() throws {
    let bytes = (0..<3 * 64 * 64).map { (place: Int) -> UInt8 in
      let (pixel, channel) = (place / 3 % 251, place % 3)
      return UInt8(pixel * (channel + 1) % 256)
    }
    let image = try PixelImage(width: 64, height: 64, channels: 3, bytes: bytes)
    let table = try #require(ColourTable(image, isApproximate: false))
    #expect(table.colours.count == 3 * 251)
    #expect(colours(table) == bytes)
    let png = try image.pngEncoded()
    #expect(kind(png) == 3)
    #expect(try PixelImage(png: png) == image)
  }

  /// A photograph keeps all its colours; grey stays grey.
  @Test func manyColoursAndGreyAreLeftAlone() throws {
    let bytes = (0..<3 * 40 * 40).map { (place: Int) -> UInt8 in UInt8((place * 7919 + place * place) / 8 % 256) }
    let image = try PixelImage(width: 40, height: 40, channels: 3, bytes: bytes)
    #expect(ColourTable(image, isApproximate: false) == nil)
    #expect(try kind(image.pngEncoded()) == 2)
    #expect(try PixelImage(png: image.pngEncoded()) == image)
    #expect(try kind(PixelImage(width: 2, height: 1, bytes: [0, 200]).pngEncoded()) == 0)
  }

  /// Every third pixel is white and as many are blue; the rest fades from one to the other.
  @Test func whatIsFrequentStaysAndTheRestComesClose() throws {
    var bytes: [UInt8] = []
    for pixel in 0..<30_000 {
      let part: Int = pixel % 3 == 0 ? 255 : pixel % 3 == 1 ? 0 : pixel / 3 % 256
      let (green, blue): (Int, Int) = (114 + part * 141 / 255, 178 + part * (pixel % 5) / 20)
      bytes += [UInt8(part), UInt8(green), UInt8(blue)]
    }
    let image = try PixelImage(width: 300, height: 100, channels: 3, bytes: bytes)
    let table = try #require(ColourTable(image, isApproximate: true))
    #expect(table.colours.count == 3 * 256)
    let near = colours(table)
    let worst = zip(near, bytes).map { abs(Int($0) - Int($1)) }.max()
    #expect((worst ?? 255) <= 16)
    let blue: [UInt8] = [0, 114, 178]
    for pixel in stride(from: 1, to: 30_000, by: 3) where Array(near[3 * pixel..<3 * pixel + 3]) != blue {
      Issue.record("pixel \(pixel) is no longer blue")
      break
    }
  }

  @Test func chartsAreSmallFiles() throws {
    let png = try Gallery.scatter.rendered(as: .png)
    #expect(kind(png) == 3)
    let drawn = try PixelImage(png: png)
    #expect(try PixelImage(png: drawn.pngEncoded()) == drawn)
    // The ground is still white.
    #expect(drawn.bytes.prefix(3).allSatisfy { $0 == 255 })
  }

  /// Each of ten classes has a colour of its own.
  @Test func tenSeriesHaveTenColours() {
    #expect(Set((0..<10).map(Look.colour)).count == 10)
  }
}
