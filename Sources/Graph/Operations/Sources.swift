// Operations without inputs: known values, fills, counters, and what a program is given from outside.

/// Values known when the graph is built.
package struct Constant: Operation {
  package static let name = "constant"
  package static let differentiability = Differentiability.none("it is a source")
  package let storage: Storage
  package let shape: Shape
  /// An evaluated stand-in for a graph that grew too long: gradients cannot pass it.
  let cutsHistory: Bool
  package init(storage: Storage, shape: Shape, cutsHistory: Bool) {
    self.storage = storage
    self.shape = shape
    self.cutsHistory = cutsHistory
  }

  package func result(_ inputs: [TensorType]) throws -> [TensorType] { [TensorType(shape, storage.dtype)] }
  package func gradient(_ context: GradientContext) -> [Tensor?] { [] }
  package static func == (a: Self, b: Self) -> Bool { a.storage === b.storage && a.shape == b.shape }
  package func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(storage)) }
}

/// One number everywhere.
package struct Fill: Operation {
  package static let name = "fill"
  package static let differentiability = Differentiability.none("it is a source")
  @Bitwise package var value: Double
  package var type: TensorType
  package init(value: Double, type: TensorType) {
    // As the type holds it: without a fraction, or 0 and 1.
    self.value = type.dtype == .bool ? (value == 0 ? 0 : 1) : type.dtype.isFloating ? value : value.rounded(.towardZero)
    self.type = type
  }

  package func result(_ inputs: [TensorType]) throws -> [TensorType] { [type] }
  package func gradient(_ context: GradientContext) -> [Tensor?] { [] }
}

/// The index along one axis: 0, 1, 2, ….
package struct Iota: Operation {
  package static let name = "iota"
  package static let differentiability = Differentiability.none("it is a source")
  package var axis: Int
  package var type: TensorType
  package init(axis: Int, type: TensorType) {
    self.axis = axis
    self.type = type
  }

  package func result(_ inputs: [TensorType]) throws -> [TensorType] {
    guard type.shape.hasSizes else {
      throw misfit(.argument, expected: "sizes of 0 or more", given: "the shape is \(type.shape)")
    }
    guard type.shape.dimensions.indices.contains(axis) else {
      throw misfit(.argument, expected: "an axis of \(type.shape)", given: "it is \(axis)")
    }
    return [type]
  }
  package func gradient(_ context: GradientContext) -> [Tensor?] { [] }
}

/// A value that a program is given each time it runs.
package struct Placeholder: Operation {
  package static let name = "input"
  package static let differentiability = Differentiability.none("it is a source")
  package let label: String
  package let type: TensorType
  private let identity = Identity()
  private final class Identity: Sendable {}
  package init(_ label: String, _ type: TensorType) {
    self.label = label
    self.type = type
  }
  package func result(_ inputs: [TensorType]) throws -> [TensorType] { [type] }
  package func gradient(_ context: GradientContext) -> [Tensor?] { [] }
  package static func == (a: Self, b: Self) -> Bool { a.identity === b.identity }
  package func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(identity)) }
}

extension Tensor {
  package static func placeholder(_ label: String, _ type: TensorType, trace: Trace?) -> Tensor {
    Tensor(Node(Placeholder(label, type), [], [type], trace: trace))
  }

  static func constant(_ storage: Storage, shape: Shape, cutsHistory: Bool = false) -> Tensor {
    let operation = Constant(storage: storage, shape: shape, cutsHistory: cutsHistory)
    return Tensor(Node(operation, [], [TensorType(shape, storage.dtype)], trace: nil, storages: [storage]))
  }

  package static func fill(_ value: Double, type: TensorType) -> Tensor {
    assertUse(type.shape.hasSizes, "Tensor: expected sizes of 0 or more, but the shape is \(type.shape).")
    return Tensor(Node(Fill(value: value, type: type), [], [type], trace: nil))
  }

  /// A tensor of this one's shape and dtype with one number everywhere.
  public func filled(_ value: Double) -> Tensor { Tensor.fill(value, type: type) }
}
