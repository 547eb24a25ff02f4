/// Moves values between the plain array and another layout, element by element: for looking and saving, not for steps.
enum Rearrangement {
  static func toRowMajor(_ source: Storage, _ shape: Shape, _ layout: Layout) -> Storage {
    let result = Storage(source.dtype, count: source.count)
    let bytes = source.dtype.byteCount
    forEachElement(shape, layout) { plain, placed in
      (result.pointer + plain * bytes).copyMemory(from: source.pointer + placed * bytes, byteCount: bytes)
    }
    return result
  }

  static func fromRowMajor(_ source: Storage, _ shape: Shape, into target: Storage, _ layout: Layout) {
    let bytes = source.dtype.byteCount
    forEachElement(shape, layout) { plain, placed in
      (target.pointer + placed * bytes).copyMemory(from: source.pointer + plain * bytes, byteCount: bytes)
    }
  }

  private static func forEachElement(
    _ shape: Shape, _ layout: Layout, _ body: (_ plain: Int, _ placed: Int) -> Void
  ) {
    let loops = layout.loops(shape)
    let plainStrides = shape.rowMajorStrides
    guard shape.count > 0 else { return }
    var counters = [Int](repeating: 0, count: loops.count)
    var plain = 0
    var placed = 0
    while true {
      body(plain, placed)
      var level = loops.count - 1
      while level >= 0 {
        let loop = loops[level]
        counters[level] += 1
        plain += plainStrides[loop.axis] * loop.step
        placed += loop.stride
        if counters[level] < loop.size { break }
        plain -= plainStrides[loop.axis] * loop.step * loop.size
        placed -= loop.stride * loop.size
        counters[level] = 0
        level -= 1
      }
      if level < 0 { return }
    }
  }
}
