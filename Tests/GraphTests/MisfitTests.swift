// Mistakes while a model is built are noted with the layer's path; nothing crashes, and building goes on.
import CajalGraph
import Testing

private struct Mistake: Sendable, CustomTestStringConvertible {
  var name: String
  var make: @Sendable (Tensor) -> Tensor
  var testDescription: String { name }
  init(_ name: String, _ make: @escaping @Sendable (Tensor) -> Tensor) {
    self.name = name
    self.make = make
  }
}

/// What people get wrong with a tensor of shape [4, 6].
private let mistakes: [Mistake] = [
  Mistake("add other sizes") { $0 + Tensor.zeros([5]) },
  Mistake("select other sizes") { ($0 .> 0).select(Tensor.zeros([5]), $0) },
  Mistake("broadcast to other sizes") { $0.broadcast(to: [4, 7]) },
  Mistake("broadcast to a smaller rank") { $0.broadcast(to: [6]) },
  Mistake("reshape to another count") { $0.reshaped([5, 5]) },
  Mistake("reshape with two free sizes") { $0.reshaped([-1, -1]) },
  Mistake("reshape with a free size that does not divide") { $0.reshaped([5, -1]) },
  Mistake("reshape to negative sizes") { $0.reshaped([-4, -6]) },
  Mistake("transpose with an axis twice") { $0.transposed([0, 0]) },
  Mistake("transpose with too few axes") { $0.transposed([0]) },
  Mistake("transpose outside") { $0.transposed([0, 5]) },
  Mistake("reverse outside") { $0.reversed(axes: [2]) },
  Mistake("reverse far outside") { $0.reversed(axes: [-7]) },
  Mistake("expand outside") { $0.expandingDimension(at: 9) },
  Mistake("expand far outside") { $0.expandingDimension(at: -9) },
  Mistake("squeeze an axis of other size") { $0.squeezed(axes: [0]) },
  Mistake("slice beyond the end") { $0.slice(axis: 0, 2..<9) },
  Mistake("slice outside") { $0.slice(axis: 3, 0..<1) },
  Mistake("slice by 0") { $0.slice(axis: 0, 0..<2, stride: 0) },
  Mistake("slice from a negative start") { $0.slice(axis: 0, -2..<2) },
  Mistake("a row beyond the end") { $0[4] },
  Mistake("a row before the start") { $0[-5] },
  Mistake("pad negatively") { $0.padded([(-1, 0), (0, 0)]) },
  Mistake("pad too few axes") { $0.padded([(1, 1)]) },
  Mistake("concatenate other sizes") { Tensor.concatenate([$0, Tensor.zeros([4, 5])], axis: 0) },
  Mistake("concatenate other ranks") { Tensor.concatenate([$0, Tensor.zeros([4])], axis: 0) },
  Mistake("concatenate outside") { Tensor.concatenate([$0, $0], axis: 7) },
  Mistake("stack other sizes") { Tensor.stack([$0, Tensor.zeros([4, 5])]) },
  Mistake("split beyond the end") { $0.split([3, 3], axis: 0)[1] },
  Mistake("sum outside") { $0.sum(axes: [2]) },
  Mistake("mean outside") { $0.mean(axes: [2]) },
  Mistake("variance outside") { $0.variance(axes: [-3]) },
  Mistake("maximum outside") { $0.max(axes: [-3]) },
  Mistake("logSumExp outside") { $0.logSumExp(axes: [5]) },
  Mistake("all of numbers") { $0.all() },
  Mistake("cumulative outside") { $0.cumulativeSum(axis: 2) },
  Mistake("softmax outside") { $0.softmax(axis: 2) },
  Mistake("softmax far outside") { $0.softmax(axis: -3) },
  Mistake("softmax of whole numbers") { $0.cast(to: .int32).softmax() },
  Mistake("argMax outside") { $0.argMax(axis: 2) },
  Mistake("topK of too many") { $0.topK(7).values },
  Mistake("gather outside") { $0.gathered(Tensor([Int32(0)], shape: [1]), axis: 2) },
  Mistake("gather with floats") { $0.gathered($0) },
  Mistake("gather along other sizes") { $0.gatheredAlong(axis: 1, Tensor([Int32(0)], shape: [1, 1])) },
  Mistake("scatter outside") { $0.scatteredAdd(at: Tensor([Int32(0)], shape: [1]), size: 3, axis: 5) },
  Mistake("scatter far outside") { $0.scatteredAdd(at: Tensor([Int32(0)], shape: [1]), size: 3, axis: -5) },
  Mistake("scatter into a negative size") { $0.scatteredAdd(at: Tensor([Int32(0), 0, 0, 0], shape: [4]), size: -3) },
  Mistake("matmul of other sizes") { $0.matmul(Tensor.zeros([5, 2])) },
  Mistake("matmul with a scalar") { $0.matmul(Tensor.zeros([])) },
  Mistake("matmul of other batches") { $0.reshaped([2, 2, 6]).matmul(Tensor.zeros([3, 6, 2])) },
  Mistake("exp of whole numbers") { $0.cast(to: .int32).exp() },
  Mistake("clip the wrong way round") { $0.clipped(1, 0) },
  Mistake("cross-entropy of other sizes") { $0.softmaxCrossEntropy(Tensor.zeros([4, 5])) },
  Mistake("cross-entropy of labels in a column") { $0.softmaxCrossEntropy(Tensor.zeros([4, 1], dtype: .int32)) },
  Mistake("convolve a matrix") { $0.convolved(Tensor.zeros([3, 3, 1, 1]), window: square) },
  Mistake("convolve with a window of other axes") {
    $0.reshaped([1, 4, 6, 1]).convolved(Tensor.zeros([3, 3, 1, 1]), window: short)
  },
  Mistake("convolve in no groups") {
    $0.reshaped([1, 4, 6, 1]).convolved(Tensor.zeros([3, 3, 1, 1]), window: square, groups: 0)
  },
  Mistake("pool a matrix") { $0.maxPooled(size: [2, 2], window: square) },
  Mistake("pool with a window of other axes") {
    $0.reshaped([1, 4, 6, 1]).averagePooled(size: [2, 2], window: short)
  },
  Mistake("batch normalization of other sizes") {
    $0.batchNormalized(gamma: Tensor.zeros([5]), beta: Tensor.zeros([6]), epsilon: 1).y
  },
  Mistake("local response over an even window") { $0.localResponseNormalized(size: 4) },
  Mistake("one hot of floats") { $0.oneHot(3).gathered($0) },
  Mistake("gradient of many") { gradient(of: $0, with: [$0])[0] },
]

private let square = Window(strides: [1, 1], paddingLow: [0, 0], paddingHigh: [0, 0], dilations: [1, 1])
private let short = Window(strides: [1], paddingLow: [0], paddingHigh: [0], dilations: [1])

@Suite struct MisfitTests {
  @Test(arguments: mistakes) private func isNoted(_ mistake: Mistake) {
    let trace = Trace()
    let x = Tensor.placeholder("x", TensorType([4, 6], .float32), trace: trace)
    let result = trace.descend(into: "encoder") { mistake.make(x) }
    #expect(!trace.errors.isEmpty, "nothing was noted; the result is \(result.type)")
    #expect(trace.errors.first?.subject.hasPrefix("encoder") == true)
    // A poisoned tensor goes through whatever follows.
    let after = (result.relu() * 2 + x).sum()
    #expect(trace.errors.isEmpty || after.shape.isPoisoned || after.rank == 0)
  }
}
