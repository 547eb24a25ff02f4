// Tensors as people read them: rows in brackets, long axes shortened in the middle.

extension Tensor: CustomStringConvertible {
  /// The values with shape and dtype; computing them first if nobody has looked. A tensor of a model's trace shows its type.
  ///
  /// Example: `print(Tensor([[1, 2], [3, 4]]))` shows `[[1, 2], [3, 4]]`, one row to a line.
  public var description: String {
    if node.isTraced || shape.isPoisoned { return "Tensor(\(type), symbolic)" }
    let numbers = dtype == .bool ? scalars(as: Bool.self).map(String.init) : texts
    return Self.text(numbers, shape: shape.dimensions, start: 0, indent: "")
      + (dtype == .float32 ? "" : " \(dtype.rawValue)")
  }

  /// How many entries of an axis are shown at each end.
  private static let edge = 4

  private var texts: [String] {
    if !dtype.isFloating { return scalars(as: Int.self).map(String.init) }
    return scalars(as: Float.self).map { value in
      if value == value.rounded(), abs(value) < 1e7 { return String(Int(value)) }
      // Six significant digits tell a float32 well enough.
      guard value.isFinite, abs(value) >= 1e-4, abs(value) < 1e7 else { return "\(value)" }
      var scale: Float = 1
      while abs(value) * scale < 1e5, scale < 1e6 { scale *= 10 }
      return "\((value * scale).rounded() / scale)"
    }
  }

  private static func text(_ numbers: [String], shape: [Int], start: Int, indent: String) -> String {
    guard let size = shape.first else { return numbers.indices.contains(start) ? numbers[start] : "" }
    let rest = Array(shape.dropFirst())
    let step = rest.reduce(1, *)
    var parts: [String] = []
    for index in 0..<size {
      if size > 3 * edge, index == edge { parts.append("…") }
      if size > 3 * edge, index >= edge, index < size - edge { continue }
      parts.append(text(numbers, shape: rest, start: start + index * step, indent: indent + " "))
    }
    return "[" + parts.joined(separator: rest.isEmpty ? ", " : ",\n" + indent + " ") + "]"
  }
}
