import CajalGraph
import Foundation

/// The elements of a tensor as the reference sees them: every number a `Double`, in row-major order.
struct Values: Sendable {
  var shape: [Int]
  var dtype: DType
  var data: [Double]

  init(_ shape: [Int], _ dtype: DType, _ data: [Double]) {
    self.shape = shape
    self.dtype = dtype
    self.data = data
  }

  /// One number for each index.
  init(_ shape: [Int], _ dtype: DType, _ element: ([Int]) -> Double) {
    self.init(shape, dtype, [])
    data.reserveCapacity(shape.reduce(1, *))
    everyIndex(shape) { data.append(element($0)) }
  }

  var count: Int { data.count }
  var type: TensorType { TensorType(Shape(shape), dtype) }

  subscript(index: [Int]) -> Double {
    get { data[place(of: index)] }
    set { data[place(of: index)] = newValue }
  }

  private func place(of index: [Int]) -> Int {
    var place = 0
    for (position, size) in zip(index, shape) { place = place * size + position }
    return place
  }
}

/// Calls `body` with every index of a shape in row-major order.
func everyIndex(_ shape: [Int], _ body: ([Int]) -> Void) {
  if shape.contains(0) { return }
  var index = [Int](repeating: 0, count: shape.count)
  while true {
    body(index)
    var axis = shape.count - 1
    while axis >= 0 {
      index[axis] += 1
      if index[axis] < shape[axis] { break }
      index[axis] = 0
      axis -= 1
    }
    if axis < 0 { return }
  }
}

extension Values {
  /// The same numbers as a type of Swift's would hold them after storing as `dtype`.
  func rounded(to dtype: DType) -> Values { Values(shape, dtype, data.map { store($0, as: dtype) }) }

  /// Memory with these numbers, as programs take it.
  var storage: Storage {
    let storage = Storage(dtype, count: count)
    func fill<Scalar>(_ convert: (Double) -> Scalar) {
      storage.withMutableBytes { bytes in
        let typed = bytes.bindMemory(to: Scalar.self)
        for (index, value) in data.enumerated() { typed[index] = convert(value) }
      }
    }
    switch dtype {
    case .float32: fill { Float($0) }
    case .float64: fill { $0 }
    case .float16: fill { halfBits($0) }
    case .bfloat16: fill { bfloatBits($0) }
    case .int8: fill { Int8($0) }
    case .uint8: fill { UInt8($0) }
    case .int32: fill { Int32($0) }
    case .int64: fill { Int64($0) }
    case .bool: fill { $0 != 0 }
    }
    return storage
  }

  init(_ storage: Storage, shape: Shape) {
    self.init(shape.dimensions, storage.dtype, [])
    func read<Scalar>(_ convert: (Scalar) -> Double) -> [Double] {
      storage.withBytes { $0.bindMemory(to: Scalar.self).map(convert) }
    }
    switch dtype {
    case .float32: data = read { (x: Float) in Double(x) }
    case .float64: data = read { (x: Double) in x }
    case .float16: data = read { (bits: UInt16) in halfValue(bits) }
    case .bfloat16: data = read { (bits: UInt16) in Double(Float(bitPattern: UInt32(bits) << 16)) }
    case .int8: data = read { (x: Int8) in Double(x) }
    case .uint8: data = read { (x: UInt8) in Double(x) }
    case .int32: data = read { (x: Int32) in Double(x) }
    case .int64: data = read { (x: Int64) in Double(x) }
    case .bool: data = read { (x: UInt8) in x == 0 ? 0 : 1 }
    }
  }
}

// MARK: - Numbers as they are stored

/// A number as an element of `dtype` holds it: floats rounded to nearest even, integers cut toward zero and kept in range.
func store(_ x: Double, as dtype: DType) -> Double {
  func whole(_ lower: Double, _ upper: Double) -> Double {
    x.isNaN ? 0 : min(max(x.rounded(.towardZero), lower), upper)
  }
  switch dtype {
  case .float64: return x
  case .float32: return Double(Float(x))
  case .float16: return halfValue(halfBits(x))
  case .bfloat16: return Double(Float(bitPattern: UInt32(bfloatBits(x)) << 16))
  case .int8: return whole(-128, 127)
  case .uint8: return whole(0, 255)
  case .int32: return whole(-2_147_483_648, 2_147_483_647)
  case .int64: return whole(-9.2e18, 9.2e18)
  case .bool: return x == 0 ? 0 : 1
  }
}

private func bfloatBits(_ x: Double) -> UInt16 {
  let bits = Float(x).bitPattern
  guard Float(x).isFinite else { return UInt16(bits >> 16) | (x.isNaN ? 0x40 : 0) }
  let odd = (bits >> 16) & 1
  return UInt16(truncatingIfNeeded: (bits &+ 0x7fff &+ odd) >> 16)
}

private func halfBits(_ x: Double) -> UInt16 {
  let sign: UInt16 = x.sign == .minus ? 0x8000 : 0
  let size = abs(x)
  if x.isNaN { return 0x7e00 }
  if size >= 65520 { return sign | 0x7c00 }
  // Subnormal and normal numbers are whole multiples of a unit that grows with the exponent.
  let exponent = size < 0x1p-14 ? -14 : Int(size.exponent)
  let unit = Foundation.pow(2, Double(exponent - 10))
  let multiples = UInt16((size / unit).rounded(.toNearestOrEven))
  return sign | (UInt16(exponent + 14) << 10 &+ multiples)
}

private func halfValue(_ bits: UInt16) -> Double {
  let sign: Double = bits & 0x8000 == 0 ? 1 : -1
  let (exponent, fraction) = (Int(bits >> 10) & 31, Double(bits & 1023))
  if exponent == 31 { return fraction == 0 ? sign * .infinity : .nan }
  return exponent == 0 ? sign * fraction * 0x1p-24 : sign * (1024 + fraction) * Foundation.pow(2, Double(exponent - 25))
}
