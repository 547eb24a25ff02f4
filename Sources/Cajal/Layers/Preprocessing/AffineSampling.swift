// Images whose pixels come from other places: the core of rotation, translation, zoom, shear and perspective.

/// What lies outside of an image.
public enum FillMode: String, Hashable, Sendable, Codable, CaseIterable {
  /// One value.
  case constant
  /// The nearest pixel of the border.
  case nearest
  /// The image again from its other end.
  case wrap
  /// The image mirrored at its border.
  case reflect

  /// Coordinates of pixels brought into 0 … size - 1.
  func inside(_ at: Tensor, size: Int) -> Tensor {
    let (length, last) = (Double(size), Double(size - 1))
    switch self {
    case .constant: return at
    case .nearest: return at.clipped(0, last)
    case .reflect:
      guard size > 1 else { return at.filled(0) }
      // A period is the image and its mirror image, which repeats the border.
      let turned = at - (at / (2 * length)).floor() * (2 * length)
      return (turned .>= length).select(2 * length - 1 - turned, turned).clipped(0, last)
    case .wrap:
      guard size > 1 else { return at.filled(0) }
      // As TensorFlow has it: whole images are counted by the distance of the border pixels.
      let below = at + ((-at / last).truncated() + 1) * length
      let above = at - (at / last).truncated() * length
      return (at .< 0).select(below, (at .> last).select(above, at)).clipped(0, last)
    }
  }
}

extension Tensor {
  /// Images whose pixel (x, y) is that at ((a₀x + a₁y + a₂) / k, (b₀x + b₁y + b₂) / k), k = c₀x + c₁y + 1.
  ///
  /// Shapes: this [batch, height, width, channels]; each coefficient [batch, 1, 1] or a scalar.
  func transformed(
    a: (Tensor, Tensor, Tensor), b: (Tensor, Tensor, Tensor), c: (Tensor, Tensor)? = nil,
    _ interpolation: Interpolation, _ fillMode: FillMode, fillValue: Double
  ) -> Tensor {
    guard !shape.isPoisoned else { return self }
    let grid: Shape = [1, shape[1], shape[2]]
    let y = Tensor.indices(along: 1, shape: grid).cast(to: .float32)
    let x = Tensor.indices(along: 2, shape: grid).cast(to: .float32)
    var (column, row) = (a.0 * x + a.1 * y + a.2, b.0 * x + b.1 * y + b.2)
    if let c {
      let k = c.0 * x + c.1 * y + 1
      (column, row) = (column / k, row / k)
    }
    let whole: Shape = [shape[0], shape[1], shape[2]]
    (column, row) = (column.broadcast(to: whole), row.broadcast(to: whole))
    return picked(row: row, column: column, interpolation, fillMode, fillValue: fillValue)
  }

  /// Pixels at places [batch, height′, width′] between the given ones, with what lies outside.
  func picked(
    row: Tensor, column: Tensor, _ interpolation: Interpolation, _ fillMode: FillMode, fillValue: Double
  ) -> Tensor {
    var (row, column) = (fillMode.inside(row, size: shape[1]), fillMode.inside(column, size: shape[2]))
    if interpolation == .nearest { (row, column) = ((row + 0.5).floor(), (column + 0.5).floor()) }
    guard fillMode == .constant, fillValue != 0 else { return sampled(row: row, column: column) }
    return (self - fillValue).sampled(row: row, column: column) + fillValue
  }
}
