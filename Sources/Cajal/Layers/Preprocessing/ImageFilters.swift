// What several image layers do with pixels: windows over each channel, cutting to proportions, powers of two.
extension Layer {
  /// Each channel under one window of given weights, with zeros around.
  func filtered(_ images: Tensor, _ weights: [Float], height: Int, width: Int) throws -> Tensor {
    let channels = images.shape.last
    let kernel = Tensor(weights.flatMap { Array(repeating: $0, count: channels) }, shape: [height, width, channels, 1])
    let same = try window(over: images, size: [height, width], strides: [1, 1], padding: .same)
    return images.convolvedDepthwise(kernel, window: same)
  }

  /// The middle of images with the proportions of a size.
  func croppedToAspectRatio(_ images: Tensor, height: Int, width: Int) -> Tensor {
    let (rows, columns) = (images.shape[1], images.shape[2])
    let cropRows = max(min(rows, Int(Float(columns * height) / Float(width))), 1)
    let cropColumns = max(min(columns, Int(Float(rows * width) / Float(height))), 1)
    let (top, left) = ((rows - cropRows) / 2, (columns - cropColumns) / 2)
    return images.slice(axis: 1, top..<top + cropRows).slice(axis: 2, left..<left + cropColumns)
  }

  /// The middle of images with the proportions of a size, brought to that size.
  func smartlyResized(_ images: Tensor, height: Int, width: Int) -> Tensor {
    croppedToAspectRatio(images, height: height, width: width).resized(height: height, width: width, .bilinear)
  }
}

extension Tensor {
  /// 2ˣ for whole x from 0 to 8, exactly.
  func exponentOfTwo() -> Tensor { (self * 0.693_147_180_559_945_3).exp().rounded() }
}
