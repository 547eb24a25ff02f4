import CajalGraph

/// What is known of an array of floats after looking at each.
package struct NumberReport: Sendable {
  package var type: TensorType
  /// Place of the first that is infinite or NaN, in row-major order, and its value.
  package private(set) var first: (place: Int, value: Double)?
  /// How many are infinite or NaN.
  package private(set) var badCount = 0
  package private(set) var hasNaN = false
  /// The finite ones; nil where there are none.
  package private(set) var range: ClosedRange<Double>?

  package var isFinite: Bool { first == nil }
  /// The largest finite number without its sign.
  package var magnitude: Double { range.map { max(abs($0.lowerBound), abs($0.upperBound)) } ?? 0 }

  /// A look at row-major memory; types other than floats are finite.
  package init(_ memory: UnsafeRawPointer, _ type: TensorType) {
    self.type = type
    let count = type.shape.count
    switch type.dtype {
    case .float32: scan(count) { Double(memory.load(fromByteOffset: 4 * $0, as: Float.self)) }
    case .float64: scan(count) { memory.load(fromByteOffset: 8 * $0, as: Double.self) }
    case .bfloat16, .float16:
      scan(count) { Double(type.dtype.float(bits16: memory.load(fromByteOffset: 2 * $0, as: UInt16.self))) }
    default: break
    }
  }

  @inline(__always) private mutating func scan(_ count: Int, _ value: (Int) -> Double) {
    var (low, high) = (Double.infinity, -Double.infinity)
    for place in 0..<count {
      let number = value(place)
      guard number.isFinite else {
        if first == nil { first = (place, number) }
        badCount += 1
        hasNaN = hasNaN || number.isNaN
        continue
      }
      low = min(low, number)
      high = max(high, number)
    }
    if low <= high { range = low...high }
  }
}
