// The elementwise functions as people call them: stretching and promotion are decided here, once.

extension Tensor {
  func unary(_ function: ElementwiseFunction) -> Tensor { Tensor.make(Elementwise(function), [self]) }

  /// Brings two operands to one dtype and one shape, then applies the function.
  static func binary(_ function: ElementwiseFunction, _ a: Tensor, _ b: Tensor) -> Tensor {
    if let trace = a.node.trace ?? b.node.trace, a.shape.isPoisoned || b.shape.isPoisoned {
      return poisoned(in: trace)
    }
    guard let shape = Shape.broadcast(a.shape, b.shape) else {
      let error = CajalError(
        .shape, function.rawValue, expected: "shapes that are equal or stretch from size 1, aligned at the last axis",
        given: "they are \(a.shape) and \(b.shape)")
      return misfit(error, trace: a.node.trace ?? b.node.trace)
    }
    let dtype = DType.promoted(a.dtype, b.dtype)
    return make(
      Elementwise(function),
      [a.cast(to: dtype).broadcast(to: shape), b.cast(to: dtype).broadcast(to: shape)])
  }

  /// -x, elementwise.
  public static prefix func - (x: Tensor) -> Tensor { x.unary(.negate) }
  /// The sum of each pair; sizes of 1 stretch, and dtypes are promoted.
  public static func + (a: Tensor, b: Tensor) -> Tensor { binary(.add, a, b) }
  /// The difference of each pair; sizes of 1 stretch, and dtypes are promoted.
  public static func - (a: Tensor, b: Tensor) -> Tensor { binary(.subtract, a, b) }
  /// The product of each pair; sizes of 1 stretch, and dtypes are promoted. See `matmul` for matrices.
  public static func * (a: Tensor, b: Tensor) -> Tensor { binary(.multiply, a, b) }
  /// The quotient of each pair; sizes of 1 stretch, and dtypes are promoted.
  public static func / (a: Tensor, b: Tensor) -> Tensor { binary(.divide, a, b) }

  /// Each element plus a number.
  public static func + (a: Tensor, b: Double) -> Tensor { a + a.scalar(b) }
  /// Each element minus a number.
  public static func - (a: Tensor, b: Double) -> Tensor { a - a.scalar(b) }
  /// Each element times a number.
  public static func * (a: Tensor, b: Double) -> Tensor { a * a.scalar(b) }
  /// Each element divided by a number.
  public static func / (a: Tensor, b: Double) -> Tensor { a / a.scalar(b) }
  /// A number plus each element.
  public static func + (a: Double, b: Tensor) -> Tensor { b.scalar(a) + b }
  /// A number minus each element.
  public static func - (a: Double, b: Tensor) -> Tensor { b.scalar(a) - b }
  /// A number times each element.
  public static func * (a: Double, b: Tensor) -> Tensor { b.scalar(a) * b }
  /// A number divided by each element.
  public static func / (a: Double, b: Tensor) -> Tensor { b.scalar(a) / b }

  /// A number as a scalar tensor of this tensor's dtype; of `float32` where an integer tensor meets a fraction.
  func scalar(_ value: Double) -> Tensor {
    let fits = dtype.isFloating || value == value.rounded() && dtype != .bool
    return Tensor.fill(value, type: TensorType([], fits ? dtype : .float32))
  }

  /// |x|
  public func absolute() -> Tensor { unary(.absolute) }
  /// -1, 0 or 1.
  public func sign() -> Tensor { unary(.sign) }
  /// x²
  public func squared() -> Tensor { unary(.square) }
  /// 1 / x
  public func reciprocal() -> Tensor { unary(.reciprocal) }
  /// √x
  public func sqrt() -> Tensor { unary(.sqrt) }
  /// 1 / √x
  public func rsqrt() -> Tensor { unary(.rsqrt) }
  /// eˣ
  public func exp() -> Tensor { unary(.exp) }
  /// eˣ - 1, exact near 0.
  public func expm1() -> Tensor { unary(.expm1) }
  /// ln x
  public func log() -> Tensor { unary(.log) }
  /// ln (1 + x), exact near 0.
  public func log1p() -> Tensor { unary(.log1p) }
  /// (eˣ - e⁻ˣ) / (eˣ + e⁻ˣ), in -1…1.
  public func tanh() -> Tensor { unary(.tanh) }
  /// 1 / (1 + e⁻ˣ)
  public func sigmoid() -> Tensor { unary(.sigmoid) }
  /// max(x, 0); its derivative at 0 is 0.
  public func relu() -> Tensor { unary(.relu) }
  /// ln (1 + eˣ), without overflow.
  public func softplus() -> Tensor { unary(.softplus) }
  /// The error function 2/√π ∫₀ˣ exp(-t²) dt.
  public func erf() -> Tensor { unary(.erf) }
  /// The sine of an angle in radians.
  public func sin() -> Tensor { unary(.sin) }
  /// The cosine of an angle in radians.
  public func cos() -> Tensor { unary(.cos) }
  /// The tangent of an angle in radians.
  public func tan() -> Tensor { unary(.tan) }
  /// The angle in -π/2…π/2 whose sine it is; NaN outside -1…1.
  public func asin() -> Tensor { unary(.asin) }
  /// The angle in 0…π whose cosine it is; NaN outside -1…1.
  public func acos() -> Tensor { unary(.acos) }
  /// The angle in -π/2…π/2 whose tangent it is.
  public func atan() -> Tensor { unary(.atan) }
  /// (eˣ - e⁻ˣ) / 2
  public func sinh() -> Tensor { unary(.sinh) }
  /// (eˣ + e⁻ˣ) / 2
  public func cosh() -> Tensor { unary(.cosh) }
  /// ln (x + √(x² + 1))
  public func asinh() -> Tensor { unary(.asinh) }
  /// ln (x + √(x² - 1)); NaN below 1.
  public func acosh() -> Tensor { unary(.acosh) }
  /// ½ ln ((1 + x) / (1 - x)); NaN outside -1…1.
  public func atanh() -> Tensor { unary(.atanh) }
  /// The next whole number below or equal; its gradient is 0.
  public func floor() -> Tensor { unary(.floor) }
  /// The next whole number above or equal; its gradient is 0.
  public func ceil() -> Tensor { unary(.ceil) }
  /// To the nearest whole number, half to even.
  public func rounded() -> Tensor { unary(.round) }
  /// The whole part, toward zero; its gradient is 0.
  public func truncated() -> Tensor { unary(.truncate) }
  /// Whether each element is neither infinite nor NaN.
  public func isFinite() -> Tensor { unary(.isFinite) }
  /// Whether each element is no number.
  public func isNaN() -> Tensor { unary(.isNaN) }

