/// The sizes of a tensor's axes, outermost first; `[]` is a scalar.
public struct Shape: Hashable, Sendable, ExpressibleByArrayLiteral, CustomStringConvertible {
  /// Size of each axis.
  public var dimensions: [Int]

  /// True for the stand-in made after a misfit: it answers any axis with 1.
  public package(set) var isPoisoned = false

  /// A shape from the sizes of its axes.
  public init(_ dimensions: [Int]) { self.dimensions = dimensions }
  public init(arrayLiteral elements: Int...) { self.dimensions = elements }

  package static var poisoned: Shape {
    var shape = Shape([])
    shape.isPoisoned = true
    return shape
  }

  /// Whether all sizes are 0 or more, as those of a tensor are.
  package var hasSizes: Bool { dimensions.allSatisfy { $0 >= 0 } }

  /// Number of axes.
  public var rank: Int { dimensions.count }

  /// Number of elements: the product of the sizes, 1 for a scalar; 2^56 stands for whatever is more, which no memory holds.
  public var count: Int {
    dimensions.reduce(1) { count, size in
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      return overflow ? Self.most : min(product, Self.most)
    }
  }
  private static let most = 1 << 56

  /// Size of the last axis; 1 for a scalar.
  public var last: Int { dimensions.last ?? 1 }

  /// Size of an axis; negative axes count from the end.
  public subscript(axis: Int) -> Int {
    let index = axis < 0 ? axis + rank : axis
    if isPoisoned { return 1 }
    assertUse(
      dimensions.indices.contains(index),
      "Shape: expected an axis in \(-rank)..<\(rank) of \(self), but it was \(axis).")
    return dimensions[index]
  }

  /// Elements between neighbours of each axis in row-major order; an axis of size 0 counts as 1, so that none is 0.
  public var rowMajorStrides: [Int] {
    var strides = [Int](repeating: 1, count: rank)
    for axis in stride(from: rank - 2, through: 0, by: -1) {
      strides[axis] = strides[axis + 1] &* max(dimensions[axis + 1], 1)
    }
    return strides
  }

  /// `[2, 3]` as text.
  public var description: String { "[" + dimensions.map(String.init).joined(separator: ", ") + "]" }

  /// The shape two operands are stretched to: aligned at the last axis, a size of 1 stretches.
  static func broadcast(_ a: Shape, _ b: Shape) -> Shape? {
    let rank = max(a.rank, b.rank)
    var result = [Int](repeating: 1, count: rank)
    for i in 0..<rank {
      let x = i < rank - a.rank ? 1 : a.dimensions[i - (rank - a.rank)]
      let y = i < rank - b.rank ? 1 : b.dimensions[i - (rank - b.rank)]
      guard x == y || x == 1 || y == 1 else { return nil }
      result[i] = x == 1 ? y : x
    }
    return Shape(result)
  }
}

extension Shape: Codable {
  public init(from decoder: Decoder) throws { self.init(try decoder.singleValueContainer().decode([Int].self)) }
  public func encode(to encoder: Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(dimensions)
  }
}

/// What is known of a tensor before it has values.
public struct TensorType: Hashable, Sendable, CustomStringConvertible {
  /// Sizes of the axes.
  public var shape: Shape
  /// Type of one element.
  public var dtype: DType

  /// A shape with an element type: `TensorType([28, 28, 1], .float32)`.
  public init(_ shape: Shape, _ dtype: DType) {
    self.shape = shape
    self.dtype = dtype
  }

  /// Bytes of all elements.
  public var byteCount: Int { shape.count * dtype.byteCount }
  public var description: String { "\(dtype.rawValue)\(shape)" }
}
