// Recurrent kernels: whatever the number of threads the bits are the same, and nothing is written beside the results.
import Foundation
import Testing
import VectorKernels

struct RecurrentTests {
  /// Runs a layer forwards and back; all that it writes.
  private func run(_ cell: vk_cell, _ time: Int, _ batch: Int, _ units: Int, threads: Int32, reverse: Bool) -> [[Float]]
  {
    var numbers = SampleNumbers(seed: UInt64(time * 1000 + batch * 10 + units))
    let gates = cell == VK_CELL_LSTM ? 4 : cell == VK_CELL_GRU ? 3 : 1
    let (state, steps) = (batch * units, time * batch * units)
    func given(_ count: Int) -> FloatMemory { FloatMemory(numbers.floats(count)) }
    func empty(_ count: Int) -> FloatMemory { FloatMemory(count: count) }
    let x = given(steps * gates), kernel = given(units * gates * units), bias = given(3 * units)
    let firstH = given(state), firstC = given(state), dh = given(steps), dlast = given(state)
    let h = empty(steps), lastH = empty(state), lastC = empty(state), starts = empty(steps), c = empty(steps)
    let saved = empty(4 * steps), dx = empty(steps * gates), dp = empty(steps * gates)
    let dfirstH = empty(state), dfirstC = empty(state)

    var forward = vk_recurrent_arguments()
    forward.sizes = vk_recurrent_sizes(
      time: Int64(time), batch: Int64(batch), units: Int64(units), cell: Int32(cell.rawValue), reverse: reverse ? 1 : 0,
      threads: threads)
    let space = FloatMemory(count: Int(vk_recurrent_workspace(&forward.sizes)) / 4 + 16)
    (forward.x, forward.kernel, forward.bias) = (.init(x.start), .init(kernel.start), .init(bias.start))
    (forward.first_h, forward.first_c) = (.init(firstH.start), .init(firstC.start))
    (forward.h, forward.last_h, forward.last_c) = (h.start, lastH.start, lastC.start)
    (forward.starts, forward.c, forward.gates) = (starts.start, c.start, saved.start)
    if gates == 1 { forward.gates = nil }
    if gates < 4 { (forward.c, forward.last_c) = (nil, nil) }
    forward.workspace = space.start + (16 - Int(bitPattern: space.start) / 4 % 16) % 16
    vk_recurrent(&forward)

    var backward = vk_recurrent_gradient_arguments()
    backward.sizes = forward.sizes
    let more = FloatMemory(count: Int(vk_recurrent_gradient_workspace(&backward.sizes)) / 4 + 16)
    (backward.kernel, backward.first_c, backward.h) = (forward.kernel, forward.first_c, .init(h.start))
    (backward.starts, backward.c, backward.gates) = (.init(starts.start), .init(c.start), .init(saved.start))
    if gates == 1 { backward.gates = nil }
    (backward.dh, backward.dlast_h, backward.dlast_c) = (.init(dh.start), .init(dlast.start), .init(dlast.start))
    if gates < 4 { backward.dlast_c = nil }
    (backward.dx, backward.dfirst_h) = (dx.start, dfirstH.start)
    if gates == 3 { backward.dp = dp.start }
    if gates == 4 { backward.dfirst_c = dfirstC.start }
    backward.workspace = more.start + (16 - Int(bitPattern: more.start) / 4 % 16) % 16
    vk_recurrent_gradient(&backward)

    let read = [x, kernel, bias, firstH, firstC, dh, dlast]
    var written = [h, lastH, starts, dx, dfirstH]
    if gates == 4 { written += [lastC, c, saved, dfirstC] }
    if gates == 3 { written += [saved, dp] }
    for memory in read + written + [space, more] { #expect(memory.isIntact) }
    let results = written.map(\.values)
    for value in results.joined() where !value.isFinite || value == -54321 {
      Issue.record("\(value) among the results")
    }
    // The first start is the first state, and each other one is the h before.
    let order = reverse ? Array((0..<time).reversed()) : Array(0..<time)
    for (step, t) in order.enumerated() {
      let before =
        step == 0 ? firstH.values[...] : h.values[(order[step - 1] * state)..<((order[step - 1] + 1) * state)]
      #expect(Array(before) == Array(starts.values[(t * state)..<((t + 1) * state)]))
    }
    return results
  }

  @Test(arguments: [VK_CELL_LSTM, VK_CELL_GRU, VK_CELL_TANH, VK_CELL_RELU].map(\.rawValue))
  func threadsChangeNothing(cell: UInt32) {
    for (time, batch, units) in [(1, 1, 1), (3, 5, 17), (2, 1, 100), (4, 26, 48), (2, 9, 131)] {
      for reverse in [false, true] {
        let one = run(vk_cell(cell), time, batch, units, threads: 1, reverse: reverse)
        for threads in [Int32(2), 3] {
          #expect(one == run(vk_cell(cell), time, batch, units, threads: threads, reverse: reverse))
        }
      }
    }
  }
}
