import CajalGraph

private typealias Function = ElementwiseFunction

/// One input drawn between bounds; some with all number types.
private func unary(
  _ function: Function, _ lower: Double, _ upper: Double, away: Bool = false, tolerance: Double = 2e-6,
  whole: Bool = false,
  gradient: Row.Gradient = .checked, special: [Double] = []
) -> Row {
  Row(
    function.rawValue, Elementwise.self, gradient: gradient, tolerance: tolerance,
    dtypes: [.float32, .float64, .float16, .bfloat16] + (whole ? [.int32, .int64, .int8] : []),
    special: special.isEmpty ? [] : [Sample(Elementwise(function), [Values([special.count], .float32, special)])],
    errors: whole || function.isPredicate
      ? []
      : [
        ErrorSample(
          Elementwise(function), [TensorType([2], .int32)],
          "\(function.rawValue): expected a floating dtype, but it is int32. Use cast(to: .float32).")
      ]
  ) { draw in
    let shape = draw.shape(rank: 2)
    return Sample(Elementwise(function), [away ? draw.away(shape, upper) : draw.numbers(shape, lower, upper)])
  }
}

/// Two inputs drawn between bounds.
private func binary(
  _ function: Function, _ a: ClosedRange<Double>, _ b: ClosedRange<Double>, tolerance: Double = 2e-6,
  whole: Bool = true,
  gradient: Row.Gradient = .checked, special: [(Double, Double)] = []
) -> Row {
  let pairs = [
    Values([special.count], .float32, special.map(\.0)), Values([special.count], .float32, special.map(\.1)),
  ]
  return Row(
    function.rawValue, Elementwise.self, gradient: gradient, tolerance: tolerance,
    dtypes: [.float32, .float64, .float16, .bfloat16] + (whole ? [.int32, .int64, .uint8] : []),
    special: special.isEmpty ? [] : [Sample(Elementwise(function), pairs)],
    errors: [
      ErrorSample(
        Elementwise(function), [TensorType([2, 3], .float32), TensorType([3, 2], .float32)],
        "\(function.rawValue): expected equal shapes, but they are [2, 3] and [3, 2]."),
      ErrorSample(
        Elementwise(function), [TensorType([2], .float32), TensorType([2], .int32)],
        "\(function.rawValue): expected one dtype, but they are float32 and int32. Use cast(to:)."),
    ]
  ) { draw in
    let shape = draw.shape(rank: 2)
    return Sample(
      Elementwise(function),
      [draw.numbers(shape, a.lowerBound, a.upperBound), draw.numbers(shape, b.lowerBound, b.upperBound)])
  }
}

private let step = Row.Gradient.none("a step: zero almost everywhere")
private let edges: [Double] = [0, 1, -1, 0.5, -0.5, 2.5, -2.5, .infinity, -.infinity, .nan, 1e30, -1e30, 1e-30]

extension Table {
  static let elementwise: [Row] = unaryRows + binaryRows + otherRows

