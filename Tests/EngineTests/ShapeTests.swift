// Sizes below zero: what is said.
import Cajal
import Testing

@Suite struct NegativeSizeTests {
  private func text(_ result: ExitTest.Result?) -> String {
    String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
  }

  @Test func tensorsOfOneNumber() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.zeros([2, -3])
    }
    #expect(text(result).contains("Tensor: expected sizes of 0 or more, but the shape is [2, -3]."), "\(text(result))")
  }

  @Test func counters() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.range(-3)
    }
    #expect(text(result).contains("iota: expected sizes of 0 or more, but the shape is [-3]."), "\(text(result))")
  }

  @Test func stretches() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor([1]).broadcast(to: [-3])
    }
    #expect(text(result).contains("broadcast: expected sizes of 0 or more, but the shape is [-3]."), "\(text(result))")
  }

  @Test func randomNumbers() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var random = RandomSource(seed: 1)
      _ = random.normal([-3])
    }
    #expect(text(result).contains("expected sizes of 0 or more, but the shape is [-3]."), "\(text(result))")
  }

  @Test func modelsAndStorages() {
    let model = #expect(throws: CajalError.self) { try Model(Dense(1), inputShape: [-1]) }
    #expect(
      model?.description.hasPrefix("Model: expected sizes of 0 or more in input 0, but the shape is [-1].") == true)
    let tensor = #expect(throws: CajalError.self) { try Tensor(Storage([Float(1), 2]), shape: [-1, -2]) }
    #expect(tensor?.description == "Tensor: expected sizes of 0 or more, but the shape is [-1, -2].")
  }
}
