import CajalGraph

private func f(_ shape: Shape) -> TensorType { TensorType(shape, .float32) }

extension Table {
  static let reductions: [Row] = [
    reduce(.sum, [.float32, .float64, .int32, .int64]) { $0.numbers($1) },
    reduce(
      .product, [.float32, .float64, .int32],
      special: [Sample(Reduce(kind: .product, axes: [1]), [Values([2, 3], .float32, [0, 2, 3, 0, 0, 5])])]
    ) { $0.away($1) },
    reduce(.maximum, [.float32, .float64, .int32, .int64], special: extremes(.maximum)) { $0.distinct($1) },
    reduce(.minimum, [.float32, .float64, .int32, .int64], special: extremes(.minimum)) { $0.distinct($1) },
    reduce(.all, [.bool], gradient: .none("truths do not vary")) { $0.numbers($1, 0, 1) },
    reduce(.any, [.bool], gradient: .none("truths do not vary")) { $0.numbers($1, 0, 1) },
  ]

  private static func extremes(_ kind: Reduce.Kind) -> [Sample] {
    let data: [Double] = [1, 1, 0, .nan, 2, 3, -.infinity, 0, .infinity]
    return [Sample(Reduce(kind: kind, axes: [1]), [Values([3, 3], .float32, data)])]
  }

  private static func reduce(
    _ kind: Reduce.Kind, _ dtypes: [DType], gradient: Row.Gradient = .checked, special: [Sample] = [],
    _ numbers: @escaping @Sendable (inout Draw, [Int]) -> Values
  ) -> Row {
    let isLogic = kind == .all || kind == .any
    return Row(
      "reduce \(kind.rawValue)", Reduce.self, gradient: gradient, dtypes: dtypes, special: special,
      errors: [
        ErrorSample(
          Reduce(kind: kind, axes: [3]), [TensorType([2, 3], isLogic ? .bool : .float32)],
          "reduce \(kind.rawValue): expected axes of [2, 3], but they are [3]."),
        ErrorSample(
          Reduce(kind: kind, axes: [0]), [TensorType([2, 3], isLogic ? .float32 : .bool)],
          "reduce \(kind.rawValue): expected \(isLogic ? "bool values" : "numbers"), but they are "
            + "\(isLogic ? "float32" : "bool"). Use cast(to:)."),
      ]
    ) { draw in
      let axes = [[0], [1], [2], [0, 1], [0, 2], [1, 2], [0, 1, 2]].randomElement(using: &draw.random) ?? [0]
      return Sample(Reduce(kind: kind, axes: axes), [numbers(&draw, draw.shape(rank: 3))])
    }
  }

