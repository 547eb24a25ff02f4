// The calculations of `rescaled`, `normalized`, `oneHot` and `labels(below:)`.
import Cajal

/// y = x · scale + offset, as float32.
struct Rescaling: SlotTransform {
  var scale: Float
  var offset: Float

  func result(_ type: TensorType) throws -> TensorType {
    _ = try NumberReading(type.dtype, asking: "Dataset.rescaled")
    return TensorType(type.shape, .float32)
  }

  func apply(_ source: UnsafeRawPointer, _ destination: UnsafeMutableRawPointer, type: TensorType, rows: Rows) throws {
    let count = rows.count * type.shape.count
    let result = destination.assumingMemoryBound(to: Float.self)
    if type.dtype == .uint8 {
      let bytes = source.assumingMemoryBound(to: UInt8.self)
      for i in 0..<count { result[i] = Float(bytes[i]) * scale + offset }
    } else {
      try NumberReading(type.dtype, asking: "Dataset.rescaled").floats(source, count: count) {
        result[$0] = $1 * scale + offset
      }
    }
  }
}

/// y = (x − mean) / deviation, feature by feature along the last axis.
struct Standardizing: SlotTransform {
  var standardization: Standardization

  func result(_ type: TensorType) throws -> TensorType {
    _ = try NumberReading(type.dtype, asking: "Dataset.normalized")
    guard type.shape.last == standardization.mean.count else {
      throw CajalError(
        .shape, "Dataset.normalized", expected: "\(standardization.mean.count) features on the last axis",
        given: "samples are \(type.shape)", advice: "Take the standardization of data with the same columns.")
    }
    return TensorType(type.shape, .float32)
  }

  func apply(_ source: UnsafeRawPointer, _ destination: UnsafeMutableRawPointer, type: TensorType, rows: Rows) throws {
    let result = destination.assumingMemoryBound(to: Float.self)
    let features = standardization.mean.count
    try standardization.mean.withUnsafeBufferPointer { mean in
      try standardization.inverseDeviation.withUnsafeBufferPointer { scale in
        var feature = 0
        try NumberReading(type.dtype, asking: "Dataset.normalized").floats(source, count: rows.count * type.shape.count)
        {
          result[$0] = ($1 - mean[feature]) * scale[feature]
          feature += 1
          if feature == features { feature = 0 }
        }
      }
    }
  }
}

/// Whole numbers 0 ..< classes to rows of 0 and 1.
struct OneHotEncoding: SlotTransform {
  var classes: Int

  func result(_ type: TensorType) throws -> TensorType {
    try LabelRange.check(type, asking: "Dataset.oneHot")
    let dimensions = type.shape.dimensions.last == 1 ? Array(type.shape.dimensions.dropLast()) : type.shape.dimensions
    return TensorType(Shape(dimensions + [classes]), .float32)
  }

  func apply(_ source: UnsafeRawPointer, _ destination: UnsafeMutableRawPointer, type: TensorType, rows: Rows) throws {
    let result = destination.assumingMemoryBound(to: Float.self)
    let perSample = type.shape.count
    result.update(repeating: 0, count: rows.count * perSample * classes)
    try LabelRange(classes: classes, asking: "Dataset.oneHot").walk(source, type: type, rows: rows) {
      result[$0 * classes + $1] = 1
    }
  }
}

/// Reads labels and refuses those out of range.
struct LabelRange {
  var classes: Int
  var asking: String

  static func check(_ type: TensorType, asking: String) throws {
    guard
      type.dtype == .uint8 || type.dtype == .int32 || type.dtype == .int64 || type.dtype == .int8
        || type.dtype == .float32 || type.dtype == .bool
    else {
      throw CajalError(.dtype, asking, expected: "whole numbers as labels", given: "they are \(type)")
    }
  }

  init(classes: Int, asking: String) {
    self.classes = classes
    self.asking = asking
  }

  func walk(
    _ source: UnsafeRawPointer, type: TensorType, rows: Rows, _ body: (Int, Int) -> Void
  ) throws {
    let perSample = type.shape.count
    for position in 0..<(rows.count * perSample) {
      let value = try NumberReading(type.dtype, asking: asking).double(source, position)
      guard value >= 0, value < Double(classes), value == value.rounded() else {
        throw CajalError(
          .value, "\(asking), sample \(rows[position / max(perSample, 1)])",
          expected: "a label in 0..<\(classes)", given: "it is \(text(value))",
          advice: "Labels start at 0; check the number of classes.")
      }
      body(position, Int(value))
    }
  }

  private func text(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : String(value)
  }
}

/// Reads the elements of a type as numbers.
struct NumberReading {
  let dtype: DType

  init(_ dtype: DType, asking: String) throws {
    guard dtype != .float16, dtype != .bfloat16 else {
      throw CajalError(
        .dtype, asking, expected: "float32, float64, integers or bool", given: "samples are \(dtype.rawValue)",
        advice: "Cast the tensor to float32 before making the data set.")
    }
    self.dtype = dtype
  }

  @inline(__always)
  func double(_ source: UnsafeRawPointer, _ index: Int) -> Double {
    switch dtype {
    case .float64: return source.assumingMemoryBound(to: Double.self)[index]
    case .int8: return Double(source.assumingMemoryBound(to: Int8.self)[index])
    case .uint8, .bool: return Double(source.assumingMemoryBound(to: UInt8.self)[index])
    case .int32: return Double(source.assumingMemoryBound(to: Int32.self)[index])
    case .int64: return Double(source.assumingMemoryBound(to: Int64.self)[index])
    default: return Double(source.assumingMemoryBound(to: Float.self)[index])
    }
  }

  @inline(__always)
  func floats(_ source: UnsafeRawPointer, count: Int, _ body: (Int, Float) -> Void) {
    if dtype == .float32 {
      let values = source.assumingMemoryBound(to: Float.self)
      for i in 0..<count { body(i, values[i]) }
    } else {
      for i in 0..<count { body(i, Float(double(source, i))) }
    }
  }
}
