// Tensors from Swift numbers.

extension Tensor {
  /// Values in row-major order.
  ///
  /// Errors: traps unless `shape` has as many elements as there are scalars; `init(validating:)` throws instead.
  /// Example: `Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3])`
  public init<Scalar: TensorScalar>(_ scalars: [Scalar], shape: Shape) {
    assertUse(shape.hasSizes, "Tensor: expected sizes of 0 or more, but the shape is \(shape).")
    assertUse(
      scalars.count == shape.count,
      "Tensor: expected \(shape.count) values for shape \(shape), but there are \(scalars.count).")
    self = .constant(Storage(scalars), shape: shape)
  }

  /// Memory already filled, in row-major order.
  public init(_ storage: Storage, shape: Shape) throws {
    guard shape.hasSizes else {
      throw CajalError(.shape, "Tensor", expected: "sizes of 0 or more", given: "the shape is \(shape)")
    }
    guard storage.count == shape.count else {
      throw CajalError(
        .shape, "Tensor", expected: "\(shape.count) values for shape \(shape)", given: "there are \(storage.count)")
    }
    self = .constant(storage, shape: shape)
  }

  /// A vector of `float32`.
  public init(_ scalars: [Float]) { self.init(scalars, shape: [scalars.count]) }

  /// A scalar of `float32`.
  public init(_ scalar: Float) { self.init([scalar], shape: []) }

  /// A matrix of `float32`; all rows have one length.
  public init(_ rows: [[Float]]) {
    let columns = rows.first?.count ?? 0
    assertUse(
      rows.allSatisfy { $0.count == columns },
      "Tensor: expected rows of one length, but the lengths are \(rows.map(\.count)).")
    self.init(rows.flatMap { $0 }, shape: [rows.count, columns])
  }

  /// 0 everywhere.
  public static func zeros(_ shape: Shape, dtype: DType = .float32) -> Tensor {
    fill(0, type: TensorType(shape, dtype))
  }
  /// 1 everywhere.
  public static func ones(_ shape: Shape, dtype: DType = .float32) -> Tensor { fill(1, type: TensorType(shape, dtype)) }
  /// One value everywhere.
  public static func full(_ shape: Shape, _ value: Double, dtype: DType = .float32) -> Tensor {
    fill(value, type: TensorType(shape, dtype))
  }

  /// 0, 1, …, count - 1.
  public static func range(_ count: Int, dtype: DType = .float32) -> Tensor {
    make(Iota(axis: 0, type: TensorType([count], dtype)), [])
  }

  /// The index along one axis, as a tensor of a whole shape.
  public static func indices(along axis: Int, shape: Shape, dtype: DType = .int32) -> Tensor {
    make(Iota(axis: axis < 0 ? axis + shape.rank : axis, type: TensorType(shape, dtype)), [])
  }

  /// `count` values from `start` to `end`, both included.
  public static func linspace(_ start: Double, _ end: Double, count: Int) -> Tensor {
    count < 2 ? full([count], start) : range(count) * ((end - start) / Double(count - 1)) + start
  }

  /// The identity matrix.
  public static func identity(_ size: Int, dtype: DType = .float32) -> Tensor {
    let shape: Shape = [size, size]
    return (indices(along: 0, shape: shape) .== indices(along: 1, shape: shape)).cast(to: dtype)
  }
}
