import Cajal
import Foundation
import Testing

@testable import CajalData

func testPicture(_ width: Int, _ height: Int, _ channels: Int) throws -> Image {
  try Image(
    width: width, height: height, channels: channels,
    pixels: (0..<(width * height * channels)).map { UInt8(truncatingIfNeeded: $0 * 37 / 5) })
}

@Suite struct ImageTests {
  @Test(arguments: [1, 3, 4]) func pngRoundTrips(channels: Int) throws {
    let picture = try testPicture(17, 9, channels)
    #expect(try Image.decode(PNG.encode(picture)) == picture)
  }

  @Test(arguments: [1, 3]) func jpegIsClose(channels: Int) throws {
    var pixels: [UInt8] = []
    for place in 0..<(32 * 24) {
      for channel in 0..<channels { pixels.append(UInt8(place % 32 * 4 + channel * 20)) }
    }
    let smooth = try Image(width: 32, height: 24, channels: channels, pixels: pixels)
    let again = try Image.decode(JPEG.encode(smooth, quality: 95))
    #expect(again.width == 32 && again.height == 24 && again.channels == channels)
    let worst = zip(again.pixels, smooth.pixels).map { abs(Int($0) - Int($1)) }.max() ?? 255
    #expect(worst <= 4)
  }

  @Test func profilesDoNotChangeValues() throws {
    let picture = try testPicture(5, 4, 1)
    let plain = try PNG.encode(picture)
    // A gamma chunk of 1.0 behind the header would make libpng convert to sRGB.
    var chunk: [UInt8] = [0, 0, 0, 4] + Array("gAMA".utf8) + [0, 1, 0x86, 0xA0]
    chunk += [0x31, 0xE8, 0x96, 0x5F]
    let marked = Array(plain[..<33]) + chunk + Array(plain[33...])
    #expect(try Image.decode(marked) == picture)
  }

  @Test func converts() throws {
    let red = try Image(width: 1, height: 1, channels: 3, pixels: [255, 0, 0])
    #expect(try red.converted(channels: 1).pixels == [76])
    #expect(try red.converted(channels: 4).pixels == [255, 0, 0, 255])
    #expect(try red.tensor().storage.scalars() as [Float] == [1, 0, 0])
    #expect(try Image(red.tensor()) == red)
    #expect(failure { _ = try Image(width: 2, height: 1, channels: 3, pixels: [0]) }?.kind == .shape)
  }

  @Test func resizes() throws {
    let line = try Image(width: 4, height: 1, channels: 1, pixels: [0, 40, 80, 120])
    // Triangle of half-width 2: weights 3/8, 3/8, 1/8 renormalized at the edge.
    #expect(try line.resized(width: 2, height: 1).pixels == [29, 91])
    #expect(try line.resized(width: 8, height: 1).pixels == [0, 10, 30, 50, 70, 90, 110, 120])
    let flat = try Image(width: 7, height: 5, channels: 3, pixels: [UInt8](repeating: 93, count: 105))
    #expect(try flat.resized(width: 3, height: 11).pixels.allSatisfy { $0 == 93 })
    #expect(failure { _ = try line.resized(width: 0, height: 1) }?.kind == .argument)
  }

  @Test func foldersByClass() throws {
    try withTemporaryFolder { folder in
      for name in ["b", "a"] { try makeFolder("\(folder)/\(name)") }
      try testPicture(4, 4, 3).write("\(folder)/a/2.png")
      try testPicture(6, 6, 1).write("\(folder)/b/1.jpg")
      try writeFile("\(folder)/b/2.png", Array("no picture".utf8))
      let whole = try ImageFolder(folder, width: 4, height: 4)
      #expect(whole.classNames == ["a", "b"] && whole.files.map(\.label) == [0, 1, 1])
      #expect(failure { _ = try collect(try whole.dataset()) }?.subject == "\(folder)/b/2.png")
      let good = try ImageFolder(folder, width: 4, height: 4, unreadable: .skip)
      #expect(good.skipped.map(\.path) == ["\(folder)/b/2.png"])
      let data = try good.dataset()
      #expect(data.inputs == [TensorType([4, 4, 3], .float32)] && data.count == 2)
      #expect(try collect(data).values.prefix(48).map { UInt8(($0 * 255).rounded()) } == testPicture(4, 4, 3).pixels)
      #expect(failure { _ = try ImageFolder("\(folder)/a", width: 4, height: 4) }?.kind == .argument)
    }
  }
}
