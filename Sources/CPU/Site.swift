// What a lowering sees of its instruction, and the protocol it fulfils.
import CajalCompiler
import CajalGraph
import VectorKernels

/// An operation that the processor runs whole.
protocol Lowerable: Operation {
  /// Whether these types are taken; else the decomposition is used.
  func isLowerable(_ inputs: [TensorType]) -> Bool
  func lower(_ site: Site) throws -> Kernel
  /// As what its kernel is counted.
  static var kernelKind: KernelKind { get }
}

extension Lowerable {
  func isLowerable(_ inputs: [TensorType]) -> Bool { true }
  static var kernelKind: KernelKind { .other }
}

/// An operand with its place in memory order.
struct Operand {
  let type: TensorType
  /// The plain array is always called that, also where a single block of all channels says the same.
  let layout: Layout

  init(type: TensorType, layout: Layout) {
    self.type = type
    self.layout = layout.isRowMajor(type.shape) ? .rowMajor(type.shape) : layout
  }

  var shape: Shape { type.shape }
  var isRowMajor: Bool { layout.isRowMajor(type.shape) }
  /// Whether it lies in a layout, under whatever name: a single place lies alike in blocks of channels and plainly.
  func lies(as wanted: Layout) -> Bool { layout == wanted || isRowMajor && wanted.isRowMajor(shape) }

  /// Elements between neighbours of each axis. One block of all channels lies as the plain array, and is counted as one.
  var strides: [Int] { isRowMajor ? shape.rowMajorStrides : layout.strides }
}

/// One instruction at the moment it is lowered.
struct Site {
  let path: String
  let inputs: [Operand]
  let outputs: [Operand]
  /// Which outputs somebody reads.
  let isUsed: [Bool]
  /// Which inputs are there before the program runs, made anew only when a variable has changed.
  let isPrepared: [Bool]
  let isTraining: Bool
  let library: Library
  /// Whether the lowering asked for work that is worth threads.
  let split = Split()

  final class Split { var isWorthThreads = false }

  /// For programs inside the kernel.
  let settings: PassSettings

  /// Whether a primitive may choose how an input lies: it will be reordered, and seldom, or it is the plain array.
  func isFree(_ input: Int) -> Bool { inputs[input].isRowMajor || isPrepared[input] }

  /// An input that lies in some way, for a primitive that may want it in another.
  func reordered(_ input: Int, _ lying: MemoryDescription) -> Argument {
    .reordered(input, lying, isPrepared: isPrepared[input])
  }

  /// Position of an output among the operands.
  func output(_ index: Int) -> Int { inputs.count + index }

  /// Threads worth starting for work of about so many nanoseconds on one core.
  func threads(nanoseconds: Double) -> Int32 {
    guard nanoseconds >= 8_000 else { return 1 }
    split.isWorthThreads = true
    return Int32(library.threads)
  }

  /// The same for a pass over bytes, at about 20 bytes a nanosecond.
  func threads(bytes: Int) -> Int32 { threads(nanoseconds: Double(bytes) / 20) }
}

extension DType {
  /// The vector kernels' number for the type.
  var vk: UInt8 {
    switch self {
    case .float32: return UInt8(VK_F32.rawValue)
    case .float64: return UInt8(VK_F64.rawValue)
    case .float16: return UInt8(VK_F16.rawValue)
    case .bfloat16: return UInt8(VK_BF16.rawValue)
    case .int8: return UInt8(VK_I8.rawValue)
    case .uint8: return UInt8(VK_U8.rawValue)
    case .int32: return UInt8(VK_I32.rawValue)
    case .int64: return UInt8(VK_I64.rawValue)
    case .bool: return UInt8(VK_BOOL.rawValue)
    }
  }
}
