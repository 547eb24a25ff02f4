// Work large enough for several threads: the reference's numbers with 1, 2 and 3 of them, each in a process of its own.
import CajalCPU
import CajalCompiler
import CajalGraph
import Foundation
import Testing

/// Kinds of work, with sizes that are worth a fork and do not divide evenly.
private let works: [(name: String, shape: [Int], body: @Sendable (Tensor) -> [Tensor])] = [
  ("map", [531, 197], { [($0.tanh() * 2).exp() + $0] }),
  ("sums", [531, 197], { [$0.sin().sum(axes: [0]), $0.cos().mean(axes: [1]), $0.max(), $0.squared().sum()] }),
  ("softmax", [531, 197], { [$0.softmax(), $0.logSoftmax().sum(axes: [0])] }),
  (
    "moves", [53, 47, 41],
    { [$0.transposed([2, 0, 1]), $0.slice(axis: 1, 3..<44, stride: 2), $0.padded([(1, 2), (0, 1), (3, 0)])] }
  ),
  ("running sums", [61, 150, 11], { [$0.cumulativeSum(axis: 1), $0.cumulativeSum(axis: 0, reverse: true)] }),
  ("order", [211, 113], { [$0.sorted().values, $0.argMax(axis: 0), $0.topK(5).values] }),
  (
    "rows by index", [301, 67],
    {
      let indices = Tensor((0..<700).map { Int32($0 * 37 % 301) }, shape: [700])
      return [$0.gathered(indices), $0.gathered(indices).scatteredAdd(at: indices, size: 301)]
    }
  ),
  ("products", [67, 131], { [$0.matmul($0, transposeOther: true), $0.matmul($0, transposeSelf: true)] }),
]

private func compareEverything() throws {
  for work in works {
    var problem = Problem()
    var draw = Draw(seed: 11)
    let x = problem.input(draw.numbers(work.shape, -1, 1))
    problem.outputs = work.body(x)
    let (given, expected) = (try problem.compiled(), try problem.interpreted())
    for (a, b) in zip(given, expected) {
      // Sums of a hundred thousand terms round more.
      if let text = difference(a, b, tolerance: 2e-5) { throw ReferenceError(description: "\(work.name): \(text)") }
    }
    let again = try problem.compiled()
    guard zip(given, again).allSatisfy({ $0.data == $1.data }) else {
      throw ReferenceError(description: "\(work.name): other bits")
    }
  }
}

@Suite struct ThreadTests {
  @Test func oneThread() async {
    await #expect(processExitsWith: .success) {
      setenv("CAJAL_NUM_THREADS", "1", 1)
      try compareEverything()
    }
  }

  @Test func twoThreads() async {
    await #expect(processExitsWith: .success) {
      setenv("CAJAL_NUM_THREADS", "2", 1)
      try compareEverything()
    }
  }

  @Test func threeThreads() async {
    await #expect(processExitsWith: .success) {
      setenv("CAJAL_NUM_THREADS", "3", 1)
      try compareEverything()
    }
  }
}
