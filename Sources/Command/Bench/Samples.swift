import Cajal

/// Made-up data for measuring: numbers and labels that are the same every time.
enum Samples {
  /// What values are drawn from.
  enum Source: Sendable {
    /// 0 ..< 1; whole numbers are 0, which every embedding knows.
    case uniform
    /// The standard normal distribution.
    case normal
    /// Whole numbers below a bound, as whole numbers or floats.
    case below(Int)
  }

  /// What a model is fed with; targets that are labels are classes, whatever this says.
  struct Form: Sendable {
    var inputs = Source.uniform
    var targets = Source.uniform
  }

  static func uniform(_ shape: Shape) -> Tensor {
    var source = RandomSource(seed: 0)
    let values = source.uniform(shape)
    _ = values.storage
    return values
  }

  static func drawn(_ type: TensorType, _ source: Source) -> Tensor {
    let isFloat = type.dtype == .float32
    switch source {
    case .uniform: return isFloat ? uniform(type.shape) : .zeros(type.shape, dtype: type.dtype)
    case .normal:
      var source = RandomSource(seed: 0)
      let values = source.normal(type.shape)
      _ = values.storage
      return values
    case .below(let bound):
      let values = labels(bound, type.shape)
      guard type.dtype != .int32 else { return values }
      let cast = values.cast(to: type.dtype)
      _ = cast.storage
      return cast
    }
  }

  static func labels(_ classes: Int, _ shape: Shape) -> Tensor {
    var state: UInt64 = 1
    let values = (0..<shape.count).map { _ -> Int32 in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int32(state >> 33) % Int32(max(classes, 1))
    }
    return Tensor(values, shape: shape)
  }

  /// Inputs of a model.
  static func inputs(_ model: Model, batch: Int, _ form: Form = Form()) -> [Tensor] {
    model.inputTypes.map { drawn(TensorType(Shape([batch] + $0.shape.dimensions), $0.dtype), form.inputs) }
  }

  /// The types of one sample of what a compiled model is trained on.
  static func targetTypes(_ model: Model) -> [TensorType] {
    zip(model.outputTypes, model.lossesTakeLabels).map { type, takesLabels in
      takesLabels ? TensorType(Shape(Array(type.shape.dimensions.dropLast())), .int32) : type
    }
  }

  /// Targets of a compiled model.
  static func targets(_ model: Model, batch: Int, _ form: Form = Form()) -> [Tensor] {
    zip(model.outputTypes, targetTypes(model)).map { output, target in
      let shape = Shape([batch] + target.shape.dimensions)
      return target.dtype == .int32
        ? labels(output.shape.last, shape) : drawn(TensorType(shape, target.dtype), form.targets)
    }
  }
}
