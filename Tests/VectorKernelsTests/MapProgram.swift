import VectorKernels

/// Numbers that repeat from run to run.
struct FixedRandom: RandomNumberGenerator {
  var state: UInt64
  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }
  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    var x = state ^ (state >> 33)
    x = x &* 0xFF51_AFD7_ED55_8CCD
    return x ^ (x >> 29)
  }
}

func instruction(
  _ operation: vk_operation, _ target: Int, _ a: Int = 0, _ b: Int = 0, _ c: Int = 0, scale: Double = 1,
  shift: Double = 0
) -> vk_instruction {
  vk_instruction(
    op: UInt8(operation.rawValue), dst: UInt8(target), a: UInt8(a), b: UInt8(b), c: UInt8(c), scale: scale, shift: shift
  )
}

func output(
  _ register: Int, _ type: vk_dtype = VK_F32, _ mode: vk_mode = VK_STORE, across: Bool = false, scale: Double = 1
)
  -> vk_output
{
  vk_output(
    reg: UInt8(register), type: UInt8(type.rawValue), mode: UInt8(mode.rawValue), across_segments: across ? 1 : 0,
    scale: scale)
}

/// Raw memory of one element type, with a margin on both sides that nobody may touch.
final class Storage {
  static let margin = 256
  let type: vk_dtype
  let count: Int
  let bytes: UnsafeMutableRawPointer

  init(_ type: vk_dtype, count: Int) {
    self.type = type
    self.count = count
    let size = count * Storage.size(type) + 2 * Storage.margin
    bytes = .allocate(byteCount: size, alignment: 64)
    bytes.initializeMemory(as: UInt8.self, repeating: 0xA5, count: size)
  }
  deinit { bytes.deallocate() }

  static func size(_ type: vk_dtype) -> Int {
    switch type {
    case VK_F64, VK_I64: 8
    case VK_F32, VK_I32: 4
    case VK_F16, VK_BF16: 2
    default: 1
    }
  }
  var start: UnsafeMutableRawPointer { bytes + Storage.margin }
  func at(_ index: Int) -> UnsafeMutableRawPointer { start + index * Storage.size(type) }
  var marginsIntact: Bool {
    let end = Storage.margin + count * Storage.size(type)
    return (0..<Storage.margin).allSatisfy {
      bytes.load(fromByteOffset: $0, as: UInt8.self) == 0xA5
        && bytes.load(fromByteOffset: end + $0, as: UInt8.self) == 0xA5
    }
  }
  subscript(index: Int) -> Double {
    get {
      let p = at(index)
      return switch type {
      case VK_F32: Double(p.load(as: Float.self))
      case VK_F64: p.load(as: Double.self)
      case VK_F16: Storage.half(p.load(as: UInt16.self))
      case VK_BF16: Double(Float(bitPattern: UInt32(p.load(as: UInt16.self)) << 16))
      case VK_I8: Double(p.load(as: Int8.self))
      case VK_I32: Double(p.load(as: Int32.self))
      case VK_I64: Double(p.load(as: Int64.self))
      default: Double(p.load(as: UInt8.self))
      }
    }
    set {
      let p = at(index)
      switch type {
      case VK_F32: p.storeBytes(of: Float(newValue), as: Float.self)
      case VK_F64: p.storeBytes(of: newValue, as: Double.self)
      case VK_F16: p.storeBytes(of: Storage.nearestHalf(newValue), as: UInt16.self)
      case VK_BF16: p.storeBytes(of: Storage.nearestBrain(newValue), as: UInt16.self)
      case VK_I8: p.storeBytes(of: Storage.saturate(newValue), as: Int8.self)
      case VK_I32: p.storeBytes(of: Storage.saturate(newValue), as: Int32.self)
      case VK_I64: p.storeBytes(of: Storage.saturate(newValue), as: Int64.self)
      case VK_BOOL: p.storeBytes(of: newValue != 0 ? 1 : 0, as: UInt8.self)
      default: p.storeBytes(of: Storage.saturate(newValue), as: UInt8.self)
      }
    }
  }

