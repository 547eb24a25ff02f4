/// The type of one element of a tensor.
///
/// Arithmetic on `float16` and `bfloat16` is done in `float32` and rounded to nearest even when stored. Integers wrap around.
public enum DType: String, Hashable, Sendable, Codable, CaseIterable {
  /// IEEE 754 numbers of 32 bits: about 7 digits.
  case float32
  /// IEEE 754 numbers of 64 bits: about 16 digits.
  case float64
  /// IEEE 754 numbers of 16 bits: about 3 digits, up to 65504.
  case float16
  /// The upper half of `float32`: about 2 digits, with its range.
  case bfloat16
  /// Whole numbers in -128…127.
  case int8
  /// Whole numbers in 0…255.
  case uint8
  /// Whole numbers of 32 bits with a sign; class numbers and indices.
  case int32
  /// Whole numbers of 64 bits with a sign.
  case int64
  /// True or false, one byte each.
  case bool

  /// Bytes of one element.
  public var byteCount: Int {
    switch self {
    case .float64, .int64: return 8
    case .float32, .int32: return 4
    case .float16, .bfloat16: return 2
    case .int8, .uint8, .bool: return 1
    }
  }

  /// Whether the elements are floating numbers.
  public var isFloating: Bool {
    switch self {
    case .float32, .float64, .float16, .bfloat16: return true
    default: return false
    }
  }

  /// Whether the elements are whole numbers; truth values are none.
  public var isInteger: Bool { !isFloating && self != .bool }

  /// The type two operands are brought to: bool < integers < floats, the wider of two of a kind.
  ///
  /// Of an integer and a float the float wins whatever its width; `float16` with `bfloat16` gives `float32`;
  /// `int8` with `uint8` gives `int32`.
  public static func promoted(_ a: DType, _ b: DType) -> DType {
    if a == b { return a }
    if a == .bool { return b }
    if b == .bool { return a }
    if a.isFloating != b.isFloating { return a.isFloating ? a : b }
    if a.byteCount == b.byteCount { return a.isFloating ? .float32 : .int32 }
    return a.byteCount > b.byteCount ? a : b
  }
}

/// A Swift number that can be an element of a tensor.
public protocol TensorScalar: Sendable {
  /// The element type of tensors made of such numbers.
  static var dtype: DType { get }
}

extension Float: TensorScalar { public static var dtype: DType { .float32 } }
extension Double: TensorScalar { public static var dtype: DType { .float64 } }
extension Int8: TensorScalar { public static var dtype: DType { .int8 } }
extension UInt8: TensorScalar { public static var dtype: DType { .uint8 } }
extension Int32: TensorScalar { public static var dtype: DType { .int32 } }
extension Int64: TensorScalar { public static var dtype: DType { .int64 } }
extension Int: TensorScalar { public static var dtype: DType { .int64 } }
extension Bool: TensorScalar { public static var dtype: DType { .bool } }
#if arch(arm64)
  extension Float16: TensorScalar { public static var dtype: DType { .float16 } }
#endif
