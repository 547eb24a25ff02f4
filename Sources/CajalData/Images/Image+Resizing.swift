import Cajal

extension Image {
  /// The picture in another size, bilinear with antialiasing: when shrinking, the triangle filter is as wide as the
  /// pixels it replaces (as Pillow's `BILINEAR` and TensorFlow's `antialias=True`).
  ///
  /// Errors: `.argument` for sizes below 1 or above 65536.
  public func resized(width newWidth: Int, height newHeight: Int) throws -> Image {
    guard (1...65536).contains(newWidth), (1...65536).contains(newHeight) else {
      throw CajalError(
        .argument, "Image.resized", expected: "1 to 65536 pixels a side", given: "\(newWidth) x \(newHeight)")
    }
    if newWidth == width, newHeight == height { return self }
    let across = ResizeWeights(from: width, to: newWidth)
    let down = ResizeWeights(from: height, to: newHeight)
    var rows = [Float](repeating: 0, count: height * newWidth * channels)
    var result = [UInt8](repeating: 0, count: newHeight * newWidth * channels)
    let rowLength = newWidth * channels
    pixels.withUnsafeBufferPointer { pixels in
      rows.withUnsafeMutableBufferPointer { rows in
        for y in 0..<height {
          for x in 0..<newWidth {
            for channel in 0..<channels {
              var sum: Float = 0
              for tap in 0..<across.counts[x] {
                let source = (y * width + across.firsts[x] + tap) * channels + channel
                sum += Float(pixels[source]) * across.weights[x * across.most + tap]
              }
              rows[y * rowLength + x * channels + channel] = sum
            }
          }
        }
        result.withUnsafeMutableBufferPointer { result in
          for y in 0..<newHeight {
            for x in 0..<rowLength {
              var sum: Float = 0
              for tap in 0..<down.counts[y] {
                sum += rows[(down.firsts[y] + tap) * rowLength + x] * down.weights[y * down.most + tap]
              }
              result[y * rowLength + x] = UInt8(min(max(sum.rounded(), 0), 255))
            }
          }
        }
      }
    }
    return Image(checked: newWidth, newHeight, channels, result)
  }
}

/// Which pixels of a line make each new pixel, and how much.
private struct ResizeWeights {
  var firsts: [Int] = []
  var counts: [Int] = []
  var weights: [Float]
  var most: Int

  init(from size: Int, to newSize: Int) {
    let scale = Double(size) / Double(newSize)
    let reach = max(scale, 1)
    most = Int((2 * reach).rounded(.up)) + 2
    weights = Array(repeating: 0, count: newSize * most)
    for position in 0..<newSize {
      let centre = (Double(position) + 0.5) * scale
      let first = max(0, Int((centre - reach).rounded(.down)))
      let end = min(size, Int((centre + reach).rounded(.up)))
      var taps = (first..<end).map { pixel in
        let distance = abs(Double(pixel) + 0.5 - centre)
        return max(0, 1 - distance / reach)
      }
      let sum = taps.reduce(0, +)
      for tap in taps.indices { taps[tap] /= sum }
      firsts.append(first)
      counts.append(taps.count)
      for (tap, weight) in taps.enumerated() { weights[position * most + tap] = Float(weight) }
    }
  }
}
