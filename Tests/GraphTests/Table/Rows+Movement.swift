import CajalGraph

private let everyType: [DType] = [.float32, .float64, .int32, .int64, .uint8, .bool]
private func f(_ shape: Shape) -> TensorType { TensorType(shape, .float32) }

extension Table {
  static let movements: [Row] = [
    Row(
      "broadcast", Broadcast.self, dtypes: everyType,
      errors: [
        ErrorSample(
          Broadcast(shape: [4, 3]), [f([2, 3])],
          "broadcast: expected a shape that stretches to [4, 3], but it is [2, 3]. Only sizes of 1 stretch.")
      ]
    ) { draw in
      let shape = draw.shape(rank: 3)
      let stretched = draw.integer(0...7)
      let from = shape.indices.map { stretched & (1 << $0) != 0 ? 1 : shape[$0] }
      return Sample(Broadcast(shape: Shape(shape)), [draw.numbers(from)])
    },
    Row(
      "reshape", Reshape.self, dtypes: everyType,
      errors: [
        ErrorSample(
          Reshape(shape: [5]), [f([2, 3])], "reshape: expected 5 elements for shape [5], but [2, 3] has 6."),
        ErrorSample(
          Reshape(shape: [-2, -3]), [f([2, 3])], "reshape: expected sizes ≥ 0, but the shape is [-2, -3]."),
      ]
    ) { draw in
      let shape = draw.shape(rank: 3)
      return Sample(Reshape(shape: [shape[1] * shape[0], 1, shape[2]]), [draw.numbers(shape)])
    },
    Row(
      "transpose", Transpose.self, dtypes: everyType,
      errors: [
        ErrorSample(
          Transpose(permutation: [0, 0]), [f([2, 3])],
          "transpose: expected each axis of [2, 3] once, but the permutation is [0, 0].")
      ]
    ) { draw in
      let order = Array(0..<4).shuffled(using: &draw.random)
      return Sample(Transpose(permutation: order), [draw.numbers(draw.shape(rank: 4))])
    },
    Row(
      "reverse", Reverse.self, dtypes: everyType,
      errors: [ErrorSample(Reverse(axes: [2]), [f([2, 3])], "reverse: expected axes of [2, 3], but they are [2].")]
    ) { draw in
      let axes = [[0], [1], [2], [0, 2], [0, 1, 2]].randomElement(using: &draw.random) ?? [0]
      return Sample(Reverse(axes: axes), [draw.numbers(draw.shape(rank: 3))])
    },
    Row(
      "slice", Slice.self, dtypes: everyType,
      errors: [
        ErrorSample(
          Slice(starts: [0], limits: [2], strides: [1]), [f([2, 3])],
          "slice: expected a range for each axis of [2, 3], but there are 1."),
        ErrorSample(
          Slice(starts: [0, 1], limits: [2, 4], strides: [1, 1]), [f([2, 3])],
          "slice: expected a range inside 0..<3 for axis 1 of [2, 3], but it is 1..<4 by 1."),
      ]
    ) { draw in
      let shape = draw.shape(rank: 3)
      let starts = shape.map { draw.integer(0...$0) }
      let limits = shape.indices.map { draw.integer(starts[$0]...shape[$0]) }
      let strides = shape.map { _ in draw.integer(1...3) }
      return Sample(Slice(starts: starts, limits: limits, strides: strides), [draw.numbers(shape)])
    },
    Row(
      "pad", Pad.self, dtypes: everyType,
      special: [
        Sample(Pad(low: [1], high: [1], interior: [0], value: -.infinity), [Values([2], .float32, [1, 2])]),
        Sample(Pad(low: [1], high: [1], interior: [0], value: -.infinity), [Values([2], .int32, [1, 2])]),
        Sample(Pad(low: [1], high: [0], interior: [1], value: 2.5), [Values([2], .float16, [1, 2])]),
        Sample(Pad(low: [1], high: [0], interior: [1], value: 2.5), [Values([2], .bfloat16, [1, 2])]),
      ],
      errors: [
        ErrorSample(
          Pad(low: [-1], high: [0], interior: [0], value: 0), [f([2])],
          "pad: expected paddings ≥ 0 for each axis of [2], but they are [-1], [0] and [0] inside.")
      ]
    ) { draw in
      func amounts() -> [Int] { (0..<3).map { _ in draw.integer(0...2) } }
      return Sample(
        Pad(low: amounts(), high: amounts(), interior: amounts(), value: 1), [draw.numbers(draw.shape(rank: 3))])
    },
    Row(
      "concatenate", Concatenate.self, dtypes: everyType,
      errors: [
        ErrorSample(
          Concatenate(axis: 2), [f([2, 3])],
          "concatenate: expected at least one tensor with axis 2, but there are 1 of shapes [[2, 3]]."),
        ErrorSample(
          Concatenate(axis: 0), [f([2, 3]), f([2, 4])],
          "concatenate: expected float32 of sizes [2, 3] except along axis 0, but one is float32[2, 4]."),
      ]
    ) { draw in
      let axis = draw.integer(0...2)
      var shape = draw.shape(rank: 3)
      let parts = (0..<draw.integer(1...4)).map { _ -> Values in
        shape[axis] = draw.size()
        return draw.numbers(shape)
      }
      return Sample(Concatenate(axis: axis), parts)
    },
    gather(perRow: false), gather(perRow: true), scatter(perRow: false), scatter(perRow: true),
  ]