  private static let unaryRows: [Row] = [
    unary(.negate, -2, 2, whole: true, special: edges),
    unary(.absolute, -2, 2, away: true, whole: true, special: edges),
    unary(.sign, -2, 2, away: true, whole: true, gradient: step, special: edges),
    unary(.square, -2, 2, whole: true, special: [0, -3, .infinity, .nan, 1e25]),
    unary(.reciprocal, 0.5, 2, special: [0, .infinity, -.infinity, .nan, 4]),
    unary(.sqrt, 0.25, 4, special: [0, 1, .infinity, -1, .nan]),
    unary(.rsqrt, 0.25, 4, special: [0, 1, 4, .infinity, -1, .nan]),
    unary(.exp, -4, 4, special: [0, 88, -87, 100, -200, .infinity, -.infinity, .nan]),
    unary(.expm1, -2, 2, special: [0, 1e-6, -1e-6, -40, 100, .infinity, -.infinity, .nan]),
    unary(.log, 0.25, 4, special: [0, 1, .infinity, -1, .nan, 1e-37, 3e38]),
    unary(.log1p, -0.5, 2, special: [0, 1e-6, -1e-6, -1, -2, .infinity, .nan]),
    unary(.tanh, -2, 2, special: [0, 1e-6, 20, -20, .infinity, -.infinity, .nan]),
    unary(.sigmoid, -4, 4, special: [0, 40, -40, -80, .infinity, -.infinity, .nan]),
    unary(.relu, -2, 2, away: true, whole: true, special: edges),
    unary(.softplus, -4, 4, special: [0, 40, -40, 1e4, -1e4, .infinity, -.infinity, .nan]),
    unary(.erf, -2, 2, special: [0, 1e-5, 6, -6, .infinity, -.infinity, .nan]),
    unary(.sin, -4, 4, special: [0, 1e-5, 100, -1000, .infinity, .nan]),
    unary(.cos, -4, 4, special: [0, 1e-5, 100, -1000, .infinity, .nan]),
    unary(.tan, -1, 1, special: [0, 3, .infinity, .nan]),
    unary(.asin, -0.75, 0.75, special: [0, 1, -1, 2, .nan]),
    unary(.acos, -0.75, 0.75, special: [0, 1, -1, 2, .nan]),
    unary(.atan, -2, 2, special: [0, .infinity, -.infinity, .nan]),
    unary(.sinh, -2, 2, special: [0, 100, -100, .nan]),
    unary(.cosh, -2, 2, special: [0, 100, -100, .nan]),
    unary(.asinh, -2, 2, special: [0, 1e20, -1e20, .infinity, .nan]),
    unary(.acosh, 1.5, 4, special: [1, 1e20, 0.5, .infinity, .nan]),
    unary(.atanh, -0.75, 0.75, special: [0, 1, -1, 2, .nan]),
    unary(.floor, -2, 2, whole: true, gradient: step, special: edges),
    unary(.ceil, -2, 2, whole: true, gradient: step, special: edges),
    unary(.round, -2, 2, whole: true, gradient: step, special: edges + [1.5, 3.5, -1.5]),
    unary(.truncate, -2, 2, whole: true, gradient: step, special: edges),
    unary(.isFinite, -2, 2, whole: true, gradient: step, special: edges),
    unary(.isNaN, -2, 2, whole: true, gradient: step, special: edges),
  ]

  private static let binaryRows: [Row] =
    [
      binary(.add, -2...2, -2...2, special: [(.infinity, -.infinity), (1e30, -1e30)]),
      binary(.subtract, -2...2, -2...2, special: [(.infinity, .infinity), (1, .nan)]),
      binary(.multiply, -2...2, -2...2, special: [(0, .infinity), (1e30, 1e30)]),
      binary(.divide, -8...8, 1...4, special: [(1, 0), (0, 0), (-1, 0), (1, .infinity)]),
      binary(
        .power, 0.5...3, 0...3, tolerance: 5e-6,
        special: [(0, 0), (2, -1), (-2, 3), (-2, 0.5), (0, 2), (.infinity, 0), (9, 0.5)]),
      binary(.maximum, -2...2, -2...2, special: [(1, 1), (.nan, 1), (1, .nan), (-.infinity, 0)]),
      binary(.minimum, -2...2, -2...2, special: [(1, 1), (.nan, 1), (1, .nan), (.infinity, 0)]),
      binary(.modulo, -8...8, 3...4, special: [(5.5, 2), (-5.5, 2), (5.5, -2), (-5.5, -2), (4, 2)]),
      binary(.atan2, 0.5...2, 0.5...2, whole: false, special: [(0, -1), (0, 1), (-1, 0), (1, -1)]),
    ]
    + comparisons.map {
      binary($0, -2...2, -2...2, gradient: step, special: [(1, 1), (.nan, 1), (.nan, .nan), (.infinity, 1)])
    }

  private static let comparisons: [Function] = [.equal, .notEqual, .less, .lessEqual, .greater, .greaterEqual]

