// Colours of images [batch, height, width, 3]: grey values, and hue, saturation and value.

extension Tensor {
  /// 0.2989 R + 0.587 G + 0.114 B, with one channel; one channel stays.
  func grayscale() -> Tensor {
    guard shape.last == 3 else { return self }
    return (self * Tensor([0.2989, 0.587, 0.114])).sum(axes: [-1], keepsDimensions: true)
  }

  /// Hue in 0 … 1, saturation in 0 … 1 and value from red, green and blue.
  func hueSaturationValue() -> Tensor {
    let parts = split([1, 1, 1], axis: -1)
    let (r, g, b) = (parts[0], parts[1], parts[2])
    let value = max(axes: [-1], keepsDimensions: true)
    let range = value - min(axes: [-1], keepsDimensions: true)
    let saturation = (value .> 0).select(range / value, value.filled(0))
    let unit = (range * 6).reciprocal()
    let ofRed = unit * (g - b)
    let ofGreen = unit * (b - r) + 2.0 / 6
    let ofBlue = unit * (r - g) + 4.0 / 6
    let hue = (r .== value).select(ofRed, (g .== value).select(ofGreen, ofBlue))
    let known = (range .> 0).select(hue, hue.filled(0))
    return Tensor.concatenate([(known .< 0).select(known + 1, known), saturation, value], axis: -1)
  }

  /// Red, green and blue from hue, saturation and value.
  func redGreenBlue() -> Tensor {
    let parts = split([1, 1, 1], axis: -1)
    let (h, s, v) = (parts[0] * 6, parts[1], parts[2])
    let red = ((h - 3).absolute() - 1).clipped(0, 1)
    let green = (2 - (h - 2).absolute()).clipped(0, 1)
    let blue = (2 - (h - 4).absolute()).clipped(0, 1)
    return ((Tensor.concatenate([red, green, blue], axis: -1) - 1) * s + 1) * v
  }

  /// Values of one range brought to another.
  func rescaled(from: [Double], to: [Double]) -> Tensor {
    if from == to { return self }
    let scale = (to[1] - to[0]) / (from[1] - from[0])
    return (self - from[0]) * scale + to[0]
  }
}