  static let axes: [Row] =
    [false, true].flatMap { exclusive in
      [false, true].flatMap { reverse in
        [cumulative(.sum, exclusive, reverse), cumulative(.product, exclusive, reverse)]
      }
    } + [
      order(largest: true), order(largest: false), sort(descending: false), sort(descending: true),
      Row(
        "softmax", Softmax.self, dtypes: [.float32, .float64],
        special: [
          Sample(Softmax(), [Values([2, 3], .float32, [1000, 0, -1000, -1000, -1000, -1000])]),
          Sample(Softmax(), [Values([1, 3], .float32, [-.infinity, 0, 1])]),
        ],
        errors: [
          ErrorSample(
            Softmax(), [TensorType([3], .int32)],
            "softmax: expected floating values with at least one axis, but they are int32[3].")
        ]
      ) { draw in Sample(Softmax(), [draw.numbers(draw.shape(rank: 3), -3, 3)]) },
      Row(
        "log softmax", LogSoftmax.self, dtypes: [.float32, .float64],
        special: [Sample(LogSoftmax(), [Values([2, 3], .float32, [1000, 0, -1000, -1000, -1000, -1000])])],
        errors: [
          ErrorSample(
            LogSoftmax(), [f([])], "softmax: expected floating values with at least one axis, but they are float32[].")
        ]
      ) { draw in Sample(LogSoftmax(), [draw.numbers(draw.shape(rank: 3), -3, 3)]) },
      Row(
        "softmax cross-entropy", SoftmaxCrossEntropy.self, dtypes: [.float32, .float64],
        errors: [
          ErrorSample(
            SoftmaxCrossEntropy(), [f([4, 3]), TensorType([4, 1], .int32)],
            "softmax cross-entropy: expected targets like the logits float32[4, 3], or int32 class indices [4], but they are "
              + "int32[4, 1]. Reshape the labels to [4]."),
          ErrorSample(
            SoftmaxCrossEntropy(), [f([]), f([])],
            "softmax cross-entropy: expected floating logits with at least one axis, but they are float32[]."),
        ]
      ) { draw in
        // Targets need not sum to 1.
        let shape = draw.shape(rank: 2)
        return Sample(SoftmaxCrossEntropy(), [draw.numbers(shape, -3, 3), draw.numbers(shape, 0, 1)])
      },
      Row("sparse softmax cross-entropy", SoftmaxCrossEntropy.self, dtypes: [.float32, .float64]) { draw in
        let shape = [draw.size(), max(draw.size(), 1)]
        let kind: DType = draw.bool() ? .int32 : .int64
        return Sample(
          SoftmaxCrossEntropy(), [draw.numbers(shape, -3, 3), draw.indices([shape[0]], below: shape[1], dtype: kind)])
      },
    ]

  private static func cumulative(_ kind: Cumulative.Kind, _ exclusive: Bool, _ reverse: Bool) -> Row {
    let name = "cumulative \(kind.rawValue)\(exclusive ? " exclusive" : "")\(reverse ? " reverse" : "")"
    return Row(
      name, Cumulative.self, dtypes: [.float32, .float64, .int32, .int64],
      errors: exclusive || reverse
        ? []
        : [
          ErrorSample(
            Cumulative(kind: kind, axis: 2, exclusive: false, reverse: false), [f([2, 3])],
            "cumulative \(kind.rawValue): expected an axis of [2, 3], but it is 2.")
        ]
    ) { draw in
      let operation = Cumulative(kind: kind, axis: draw.integer(0...2), exclusive: exclusive, reverse: reverse)
      return Sample(operation, [draw.away(draw.shape(rank: 3))])
    }
  }

  private static func order(largest: Bool) -> Row {
    let name = largest ? "arg max" : "arg min"
    return Row(
      name, ArgExtreme.self, gradient: .none("indices do not vary continuously"),
      dtypes: [.float32, .float64, .int32, .int64],
      special: [
        Sample(
          ArgExtreme(axis: 1, takesLargest: largest),
          [Values([3, 4], .float32, [1, 3, 3, 1, .nan, 9, .nan, 2, -.infinity, -.infinity, .infinity, .infinity])])
      ],
      errors: [
        ErrorSample(
          ArgExtreme(axis: 1, takesLargest: largest), [f([2, 0])],
          "\(name): expected a non-empty axis of [2, 0], but it is axis 1.")
      ]
    ) { draw in
      Sample(ArgExtreme(axis: draw.integer(0...2), takesLargest: largest), [draw.distinct(draw.shape(rank: 3))])
    }
  }

  private static func sort(descending: Bool) -> Row {
    Row(
      descending ? "top k" : "sort", Sort.self, dtypes: [.float32, .float64, .int32, .int64],
      special: [
        Sample(
          Sort(count: 6, descending: descending), [Values([1, 6], .float32, [1, .nan, -.infinity, 1, .infinity, 0])])
      ],
      errors: [
        ErrorSample(
          Sort(count: 4, descending: descending), [f([2, 3])],
          "sort: expected at most 3 values of [2, 3], but 4 are asked for.")
      ]
    ) { draw in
      let shape = draw.shape(rank: 2)
      return Sample(Sort(count: draw.integer(0...shape[1]), descending: descending), [draw.distinct(shape)])
    }
  }
}
