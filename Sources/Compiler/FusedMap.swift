import CajalGraph

/// A run of elementwise work as one pass over memory: every function at one place of the iteration space, results stored
/// or reduced on the way.
///
/// Inputs have the iteration space's rank; sizes of 1 stretch. Registers number the inputs first, then the steps.
package struct FusedMap: Operation {
  package static let name = "map"
  package static let differentiability = Differentiability.none("it is made after differentiation")

  package struct Step: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
      case function(ElementwiseFunction)
      case clip(lower: Double, upper: Double)
      case cast
      case fill(Double)

      /// Numbers are told apart by their bits: 0 and -0 are two.
      package static func == (a: Self, b: Self) -> Bool {
        switch (a, b) {
        case (.function(let a), .function(let b)): return a == b
        case (.clip(let a, let b), .clip(let c, let d)): return bits(a, b) == bits(c, d)
        case (.cast, .cast): return true
        case (.fill(let a), .fill(let b)): return bits(a) == bits(b)
        default: return false
        }
      }
      package func hash(into hasher: inout Hasher) {
        switch self {
        case .function(let function): hasher.combine(function)
        case .clip(let lower, let upper): hasher.combine(Self.bits(lower, upper))
        case .cast: hasher.combine(1)
        case .fill(let value): hasher.combine(Self.bits(value))
        }
      }
      private static func bits(_ numbers: Double...) -> [UInt64] { numbers.map(\.bitPattern) }
    }
    package var kind: Kind
    package var arguments: [Int]
    package var dtype: DType
    package init(kind: Kind, arguments: [Int], dtype: DType) {
      self.kind = kind
      self.arguments = arguments
      self.dtype = dtype
    }
  }

  package struct Output: Hashable, Sendable {
    package var register: Int
    /// nil stores the register; else it is reduced over the axes, which stay with size 1.
    package var reduction: Reduce.Kind?
    package var axes: [Int]
    package init(register: Int, reduction: Reduce.Kind?, axes: [Int]) {
      self.register = register
      self.reduction = reduction
      self.axes = axes
    }
  }

  package var shape: Shape
  package var inputTypes: [DType]
  package var steps: [Step]
  package var outputs: [Output]
  package var arithmetic: Arithmetic

  package init(shape: Shape, inputTypes: [DType], steps: [Step], outputs: [Output], arithmetic: Arithmetic) {
    self.shape = shape
    self.inputTypes = inputTypes
    self.steps = steps
    self.outputs = outputs
    self.arithmetic = arithmetic
  }

  package var label: String { "map" + (steps.isEmpty ? "" : " " + steps.suffix(4).map(\.label).joined(separator: "·")) }

  func dtype(_ register: Int) -> DType {
    register < inputTypes.count ? inputTypes[register] : steps[register - inputTypes.count].dtype
  }

  package func result(_ inputs: [TensorType]) throws -> [TensorType] {
    for (input, dtype) in zip(inputs, inputTypes) {
      guard input.dtype == dtype, input.shape.rank == shape.rank,
        zip(input.shape.dimensions, shape.dimensions).allSatisfy({ $0 == $1 || $0 == 1 })
      else {
        throw CajalError(.shape, label, expected: "inputs that stretch to \(shape)", given: "one is \(input)")
      }
    }
    return outputs.map { output in
      var result = shape
      for axis in output.axes { result.dimensions[axis] = 1 }
      return TensorType(result, dtype(output.register))
    }
  }

  package func gradient(_ context: GradientContext) -> [Tensor?] { [] }
}

extension FusedMap.Step {
  var label: String {
    switch kind {
    case .function(let function): return function.rawValue
    case .clip: return "clip"
    case .cast: return "cast"
    case .fill(let value): return "\(value)"
    }
  }
}

/// The arithmetic a map is done in; one map has one.
package enum Arithmetic: Hashable, Sendable {
  case single, double, integer

  /// The arithmetic of an operation on values of a dtype; nil where any will do.
  package init?(_ dtype: DType) {
    switch dtype {
    case .float32, .float16, .bfloat16: self = .single
    case .float64: self = .double
    case .int8, .uint8, .int32, .int64: self = .integer
    case .bool: return nil
    }
  }
}

/// The same map over several iteration spaces at once: the update of all parameters in one kernel.
package struct SegmentedMap: Operation {
  package static let name = "map of segments"
  package static let differentiability = Differentiability.none("it is made after differentiation")
  package var segments: [FusedMap]
  package init(segments: [FusedMap]) { self.segments = segments }

  package var label: String { "\(segments[0].label) ×\(segments.count)" }

  package func result(_ inputs: [TensorType]) throws -> [TensorType] {
    let count = segments[0].inputTypes.count
    return try segments.enumerated().flatMap { index, segment in
      try segment.result(Array(inputs[(index * count)..<((index + 1) * count)]))
    }
  }
  package func gradient(_ context: GradientContext) -> [Tensor?] { [] }
}
