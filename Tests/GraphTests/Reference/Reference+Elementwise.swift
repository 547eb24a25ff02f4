import CajalGraph
import Foundation

extension Interpreter {
  static func elementwise(_ function: ElementwiseFunction, _ inputs: [Values]) -> Values {
    let first = inputs[0]
    let dtype = function.isPredicate ? .bool : inputs[inputs.count - 1].dtype
    let isWhole = !inputs[inputs.count - 1].dtype.isFloating
    let data = first.data.indices.map { i -> Double in
      switch inputs.count {
      case 1: return one(function, first.data[i])
      case 2: return two(function, first.data[i], inputs[1].data[i], isWhole: isWhole)
      default: return first.data[i] != 0 ? inputs[1].data[i] : inputs[2].data[i]
      }
    }
    // Whole numbers wrap around.
    return Values(first.shape, dtype, dtype == .uint8 ? data.map { Double(UInt8(truncatingIfNeeded: Int($0))) } : data)
  }

  private static func one(_ function: ElementwiseFunction, _ x: Double) -> Double {
    switch function {
    case .negate: return -x
    case .absolute: return abs(x)
    case .sign: return x > 0 ? 1 : x < 0 ? -1 : x
    case .square: return x * x
    case .reciprocal: return 1 / x
    case .sqrt: return x.squareRoot()
    case .rsqrt: return 1 / x.squareRoot()
    case .exp: return Foundation.exp(x)
    case .expm1: return Foundation.expm1(x)
    case .log: return Foundation.log(x)
    case .log1p: return Foundation.log1p(x)
    case .tanh: return Foundation.tanh(x)
    case .sigmoid: return 1 / (1 + Foundation.exp(-x))
    case .relu: return x < 0 ? 0 : x
    case .softplus: return x > 30 ? x : Foundation.log1p(Foundation.exp(x))
    case .erf: return Foundation.erf(x)
    case .sin: return Foundation.sin(x)
    case .cos: return Foundation.cos(x)
    case .tan: return Foundation.tan(x)
    case .asin: return Foundation.asin(x)
    case .acos: return Foundation.acos(x)
    case .atan: return Foundation.atan(x)
    case .sinh: return Foundation.sinh(x)
    case .cosh: return Foundation.cosh(x)
    case .asinh: return Foundation.asinh(x)
    case .acosh: return Foundation.acosh(x)
    case .atanh: return Foundation.atanh(x)
    case .floor: return x.rounded(.down)
    case .ceil: return x.rounded(.up)
    case .round: return x.rounded(.toNearestOrEven)
    case .truncate: return x.rounded(.towardZero)
    case .not: return x == 0 ? 1 : 0
    case .isFinite: return x.isFinite ? 1 : 0
    case .isNaN: return x.isNaN ? 1 : 0
    default: return .nan
    }
  }

  private static func two(_ function: ElementwiseFunction, _ a: Double, _ b: Double, isWhole: Bool) -> Double {
    func truth(_ value: Bool) -> Double { value ? 1 : 0 }
    switch function {
    case .add: return a + b
    case .subtract: return a - b
    case .multiply: return a * b
    case .divide: return isWhole ? (b == 0 ? 0 : (a / b).rounded(.down)) : a / b
    case .power: return Foundation.pow(a, b)
    case .maximum: return a.isNaN || b.isNaN ? .nan : a > b ? a : b
    case .minimum: return a.isNaN || b.isNaN ? .nan : a < b ? a : b
    case .modulo: return isWhole && b == 0 ? 0 : a - b * (a / b).rounded(.down)
    case .atan2: return Foundation.atan2(a, b)
    case .equal: return truth(a == b)
    case .notEqual: return truth(a != b)
    case .less: return truth(a < b)
    case .lessEqual: return truth(a <= b)
    case .greater: return truth(a > b)
    case .greaterEqual: return truth(a >= b)
    case .and: return truth(a != 0 && b != 0)
    case .or: return truth(a != 0 || b != 0)
    default: return .nan
    }
  }
}
