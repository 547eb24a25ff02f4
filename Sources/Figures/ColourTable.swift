/// At most 256 colours and, for each pixel of a picture, the number of its own: a byte where red, green and blue take three, and much
/// easier to compress.
struct ColourTable {
  /// Red, green and blue of each colour, flat.
  let colours: [UInt8]
  /// For each pixel, row by row.
  let indices: [UInt8]

  static let largestCount = 256

  /// Exact where the picture has at most 256 colours; else `nil` unless `isApproximate`, in which case colours that lie close
  /// together become the most frequent of them (Heckbert's median cut, 1982, by squared error).
  init?(_ image: PixelImage, isApproximate: Bool) {
    guard image.channels == 3 else { return nil }
    var counts: [UInt32: Int] = [:]
    let pixels = (0..<image.width * image.height).map { pixel -> UInt32 in
      let place = 3 * pixel
      return UInt32(image.bytes[place]) << 16 | UInt32(image.bytes[place + 1]) << 8 | UInt32(image.bytes[place + 2])
    }
    // Most pixels are like the one before.
    var start = 0
    while start < pixels.count {
      var end = start + 1
      while end < pixels.count && pixels[end] == pixels[start] { end += 1 }
      counts[pixels[start], default: 0] += end - start
      if !isApproximate && counts.count > Self.largestCount { return nil }
      start = end
    }
    let boxes = Self.boxes(counts.sorted { $0.key < $1.key }.map { Entry(colour: $0.key, count: $0.value) })
    var numbers: [UInt32: UInt8] = [:]
    var colours: [UInt8] = []
    for (number, box) in boxes.enumerated() {
      for entry in box.entries { numbers[entry.colour] = UInt8(number) }
      colours += [16, 8, 0].map { UInt8(box.mostFrequent >> $0 & 255) }
    }
    self.colours = colours
    var last = (colour: pixels.first ?? 0, number: pixels.first.flatMap { numbers[$0] } ?? 0)
    indices = pixels.map { pixel in
      if pixel != last.colour { last = (pixel, numbers[pixel] ?? 0) }
      return last.number
    }
  }

  private struct Entry {
    let colour: UInt32
    let count: Int

    func channel(_ index: Int) -> Int { Int(colour >> (16 - 8 * UInt32(index)) & 255) }
  }

  /// Cuts the box with the greatest error in two until there are 256, or each holds one colour.
  private static func boxes(_ entries: [Entry]) -> [Box] {
    var boxes = [Box(entries)]
    while boxes.count < largestCount {
      guard let worst = boxes.indices.max(by: { boxes[$0].error < boxes[$1].error }), boxes[worst].entries.count > 1
      else { break }
      let halves = boxes[worst].cut()
      boxes[worst] = halves.0
      boxes.append(halves.1)
    }
    return boxes
  }

  /// Colours that become one.
  private struct Box {
    let entries: [Entry]
    /// The sum over all pixels of the squared distance to the box's mean.
    let error: Double
    private let widest: Int
    private let mean: Double

    var mostFrequent: UInt32 { entries.max { $0.count < $1.count }?.colour ?? 0 }

    init(_ entries: [Entry]) {
      self.entries = entries
      let total = Double(entries.reduce(0) { $0 + $1.count })
      let means = (0..<3).map { channel in
        entries.reduce(0.0) { $0 + Double($1.count * $1.channel(channel)) } / total
      }
      let errors = (0..<3).map { channel in
        entries.reduce(0.0) { sum, entry in
          let distance = Double(entry.channel(channel)) - means[channel]
          return sum + Double(entry.count) * distance * distance
        }
      }
      error = errors.reduce(0, +)
      widest = errors.indices.max { errors[$0] < errors[$1] } ?? 0
      mean = means[widest]
    }

    /// The colours below and above the mean of the channel that varies most; neither part is empty where there are two colours.
    func cut() -> (Box, Box) {
      let low = entries.filter { Double($0.channel(widest)) <= mean }
      let high = entries.filter { Double($0.channel(widest)) > mean }
      return (Box(low), Box(high))
    }
  }
}
