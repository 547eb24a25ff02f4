import CajalGraph

private let source = Row.Gradient.none("it is a source")
private func f(_ shape: Shape) -> TensorType { TensorType(shape, .float32) }

extension Table {
  static let sources: [Row] =
    [
      Row(
        "constant", Constant.self, gradient: source, dtypes: [.float32, .float64, .int32, .bool],
        takesAll: "its values are known"
      ) { draw in
        let values = draw.numbers(draw.shape(rank: 2))
        return Sample(Constant(storage: values.storage, shape: Shape(values.shape), cutsHistory: false), [])
      },
      Row(
        "fill", Fill.self, gradient: source, dtypes: [.float32, .float64, .int32, .int64, .int8, .bool],
        special: [-0.5, 1e30, .infinity, -.infinity, .nan, 1e-40, 3].map {
          Sample(Fill(value: $0, type: TensorType([2, 3], .float32)), [])
        } + [
          Sample(Fill(value: 2.5, type: TensorType([2], .float16)), []),
          Sample(Fill(value: 2.5, type: TensorType([2], .bfloat16)), []),
        ],
        takesAll: "one number everywhere"
      ) { draw in Sample(Fill(value: 1, type: TensorType(Shape(draw.shape(rank: 2)), draw.dtype)), []) },
      Row(
        "iota", Iota.self, gradient: source, dtypes: [.float32, .float64, .int32, .int64, .float16, .bfloat16, .uint8],
        errors: [ErrorSample(Iota(axis: 2, type: f([2, 3])), [], "iota: expected an axis of [2, 3], but it is 2.")]
      ) { draw in Sample(Iota(axis: draw.integer(0...2), type: TensorType(Shape(draw.shape(rank: 3)), draw.dtype)), [])
      },
      Row("variable", ReadVariable.self, gradient: source, takesAll: "its value has its type") { draw in
        let values = draw.numbers(draw.shape(rank: 2))
        return Sample(
          Variable("v", values.type, role: .parameter, value: values.storage).read(in: nil).node.operation, [])
      },
      Row("input", Placeholder.self, gradient: source, takesAll: "whoever runs the program gives it") { draw in
        // As an input of another operation: a program's own placeholders are given, never evaluated.
        Sample(Elementwise(.negate), [draw.numbers(draw.shape(rank: 2))])
      },
      random(.bits, 0, 0, .int32), random(.uniform, -1, 3, .float32), random(.normal, 1, 2, .float32),
      random(.bernoulli, 0.3, 0, .float32),
    ]

  private static func random(
    _ distribution: RandomValues.Distribution, _ lower: Double, _ upper: Double, _ dtype: DType
  ) -> Row {
    Row(
      "random \(distribution.rawValue)", RandomValues.self, gradient: .none("random numbers depend on no value"),
      tolerance: 1e-5,
      errors: [
        ErrorSample(
          RandomValues(distribution, lower: lower, upper: upper, stream: 0, type: TensorType([2], dtype)),
          [TensorType([], .int64), TensorType([], .int32)],
          "random \(distribution.rawValue): expected seed and step as int64 scalars, but they are int64[] and int32[]."),
        ErrorSample(
          RandomValues(distribution, lower: lower, upper: upper, stream: 0, type: TensorType([2], .float64)),
          [TensorType([], .int64), TensorType([], .int64)],
          "random \(distribution.rawValue): expected \(dtype.rawValue), but it is float64. Cast the numbers."),
      ]
    ) { draw in
      // More than one group of 64.
      let shape = [draw.size() * 31, draw.size()]
      let operation = RandomValues(
        distribution, lower: lower, upper: upper, stream: 0x1234_5678_9abc_def0, type: TensorType(Shape(shape), dtype))
      return Sample(
        operation, [Values([], .int64, [123_456_789_012]), Values([], .int64, [Double(draw.integer(0...9))])])
    }
  }
}
