/// How the elements of a tensor lie in memory: a permutation of the plain array, possibly in inner blocks, never padded.
///
/// An element with index i lies at Σ (iₐ / blockₐ) · stridesₐ plus its place inside the blocks, where `blocks` lists
/// (axis, size) from the outermost block to the innermost, which is contiguous.
public struct Layout: Hashable, Sendable, CustomStringConvertible {
  /// Stride of each axis, in elements, counted in whole blocks of that axis.
  public var strides: [Int]
  /// Inner blocks from the outermost to the innermost; none in a mere permutation of the axes.
  public var blocks: [Block]

  /// So many neighbours of one axis that lie together.
  public struct Block: Hashable, Sendable {
    /// The axis that is cut into blocks.
    public var axis: Int
    /// Elements of one block.
    public var size: Int
    /// A block of `size` neighbours of an axis.
    public init(axis: Int, size: Int) {
      self.axis = axis
      self.size = size
    }
  }

  /// A layout from the strides of its axes and its inner blocks.
  public init(strides: [Int], blocks: [Block] = []) {
    self.strides = strides
    self.blocks = blocks
  }

  /// The plain array: last axis innermost.
  public static func rowMajor(_ shape: Shape) -> Layout { Layout(strides: shape.rowMajorStrides) }

  /// Axes from outermost to innermost, without blocks: `[3, 1, 2, 0]` puts axis 0 innermost.
  public static func permuted(_ shape: Shape, outermostFirst order: [Int]) -> Layout {
    var strides = [Int](repeating: 1, count: shape.rank)
    var next = 1
    for axis in order.reversed() {
      strides[axis] = next
      next *= shape[axis]
    }
    return Layout(strides: strides)
  }

  /// The last axis in blocks of `size`, the blocks outside the middle axes: `[N, H, W, C]` as `[N, C/size, H, W, size]`.
  public static func channelBlocked(_ shape: Shape, size: Int) -> Layout {
    let last = shape.rank - 1
    var strides = [Int](repeating: 1, count: shape.rank)
    var next = size
    for axis in stride(from: last - 1, through: 1, by: -1) {
      strides[axis] = next
      next *= shape[axis]
    }
    strides[last] = next
    strides[0] = next * (shape[last] / size)
    return Layout(strides: strides, blocks: [Block(axis: last, size: size)])
  }

  /// `[N, …, C]` as `[C, …, N]`: whole vectors of samples, for kernels of few channels.
  public static func batchInnermost(_ shape: Shape) -> Layout {
    permuted(shape, outermostFirst: [shape.rank - 1] + Array(1..<(shape.rank - 1)) + [0])
  }

  /// Whether a tensor of that shape lies as the plain array does (loops of size 1 do not matter).
  public func isRowMajor(_ shape: Shape) -> Bool {
    if shape.count == 0 || blocks.isEmpty && strides == shape.rowMajorStrides { return true }
    let plain = shape.rowMajorStrides
    return loops(shape).allSatisfy { $0.size <= 1 || $0.stride == plain[$0.axis] * $0.step }
  }

  /// One loop over memory: axis by axis and block by block, `(axis, size, stride, step in that axis's index)`.
  public struct Loop: Hashable, Sendable {
    /// The axis that is walked along.
    public var axis: Int
    /// Number of iterations.
    public var size: Int
    /// Elements of memory from one iteration to the next.
    public var stride: Int
    /// How much the axis's index grows with each iteration.
    public var step: Int
  }

  /// The loops that visit every element of a tensor of that shape.
  public func loops(_ shape: Shape) -> [Loop] {
    var loops: [Loop] = []
    for axis in 0..<shape.rank {
      let inner = blocks.reduce(1) { $1.axis == axis ? $0 * $1.size : $0 }
      loops.append(Loop(axis: axis, size: shape[axis] / inner, stride: strides[axis], step: inner))
    }
    var stride = blocks.reduce(1) { $0 * $1.size }
    for (index, block) in blocks.enumerated() {
      stride /= block.size
      let step = blocks[(index + 1)...].reduce(1) { $1.axis == block.axis ? $0 * $1.size : $0 }
      loops.append(Loop(axis: block.axis, size: block.size, stride: stride, step: step))
    }
    return loops
  }

  public var description: String {
    let inner = blocks.map { "\($0.axis):\($0.size)" }.joined(separator: ",")
    return "strides \(strides)" + (inner.isEmpty ? "" : " blocks \(inner)")
  }
}
