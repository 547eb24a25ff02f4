import Cajal
import Testing

@Suite struct LazyTests {
  @Test func readsLikeOnPaper() {
    let c = Tensor([1, 2, 3]) * 2 + 1
    #expect(c.floats == [3, 5, 7])
  }

  @Test func oneGradientStepByHand() {
    let w = Tensor(5)
    let loss = 0.5 * (6 - w * 2).squared()
    let slope = gradient(of: loss, with: [w])[0]
    #expect(slope.item == 8)
    #expect((w - 0.1 * slope).item == Double(Float(5) - Float(0.1) * 8))
  }

  @Test func matrixProduct() {
    let a = Tensor([[1, 2], [3, 4]])
    #expect(a.matmul(a).floats == [7, 10, 15, 22])
    #expect(a.transposed().matmul(a).floats == [10, 14, 14, 20])
  }

  @Test func runningSums() {
    let x = Tensor([[1, 2], [3, 4], [5, 6]])
    #expect(x.cumulativeSum(axis: 0).floats == [1, 2, 4, 6, 9, 12])
    #expect(x.sum(axes: [0]).floats == [9, 12])
    #expect(x.mean().item == 3.5)
  }

  @Test func convolutionSizes() {
    let x = Tensor.ones([1, 8, 8, 1])
    let kernel = Tensor.ones([3, 3, 1, 1])
    let valid = Window(strides: [1, 1], paddingLow: [0, 0], paddingHigh: [0, 0], dilations: [1, 1])
    let y = x.convolved(kernel, window: valid)
    #expect(y.shape == [1, 6, 6, 1])
    #expect(y.floats.allSatisfy { $0 == 9 })
    let dk = gradient(of: y.sum(), with: [kernel])[0]
    #expect(dk.floats.allSatisfy { $0 == 36 })
  }
}
