import Foundation

/// How pixels between the given ones are worked out.
public enum Interpolation: String, Hashable, Sendable, Codable, CaseIterable {
  /// The nearest pixel.
  case nearest
  /// Straight lines between neighbours.
  case bilinear
  /// Cubic curves through four pixels (Keys, a = -½).
  case bicubic
  /// Windowed sinc over three pixels on each side.
  case lanczos3
  /// Windowed sinc over five pixels on each side.
  case lanczos5
  /// The mean of the pixels that a new one covers.
  case area
}

/// The nearest pixel where a file says nothing.
public enum NearestInterpolation: SavedDefault {
  public static var value: Interpolation { .nearest }
}

/// The weights of old places in new ones along one axis: a matrix [new, old], as TensorFlow's resizing has it.
struct ResizeWeights {
  let size: Int
  let newSize: Int
  private(set) var values: [Float]

  /// With `antialias` the filters are as wide as the pixels they replace when the axis shrinks.
  init(from size: Int, to newSize: Int, _ interpolation: Interpolation, antialias: Bool) {
    self.size = size
    self.newSize = newSize
    values = Array(repeating: 0, count: size * newSize)
    let scale = Double(size) / Double(newSize)
    for place in 0..<newSize {
      let taps: [(Int, Double)]
      switch interpolation {
      case .nearest:
        let index = Int(((Float(place) + 0.5) * (Float(size) / Float(newSize))).rounded(.down))
        taps = [(min(max(index, 0), size - 1), 1)]
      case .area: taps = Self.area(place, scale, size)
      case .bilinear where !antialias: taps = Self.linear(place, scale, size)
      case .bicubic where !antialias: taps = Self.cubic(place, size, newSize)
      default: taps = Self.filtered(place, scale, size, interpolation, antialias: antialias)
      }
      for (index, weight) in taps { values[place * size + index] += Float(weight) }
    }
  }

  private static func area(_ place: Int, _ scale: Double, _ size: Int) -> [(Int, Double)] {
    let (start, end) = (Double(place) * scale, Double(place + 1) * scale)
    return (Int(start)..<min(Int(end.rounded(.up)), size)).map { index in
      (index, (min(end, Double(index + 1)) - max(start, Double(index))) / scale)
    }
  }

  private static func linear(_ place: Int, _ scale: Double, _ size: Int) -> [(Int, Double)] {
    let at = (Double(place) + 0.5) * scale - 0.5
    let lower = at.rounded(.down)
    let share = at - lower
    func inside(_ index: Double) -> Int { Int(min(max(index, 0), Double(size - 1))) }
    return [(inside(lower), 1 - share), (inside(lower + 1), share)]
  }

  /// Cubic weights from a table of 1024 steps, as TensorFlow has them; what lies outside counts nothing.
  private static func cubic(_ place: Int, _ size: Int, _ newSize: Int) -> [(Int, Double)] {
    let at = (Float(place) + 0.5) * (Float(size) / Float(newSize)) - 0.5
    let lower = Int(at.rounded(.down))
    let share = Double(((at - Float(lower)) * 1024).rounded(.toNearestOrEven)) / 1024
    let weights = [1 + share, share, 1 - share, 2 - share].map(keys)
    let taps = (0..<4).compactMap { tap in
      (0..<size).contains(lower - 1 + tap) ? (lower - 1 + tap, weights[tap]) : nil
    }
    let sum = taps.reduce(0) { $0 + $1.1 }
    return abs(sum) < 1e-30 ? taps : taps.map { ($0.0, $0.1 / sum) }
  }

  /// A filter around the new pixel's centre, cut at the border and brought to sum 1.
  private static func filtered(
    _ place: Int, _ scale: Double, _ size: Int, _ interpolation: Interpolation, antialias: Bool
  ) -> [(Int, Double)] {
    let width = antialias ? max(scale, 1) : 1
    let radius: Double
    let kernel: (Double) -> Double
    switch interpolation {
    case .bicubic: (radius, kernel) = (2, keys)
    case .lanczos3: (radius, kernel) = (3, { lanczos($0, 3) })
    case .lanczos5: (radius, kernel) = (5, { lanczos($0, 5) })
    default: (radius, kernel) = (1, { max(0, 1 - abs($0)) })
    }
    let centre = (Double(place) + 0.5) * scale
    let first = max(Int((centre - radius * width - 0.5).rounded(.up)), 0)
    let last = min(Int((centre + radius * width - 0.5).rounded(.down)), size - 1)
    guard first <= last else { return [] }
    let taps = (first...last).map { ($0, kernel((Double($0) + 0.5 - centre) / width)) }
    let sum = taps.reduce(0) { $0 + $1.1 }
    return abs(sum) < 1e-12 ? taps : taps.map { ($0.0, $0.1 / sum) }
  }

  private static func keys(_ x: Double) -> Double {
    let x = abs(x)
    if x >= 2 { return 0 }
    return x >= 1 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : (1.5 * x - 2.5) * x * x + 1
  }

  private static func lanczos(_ x: Double, _ radius: Double) -> Double {
    if abs(x) > radius { return 0 }
    if abs(x) <= 1e-3 { return 1 }
    return radius * sin(.pi * x) * sin(.pi * x / radius) / (.pi * .pi * x * x)
  }
}

extension Tensor {
  /// Images [batch, height, width, channels] in another size: one product for each axis that changes.
  func resized(height: Int, width: Int, _ interpolation: Interpolation, antialias: Bool = false) -> Tensor {
    guard !shape.isPoisoned else { return self }
    let most = 1 << 26
    guard shape[1] <= most / Swift.max(height, 1), shape[2] <= most / Swift.max(width, 1) else {
      return Tensor.misfit(
        CajalError(
          .shape, "resized", expected: "old and new sizes whose product is at most 2^26",
          given: "they are \(shape) and \(height) x \(width)"), trace: node.trace)
    }
    var images = dtype.isFloating ? self : cast(to: .float32)
    for (axis, newSize) in [(1, height), (2, width)] where images.shape[axis] != newSize {
      let size = images.shape[axis]
      let weights = ResizeWeights(from: size, to: newSize, interpolation, antialias: antialias)
      let matrix = Tensor(weights.values, shape: [newSize, size])
      let outer = axis == 1 ? images.shape[0] : images.shape[0] * images.shape[1]
      var shape = images.shape
      let rows = images.reshaped([outer, size, -1])
      shape.dimensions[axis] = newSize
      images = matrix.expandingDimension(at: 0).broadcast(to: [outer, newSize, size]).matmul(rows).reshaped(shape)
    }
    return images
  }
}