  /// aᵇ
  public func power(_ exponent: Tensor) -> Tensor { Tensor.binary(.power, self, exponent) }
  /// xⁿ for one exponent; 2 and ½ are worked out as square and root.
  public func power(_ exponent: Double) -> Tensor {
    exponent == 2 ? squared() : exponent == 0.5 ? sqrt() : Tensor.binary(.power, self, scalar(exponent))
  }
  /// The larger of each pair; a tie shares its gradient.
  public func maximum(_ other: Tensor) -> Tensor { Tensor.binary(.maximum, self, other) }
  /// The larger of each element and a number.
  public func maximum(_ other: Double) -> Tensor { Tensor.binary(.maximum, self, scalar(other)) }
  /// The smaller of each pair; a tie shares its gradient.
  public func minimum(_ other: Tensor) -> Tensor { Tensor.binary(.minimum, self, other) }
  /// The smaller of each element and a number.
  public func minimum(_ other: Double) -> Tensor { Tensor.binary(.minimum, self, scalar(other)) }
  /// The remainder with the divisor's sign.
  public func modulo(_ divisor: Tensor) -> Tensor { Tensor.binary(.modulo, self, divisor) }
  /// The angle of the point (x, self) in -π…π.
  public func atan2(_ x: Tensor) -> Tensor { Tensor.binary(.atan2, self, x) }
  /// Whether the elements of each pair are equal.
  public static func .== (a: Tensor, b: Tensor) -> Tensor { binary(.equal, a, b) }
  /// Whether the elements of each pair differ.
  public static func .!= (a: Tensor, b: Tensor) -> Tensor { binary(.notEqual, a, b) }
  /// Whether the first of each pair is smaller.
  public static func .< (a: Tensor, b: Tensor) -> Tensor { binary(.less, a, b) }
  /// Whether the first of each pair is smaller or equal.
  public static func .<= (a: Tensor, b: Tensor) -> Tensor { binary(.lessEqual, a, b) }
  /// Whether the first of each pair is larger.
  public static func .> (a: Tensor, b: Tensor) -> Tensor { binary(.greater, a, b) }
  /// Whether the first of each pair is larger or equal.
  public static func .>= (a: Tensor, b: Tensor) -> Tensor { binary(.greaterEqual, a, b) }
  /// Whether each element equals a number.
  public static func .== (a: Tensor, b: Double) -> Tensor { a .== a.scalar(b) }
  /// Whether each element differs from a number.
  public static func .!= (a: Tensor, b: Double) -> Tensor { a .!= a.scalar(b) }
  /// Whether each element is smaller than a number.
  public static func .< (a: Tensor, b: Double) -> Tensor { a .< a.scalar(b) }
  /// Whether each element is smaller than a number or equal.
  public static func .<= (a: Tensor, b: Double) -> Tensor { a .<= a.scalar(b) }
  /// Whether each element is larger than a number.
  public static func .> (a: Tensor, b: Double) -> Tensor { a .> a.scalar(b) }
  /// Whether each element is larger than a number or equal.
  public static func .>= (a: Tensor, b: Double) -> Tensor { a .>= a.scalar(b) }
  /// Whether both of each pair hold; a number holds unless it is 0.
  public func and(_ other: Tensor) -> Tensor { Tensor.binary(.and, asBool(), other.asBool()) }
  /// Whether one of each pair holds; a number holds unless it is 0.
  public func or(_ other: Tensor) -> Tensor { Tensor.binary(.or, asBool(), other.asBool()) }
  /// Whether each element does not hold; a number holds unless it is 0.
  public func not() -> Tensor { asBool().unary(.not) }
  private func asBool() -> Tensor { dtype == .bool ? self : self .!= 0 }

  /// Where this condition holds the first value, elsewhere the second.
  public func select(_ ifTrue: Tensor, _ ifFalse: Tensor) -> Tensor {
    guard let values = Shape.broadcast(ifTrue.shape, ifFalse.shape), let shape = Shape.broadcast(self.shape, values)
    else {
      let error = CajalError(
        .shape, "select", expected: "shapes that stretch to one another",
        given: "they are \(self.shape), \(ifTrue.shape) and \(ifFalse.shape)")
      return Tensor.misfit(error, trace: node.trace ?? ifTrue.node.trace ?? ifFalse.node.trace)
    }
    let dtype = DType.promoted(ifTrue.dtype, ifFalse.dtype)
    return Tensor.make(
      Elementwise(.select),
      [
        asBool().broadcast(to: shape), ifTrue.cast(to: dtype).broadcast(to: shape),
        ifFalse.cast(to: dtype).broadcast(to: shape),
      ])
  }
}