  private static func gather(perRow: Bool) -> Row {
    Row(
      perRow ? "gather along" : "gather", Gather.self, dtypes: everyType,
      errors: perRow
        ? [
          ErrorSample(
            Gather(axis: 1, perRow: true), [f([2, 3]), TensorType([3, 1], .int32)],
            "gather: expected indices of sizes [2, 3] except along axis 1, but they are [3, 1].")
        ]
        : [
          ErrorSample(
            Gather(axis: 2, perRow: false), [f([2, 3]), TensorType([1], .int32)],
            "gather: expected an axis of [2, 3], but it is 2."),
          ErrorSample(
            Gather(axis: 0, perRow: false), [f([2, 3]), f([1])],
            "gather: expected indices of int32 or int64, but they are float32. Use cast(to: .int32)."),
        ]
    ) { draw in
      let axis = draw.integer(0...2)
      let shape = draw.shape(rank: 3)
      var along = shape
      along[axis] = shape[axis] == 0 ? 0 : draw.size()
      let picked = perRow ? along : shape[axis] == 0 ? [0] : [draw.size(), 2]
      let kind: DType = draw.bool() ? .int32 : .int64
      return Sample(
        Gather(axis: axis, perRow: perRow),
        [draw.numbers(shape), draw.indices(picked, below: shape[axis], dtype: kind)])
    }
  }

  private static func scatter(perRow: Bool) -> Row {
    Row(
      perRow ? "scatter add along" : "scatter add", ScatterAdd.self, dtypes: [.float32, .float64, .int32, .int64],
      errors: perRow
        ? [
          ErrorSample(
            ScatterAdd(axis: 1, size: 3, perRow: true), [f([2, 3]), TensorType([2, 1], .int32)],
            "scatter add: expected updates and indices of one shape, but they are [2, 3] and [2, 1].")
        ]
        : [
          ErrorSample(
            ScatterAdd(axis: 0, size: 3, perRow: false), [f([2, 3]), TensorType([4], .int32)],
            "scatter add: expected updates that have [4] from axis 0 on, but their shape is [2, 3]."),
          ErrorSample(
            ScatterAdd(axis: -2, size: 3, perRow: false), [f([2, 3]), TensorType([2], .int32)],
            "scatter add: expected an axis of [2, 3], but it is -2."),
          ErrorSample(
            ScatterAdd(axis: 0, size: 3, perRow: false), [f([2, 3]), f([2])],
            "scatter add: expected indices of int32 or int64, but they are float32. Use cast(to: .int32)."),
        ]
    ) { draw in
      let axis = draw.integer(0...1)
      var shape = draw.shape(rank: perRow ? 2 : 3)
      let size = draw.size()
      if size == 0 { shape[axis] = 0 }
      let places = perRow ? shape : Array(shape[axis..<(axis + 2)])
      return Sample(
        ScatterAdd(axis: axis, size: size, perRow: perRow), [draw.numbers(shape), draw.indices(places, below: size)])
    }
  }
}
