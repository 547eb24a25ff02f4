import Cajal
import Testing

@Suite struct ScanTests {
  @Test func runningSums() {
    let x = Tensor([[1, 2], [3, 4], [5, 6]])
    let result = Tensor.scan([Tensor.zeros([2])], over: [x]) { carry, entry, _ in
      let next = carry[0] + entry[0]
      return ([next], [next])
    }
    #expect(result.carry[0].floats == [9, 12])
    #expect(result.outputs[0].floats == [1, 2, 4, 6, 9, 12])
  }

  /// h ← tanh(W h + x), its gradient against the unrolled graph, first and second order.
  @Test(arguments: [false, true]) func agreesWithUnrolling(reverse: Bool) {
    var random = RandomSource(seed: 1)
    let w = random.normal([3, 3], deviation: 0.5)
    let x = random.normal([4, 2, 3])
    let h0 = random.normal([2, 3])
    func looped(_ w: Tensor, _ x: Tensor) -> Tensor {
      Tensor.scan([h0], over: [x], reverse: reverse) { carry, entry, t in
        let h = (carry[0].matmul(w) + entry[0]).tanh()
        return ([h], [h * (t.cast(to: .float32) + 1)])
      }.outputs[0]
    }
    func unrolled(_ w: Tensor, _ x: Tensor) -> Tensor {
      var h = h0
      var outputs = [Tensor](repeating: h0, count: 4)
      for t in reverse ? Array((0..<4).reversed()) : Array(0..<4) {
        h = (h.matmul(w) + x[t]).tanh()
        outputs[t] = h * Double(t + 1)
      }
      return Tensor.stack(outputs)
    }
    func close(_ a: Tensor, _ b: Tensor) -> Bool { (a - b).absolute().max().item < 1e-4 }
    let (a, b) = (looped(w, x), unrolled(w, x))
    #expect(close(a, b))
    let (la, lb) = (a.squared().sum(), b.squared().sum())
    let (ga, gb) = (gradient(of: la, with: [w, x, h0]), gradient(of: lb, with: [w, x, h0]))
    for (p, q) in zip(ga, gb) { #expect(close(p, q)) }
    let (ha, hb) = (
      gradient(of: ga[0].squared().sum(), with: [w])[0], gradient(of: gb[0].squared().sum(), with: [w])[0]
    )
    #expect(close(ha / 100, hb / 100))
  }
}
