/// Moves values between the plain array and another layout: for binding, looking and saving, not for steps.
enum Rearrangement {
  static func toRowMajor(_ source: Storage, _ shape: Shape, _ layout: Layout) -> Storage {
    let result = Storage(source.dtype, count: source.count)
    let levels = levels(shape, layout).map { Level(size: $0.size, source: $0.target, target: $0.source) }
    move(levels, source, result)
    return result
  }

  static func fromRowMajor(_ source: Storage, _ shape: Shape, into target: Storage, _ layout: Layout) {
    move(levels(shape, layout), source, target)
  }

  /// One of the nested loops over all elements, with how far each iteration moves in both arrays.
  private struct Level {
    var size: Int
    var source: Int
    var target: Int
  }

  /// Those from the plain array, the outermost first.
  private static func levels(_ shape: Shape, _ layout: Layout) -> [Level] {
    let plain = shape.rowMajorStrides
    return layout.loops(shape).filter { $0.size != 1 }.map {
      Level(size: $0.size, source: plain[$0.axis] * $0.step, target: $0.stride)
    }
  }

  private static func move(_ levels: [Level], _ source: Storage, _ target: Storage) {
    guard levels.allSatisfy({ $0.size > 0 }) else { return }
    switch source.dtype.byteCount {
    case 8: move(levels, source, target, as: UInt64.self)
    case 4: move(levels, source, target, as: UInt32.self)
    case 2: move(levels, source, target, as: UInt16.self)
    default: move(levels, source, target, as: UInt8.self)
    }
  }

  private static func move<Bits>(_ levels: [Level], _ source: Storage, _ target: Storage, as: Bits.Type) {
    let source = source.pointer.assumingMemoryBound(to: Bits.self)
    let target = target.pointer.assumingMemoryBound(to: Bits.self)
    let one = Level(size: 1, source: 0, target: 0)
    let inner = levels.last ?? one, middle = levels.dropLast().last ?? one, outer = levels.dropLast(2)
    var counters = [Int](repeating: 0, count: outer.count), from = 0, to = 0
    while true {
      for i in 0..<middle.size {
        let (x, y) = (source + from + i * middle.source, target + to + i * middle.target)
        for j in 0..<inner.size { y[j * inner.target] = x[j * inner.source] }
      }
      var depth = outer.count - 1
      while depth >= 0 {
        let level = outer[depth]
        counters[depth] += 1
        from += level.source
        to += level.target
        if counters[depth] < level.size { break }
        from -= level.source * level.size
        to -= level.target * level.size
        counters[depth] = 0
        depth -= 1
      }
      if depth < 0 { return }
    }
  }
}