  private static let otherRows: [Row] =
    [Function.and, .or, .not].map { function in
      Row(function.rawValue, Elementwise.self, gradient: step, dtypes: [.bool]) { draw in
        let shape = draw.shape(rank: 2)
        return Sample(Elementwise(function), (0..<function.arity).map { _ in draw.numbers(shape, 0, 1) })
      }
    } + [
      Row(
        "select", Elementwise.self, dtypes: [.float32, .float64, .int32, .int64, .bool],
        errors: [
          ErrorSample(
            Elementwise(.select), [TensorType([2], .float32), TensorType([2], .float32), TensorType([2], .float32)],
            "select: expected a bool condition, but it is float32. Compare it with 0.")
        ]
      ) { draw in
        let shape = draw.shape(rank: 2)
        return Sample(
          Elementwise(.select), [draw.numbers(shape, 0, 1, dtype: .bool), draw.numbers(shape), draw.numbers(shape)])
      },
      Row(
        "clip", Clip.self, dtypes: [.float32, .float64, .int32, .int64],
        special: [Sample(Clip(lower: -1, upper: 1), [Values([5], .float32, [-1, 1, .nan, .infinity, -.infinity])])],
        errors: [
          ErrorSample(
            Clip(lower: 2, upper: 1), [TensorType([2], .float32)],
            "clip: expected lower ≤ upper, but they are 2.0 and 1.0.")
        ]
      ) { draw in
        // Some inside, some far outside, none near a bound.
        let shape = draw.shape(rank: 2)
        return Sample(Clip(lower: -1, upper: 1), [draw.numbers(shape, -0.9, 0.9).map { abs($0) > 0.5 ? $0 * 4 : $0 }])
      },
      Row(
        "cast to float64", Cast.self, dtypes: [.float32, .int32, .int64, .uint8, .bool],
        takesAll: "every dtype has a cast to every other"
      ) { draw in Sample(Cast(dtype: .float64), [draw.numbers(draw.shape(rank: 2), 0, 20)]) },
      Row("cast to float32", Cast.self, dtypes: [.float64, .int32, .int64, .int8, .uint8, .bool, .bfloat16, .float16]) {
        draw in
        Sample(Cast(dtype: .float32), [draw.numbers(draw.shape(rank: 2), 0, 20)])
      },
      Row("cast to bfloat16", Cast.self, gradient: .none("checked as a cast to float64"), tolerance: 0.004) { draw in
        Sample(Cast(dtype: .bfloat16), [draw.numbers(draw.shape(rank: 2), -9, 9)])
      },
      Row("cast to float16", Cast.self, gradient: .none("checked as a cast to float64"), tolerance: 0.0005) { draw in
        Sample(Cast(dtype: .float16), [draw.numbers(draw.shape(rank: 2), -9, 9)])
      },
      Row(
        "cast to int32", Cast.self, gradient: .none("integers do not vary"),
        dtypes: [.float32, .float64, .int64, .bool, .uint8],
        special: [Sample(Cast(dtype: .int32), [Values([5], .float32, [2.7, -2.7, .nan, 1e20, -1e20])])]
      ) { draw in Sample(Cast(dtype: .int32), [draw.numbers(draw.shape(rank: 2), 0, 9)]) },
      Row(
        "cast to uint8", Cast.self, gradient: .none("integers do not vary"), dtypes: [.float32, .int32]
      ) { draw in Sample(Cast(dtype: .uint8), [draw.numbers(draw.shape(rank: 2), 0, 9)]) },
      Row(
        "cast to bool", Cast.self, gradient: .none("truths do not vary"), dtypes: [.float32, .int32],
        special: [Sample(Cast(dtype: .bool), [Values([4], .float32, [0, 0.25, -3, .nan])])]
      ) { draw in Sample(Cast(dtype: .bool), [draw.numbers(draw.shape(rank: 2), -1, 1)]) },
      Row(
        "stop gradient", StopGradient.self, gradient: .none("it stops gradients"), dtypes: [.float32, .int32],
        takesAll: "any tensor goes through"
      ) { draw in Sample(StopGradient(), [draw.numbers(draw.shape(rank: 2))]) },
    ]
}