  static func saturate<T: FixedWidthInteger>(_ x: Double) -> T {
    if x.isNaN { return 0 }
    if x >= Double(T.max) { return T.max }
    return x <= Double(T.min) ? T.min : T(x)
  }
  static func half(_ h: UInt16) -> Double {
    let fraction = Double(h & 0x3FF), exponent = Int(h >> 10) & 31, sign: Double = h >> 15 == 1 ? -1 : 1
    if exponent == 31 { return fraction == 0 ? sign * .infinity : .nan }
    let whole = exponent == 0 ? fraction : fraction + 1024
    return sign * whole * Double(sign: .plus, exponent: max(exponent, 1) - 25, significand: 1)
  }
  /// Rounds by looking for the nearest of all finite halves with the wanted sign.
  static func nearestHalf(_ x: Double) -> UInt16 {
    if x.isNaN { return 0x7E00 }
    let sign: UInt16 = x.sign == .minus ? 0x8000 : 0, a = abs(x)
    if a >= 65520 { return sign | 0x7C00 }
    var low = 0, high = 0x7C00
    while high - low > 1 {
      let middle = (low + high) / 2
      if half(UInt16(middle)) <= a { low = middle } else { high = middle }
    }
    let below = half(UInt16(low)), above = high == 0x7C00 ? 65536 : half(UInt16(high))
    let up = a - below > above - a || (a - below == above - a && low & 1 == 1)
    return sign | UInt16(up ? high : low)
  }
  static func nearestBrain(_ x: Double) -> UInt16 {
    if x.isNaN { return 0x7FC0 }
    let down = UInt32(Float(x).magnitude.bitPattern)
    // The two neighbours that surround x, whichever way Float(x) was rounded.
    var low = UInt16(down >> 16)
    if Double(Float(bitPattern: UInt32(low) << 16)) > abs(x) { low -= 1 }
    let below = Double(Float(bitPattern: UInt32(low) << 16))
    if below.isInfinite { return low | (x < 0 ? 0x8000 : 0) }
    let next = Float(bitPattern: UInt32(low + 1) << 16)
    let above = next.isInfinite ? 0x1p128 : Double(next)
    let up = abs(x) - below > above - abs(x) || (abs(x) - below == above - abs(x) && low & 1 == 1)
    return (up ? low + 1 : low) | (x.sign == .minus ? 0x8000 : 0)
  }
}

/// One operand of one segment: storage, first element, strides.
struct Placed {
  var storage: Storage
  var origin = 0
  var strides: [Int]
}

struct PlacedSegment {
  var dims: [Int]
  var operands: [Placed]
}

struct MapFailure: Error, CustomStringConvertible { var description: String }

/// A prepared kernel.
final class MapKernel {
  let map: OpaquePointer
  let segments: [PlacedSegment]  // keeps the storage alive

  init(
    _ computation: vk_class = VK_CLASS_F32, threads: Int = 1, inputs: [vk_dtype], outputs: [vk_output],
    program: [vk_instruction], segments: [PlacedSegment]
  ) throws {
    self.segments = segments
    let types = inputs.map { UInt8($0.rawValue) }
    var integers: [Int64] = []
    var pointers: [UnsafeMutableRawPointer?] = []
    for s in segments {
      integers += s.dims.map(Int64.init)
      for o in s.operands {
        integers += o.strides.map(Int64.init)
        pointers.append(o.storage.at(o.origin))
      }
    }
    var message = [CChar](repeating: 0, count: 256)
    let created: OpaquePointer? = integers.withUnsafeBufferPointer { integers in
      pointers.withUnsafeBufferPointer { pointers in
        var list: [vk_segment] = [], i = 0, p = 0
        for s in segments {
          let rank = s.dims.count
          list.append(
            vk_segment(
              rank: Int32(rank), dims: integers.baseAddress.map { $0 + i },
              strides: integers.baseAddress.map { $0 + i + rank }, pointers: pointers.baseAddress.map { $0 + p }))
          i += rank * (1 + s.operands.count)
          p += s.operands.count
        }
        return types.withUnsafeBufferPointer { types in
          outputs.withUnsafeBufferPointer { outputs in
            program.withUnsafeBufferPointer { program in
              list.withUnsafeBufferPointer { list in
                var description = vk_map_description(
                  class_: Int32(computation.rawValue), threads: Int32(threads), inputs: Int32(types.count),
                  outputs: Int32(outputs.count), instructions: Int32(program.count), segments: Int32(list.count),
                  input_types: types.baseAddress, output: outputs.baseAddress, instruction: program.baseAddress,
                  segment: list.baseAddress)
                return vk_map_create(&description, &message, message.count)
              }
            }
          }
        }
      }
    }
    guard let created else {
      throw MapFailure(
        description: String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }
    map = created
  }
  deinit { vk_map_destroy(map) }
  func run() { vk_map_run(UnsafeMutableRawPointer(map)) }
}
