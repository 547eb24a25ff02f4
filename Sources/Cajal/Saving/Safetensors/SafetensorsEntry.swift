/// One tensor of a safetensors file: its type, and where its bytes lie after the header.
public struct SafetensorsEntry: Hashable, Sendable {
  /// Its name in the file: the path of a weight.
  public let name: String
  /// Shape and element type.
  public let type: TensorType
  /// Bytes, counted from the end of the header.
  public let range: Range<Int>
}

/// The element types of the format.
enum SafetensorsType: String, CaseIterable {
  case float32 = "F32"
  case float64 = "F64"
  case float16 = "F16"
  case bfloat16 = "BF16"
  case int8 = "I8"
  case uint8 = "U8"
  case int32 = "I32"
  case int64 = "I64"
  case bool = "BOOL"

  init(_ dtype: DType) {
    switch dtype {
    case .float32: self = .float32
    case .float64: self = .float64
    case .float16: self = .float16
    case .bfloat16: self = .bfloat16
    case .int8: self = .int8
    case .uint8: self = .uint8
    case .int32: self = .int32
    case .int64: self = .int64
    case .bool: self = .bool
    }
  }

  var dtype: DType {
    switch self {
    case .float32: return .float32
    case .float64: return .float64
    case .float16: return .float16
    case .bfloat16: return .bfloat16
    case .int8: return .int8
    case .uint8: return .uint8
    case .int32: return .int32
    case .int64: return .int64
    case .bool: return .bool
    }
  }
}
