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

  @Test func whatFailsThrowsWhenAsked() throws {
    let table = Tensor([[1, 2], [3, 4]])
    #expect(try table.gathered(Tensor([1, 0] as [Int32], shape: [2])).evaluated().floats == [3, 4, 1, 2])
    let wrong = table.gathered(Tensor([0, 2] as [Int32], shape: [2]))
    for _ in 0..<2 {
      let error = #expect(throws: CajalError.self) { try wrong.evaluated() }
      #expect(error?.description.hasPrefix("gather: expected indices in 0..<2, but the one at position 1") == true)
    }
  }

  @Test func readingWhatFailsSaysHowToCatchIt() async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor([[1, 2], [3, 4]]).gathered(Tensor([0, 2] as [Int32], shape: [2])).floats
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("expected indices in 0..<2") && text.contains("`try evaluated()`"), "\(text)")
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
