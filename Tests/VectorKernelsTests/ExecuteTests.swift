import Testing
import VectorKernels

@Suite struct ExecuteTests {
  /// A kernel that adds its second number to its first.
  static let add: @convention(c) (UnsafeMutableRawPointer?) -> Void = { args in
    guard let numbers = args?.assumingMemoryBound(to: Double.self) else { return }
    numbers[0] += numbers[1]
  }

  @Test func stepsRunInOrderAndAreTimed() {
    let numbers = Storage(VK_F64, count: 2)
    numbers[0] = 1
    numbers[1] = 2
    let steps = [vk_step](repeating: vk_step(run: Self.add, args: numbers.start), count: 3)
    vk_execute(steps, steps.count)
    #expect(numbers[0] == 7)
    var times: [UInt64] = [0, 0, 0]
    for _ in 0..<1000 { vk_execute_profiled(steps, steps.count, &times) }
    #expect(numbers[0] == 6007)
    #expect(times.allSatisfy { $0 > 0 })
  }

  @Test func loopScansASequence() {
    // Running sums: state += sequence[t]; sums[t] = state.
    let state = Storage(VK_F64, count: 2), sequence = Storage(VK_F64, count: 5), sums = Storage(VK_F64, count: 5)
    for i in 0..<5 { sequence[i] = Double(i + 1) }
    state[0] = 100
    let steps = [vk_step(run: Self.add, args: state.start)]
    let before = [
      vk_loop_copy(
        target: state.at(1), source: UnsafeRawPointer(sequence.start), bytes: 8, source_step: 8, target_step: 0)
    ]
    let after = [
      vk_loop_copy(target: sums.at(4), source: UnsafeRawPointer(state.start), bytes: 8, source_step: 0, target_step: -8)
    ]
    steps.withUnsafeBufferPointer { steps in
      before.withUnsafeBufferPointer { before in
        after.withUnsafeBufferPointer { after in
          var args = vk_loop_args(
            steps: steps.baseAddress, count: 1, iterations: 5, before: before.baseAddress, before_count: 1,
            after: after.baseAddress, after_count: 1)
          vk_loop(&args)
        }
      }
    }
    #expect((0..<5).map { sums[$0] } == [115, 110, 106, 103, 101])
  }
}
