/// A function of the elements at one place: yᵢ = f(aᵢ, bᵢ, …).
///
/// Shapes: all inputs and the result are equal; stretch first with `Broadcast`. Comparisons and logic give `bool`.
package struct Elementwise: Operation {
  package static let name = "elementwise"
  package var function: ElementwiseFunction
  package init(_ function: ElementwiseFunction) { self.function = function }
  package var label: String { function.rawValue }

  package func result(_ inputs: [TensorType]) throws -> [TensorType] {
    let values = function == .select ? Array(inputs.dropFirst()) : inputs
    if function == .select, inputs[0].dtype != .bool {
      throw misfit(
        .dtype, expected: "a bool condition", given: "it is \(inputs[0].dtype.rawValue)", advice: "Compare it with 0.")
    }
    for other in inputs.dropFirst() where other.shape != inputs[0].shape {
      throw misfit(expected: "equal shapes", given: "they are \(inputs[0].shape) and \(other.shape)")
    }
    for other in values.dropFirst() where other.dtype != values[0].dtype {
      throw misfit(
        .dtype, expected: "one dtype", given: "they are \(values[0].dtype.rawValue) and \(other.dtype.rawValue)",
        advice: "Use cast(to:).")
    }
    if function.needsFloat, !values[0].dtype.isFloating {
      throw misfit(
        .dtype, expected: "a floating dtype", given: "it is \(values[0].dtype.rawValue)",
        advice: "Use cast(to: .float32).")
    }
    return [TensorType(inputs[0].shape, function.isPredicate ? .bool : values[0].dtype)]
  }
}

/// The elementwise functions. `relu`, `absolute` and `sign` have derivative 0 at 0; `maximum` and `minimum` give a tie
/// half to each side; `round` goes half to even; `modulo` has the sign of the divisor.
package enum ElementwiseFunction: String, CaseIterable, Sendable, Hashable {
  // one input
  case negate, absolute, sign, square, reciprocal, sqrt, rsqrt
  case exp, expm1, log, log1p, tanh, sigmoid, relu, softplus, erf
  case sin, cos, tan, asin, acos, atan, sinh, cosh, asinh, acosh, atanh
  case floor, ceil, round, truncate
  case not, isFinite, isNaN
  // two inputs
  case add, subtract, multiply, divide, power, maximum, minimum, modulo, atan2
  case equal, notEqual, less, lessEqual, greater, greaterEqual
  case and, or
  // condition, if true, if false
  case select

  package var arity: Int {
    switch self {
    case .add, .subtract, .multiply, .divide, .power, .maximum, .minimum, .modulo, .atan2, .equal, .notEqual, .less,
      .lessEqual, .greater, .greaterEqual, .and, .or:
      return 2
    case .select: return 3
    default: return 1
    }
  }

  /// The result is `bool` whatever the inputs.
  package var isPredicate: Bool {
    switch self {
    case .equal, .notEqual, .less, .lessEqual, .greater, .greaterEqual, .and, .or, .not, .isFinite, .isNaN: return true
    default: return false
    }
  }

  /// The function is not defined on integers.
  var needsFloat: Bool {
    switch self {
    case .negate, .absolute, .sign, .square, .relu, .add, .subtract, .multiply, .divide, .power, .maximum, .minimum,
      .modulo, .floor, .ceil, .round, .truncate, .select:
      return false
    default: return !isPredicate
    }
  }

  package var isCommutative: Bool {
    switch self {
    case .add, .multiply, .maximum, .minimum, .equal, .notEqual, .and, .or: return true
    default: return false
    }
  }
}
