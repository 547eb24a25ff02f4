// The derivative of each elementwise function, written so that it reuses the output and never forms 0 · ∞.
extension Elementwise {
  package func gradient(_ context: GradientContext) -> [Tensor?] {
    switch function.arity {
    case 1: return [unary(context.inputs[0], context.output, context.gradient)]
    case 2: return binary(context)
    default:
      let zero = context.gradient.filled(0)
      let condition = context.inputs[0]
      return [nil, condition.select(context.gradient, zero), condition.select(zero, context.gradient)]
    }
  }

  private func unary(_ x: Tensor, _ y: Tensor, _ dy: Tensor) -> Tensor? {
    switch function {
    case .negate: return -dy
    case .absolute: return dy * x.sign()
    case .square: return dy * (2 * x)
    case .reciprocal: return -(dy * y.squared())
    case .sqrt: return dy * (0.5 / y)
    case .rsqrt: return dy * (-0.5 * y * y.squared())
    case .exp: return dy * y
    case .expm1: return dy * (y + 1)
    case .log: return dy / x
    case .log1p: return dy / (x + 1)
    case .tanh: return dy * (1 - y.squared())
    case .sigmoid: return dy * (y * (1 - y))
    case .relu: return (y .> 0).select(dy, dy.filled(0))
    case .softplus: return dy * x.sigmoid()
    case .erf: return dy * ((-x.squared()).exp() * 1.128_379_167_095_512_6)  // 2 / √π
    case .sin: return dy * x.cos()
    case .cos: return -(dy * x.sin())
    case .tan: return dy * (1 + y.squared())
    case .asin: return dy * (1 - x.squared()).rsqrt()
    case .acos: return -(dy * (1 - x.squared()).rsqrt())
    case .atan: return dy / (1 + x.squared())
    case .sinh: return dy * x.cosh()
    case .cosh: return dy * x.sinh()
    case .asinh: return dy * (x.squared() + 1).rsqrt()
    case .acosh: return dy * (x.squared() - 1).rsqrt()
    case .atanh: return dy / (1 - x.squared())
    default: return nil  // steps and predicates: zero almost everywhere
    }
  }

  private func binary(_ context: GradientContext) -> [Tensor?] {
    let (a, b) = (context.inputs[0], context.inputs[1])
    let (y, dy) = (context.output, context.gradient)
    func when(_ index: Int, _ gradient: () -> Tensor) -> Tensor? { context.needed[index] ? gradient() : nil }
    switch function {
    case .add: return [dy, dy]
    case .subtract: return [dy, when(1) { -dy }]
    case .multiply: return [when(0) { dy * b }, when(1) { dy * a }]
    case .divide: return [when(0) { dy / b }, when(1) { -(dy * y / b) }]
    case .power:
      let base = when(0) { (b .== 0).select(dy.filled(0), dy * b * a.power(b - 1)) }
      let exponent = when(1) {
        let positive = a .> 0
        return positive.select(dy * y * positive.select(a, a.filled(1)).log(), dy.filled(0))
      }
      return [base, exponent]
    case .maximum: return [when(0) { dy * share(a, over: b) }, when(1) { dy * share(b, over: a) }]
    case .minimum: return [when(0) { dy * share(b, over: a) }, when(1) { dy * share(a, over: b) }]
    case .modulo: return [dy, when(1) { -(dy * (a / b).floor()) }]
    case .atan2:
      let squares = a.squared() + b.squared()
      return [when(0) { dy * b / squares }, when(1) { -(dy * a / squares) }]
    default: return [nil, nil]
    }
  }

  /// 1 where a > b, 1/2 where they are equal, 0 elsewhere.
  private func share(_ a: Tensor, over b: Tensor) -> Tensor {
    (a .== b).select(a.filled(0.5), (a .> b).cast(to: a.dtype))
  }
}
