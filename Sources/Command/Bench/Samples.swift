import Cajal

/// Made-up data for measuring: uniform numbers and labels that are the same every time.
enum Samples {
  static func uniform(_ shape: Shape) -> Tensor {
    var source = RandomSource(seed: 0)
    let values = source.uniform(shape)
    _ = values.storage
    return values
  }

  static func labels(_ classes: Int, _ shape: Shape) -> Tensor {
    var state: UInt64 = 1
    let values = (0..<shape.count).map { _ -> Int32 in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int32(state >> 33) % Int32(max(classes, 1))
    }
    return Tensor(values, shape: shape)
  }

  /// Inputs of a model; whole numbers are 0, which every embedding knows.
  static func inputs(_ model: Model, batch: Int) -> [Tensor] {
    model.inputTypes.map { type in
      let shape = Shape([batch] + type.shape.dimensions)
      return type.dtype == .float32 ? uniform(shape) : .zeros(shape, dtype: type.dtype)
    }
  }

  /// The types of one sample of what a compiled model is trained on.
  static func targetTypes(_ model: Model) -> [TensorType] {
    zip(model.outputTypes, model.lossesTakeLabels).map { type, takesLabels in
      takesLabels ? TensorType(Shape(Array(type.shape.dimensions.dropLast())), .int32) : type
    }
  }

  /// Targets of a compiled model.
  static func targets(_ model: Model, batch: Int) -> [Tensor] {
    zip(model.outputTypes, targetTypes(model)).map { output, target in
      let shape = Shape([batch] + target.shape.dimensions)
      return target.dtype == .int32 ? labels(output.shape.last, shape) : uniform(shape)
    }
  }
}
