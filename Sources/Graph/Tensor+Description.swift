// Tensors as people read them: values in nested brackets, long axes cut in the middle.
import Foundation

extension Tensor: CustomStringConvertible {
  /// The values, computed now if nobody has looked yet; type and layer for a tensor of a model, which has none.
  ///
  /// Example: `print(Tensor([[1, 2], [3, 4.5]]))` prints `[[1, 2], [3, 4.5]]` on two lines.
  public var description: String {
    if node.isTraced {
      return "Tensor \(type) of a later step" + (node.path.isEmpty ? "" : ", made in \(node.path)")
    }
    return text(at: 0, offset: 0, values: scalars(as: Double.self), strides: shape.rowMajorStrides)
  }

  private static let longest = 8
  private static let shown = 3

  private func text(at axis: Int, offset: Int, values: [Double], strides: [Int]) -> String {
    guard axis < rank else { return number(values[offset]) }
    let size = shape[axis]
    let isCut = size > Self.longest && count > 1000
    let indices = isCut ? Array(0..<Self.shown) + Array((size - Self.shown)..<size) : Array(0..<size)
    var parts = indices.map {
      text(at: axis + 1, offset: offset + $0 * strides[axis], values: values, strides: strides)
    }
    if isCut { parts.insert("…", at: Self.shown) }
    let isInnermost = axis == rank - 1
    return "[" + parts.joined(separator: isInnermost ? ", " : ",\n" + String(repeating: " ", count: axis + 1)) + "]"
  }

  private func number(_ value: Double) -> String {
    if dtype == .bool { return value == 0 ? "false" : "true" }
    if !dtype.isFloating { return String(Int64(value)) }
    return String(format: dtype == .float64 ? "%.10g" : "%.6g", value)
  }
}
