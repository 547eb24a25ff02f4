// The table of layers.
import Cajal
import Testing

@Suite struct SummaryTests {
  /// The outermost layer has no call of its own, and its parameters belong to the table as much as the others.
  @Test func parametersOfTheOutermostLayerAreShown() throws {
    let text = try Model(Dense(3), inputShape: [2]).summary()
    #expect(text.contains("dense") && text.contains("Dense") && text.contains("[batch, 3]"), "\(text)")
    #expect(text.contains(" 9"), "\(text)")
  }

  private struct Scaled: Layer {
    var name = LayerName("scaled")
    func forward(_ x: Tensor) throws -> Tensor { Dense(2)(x) * x.scope.parameter("scale", [2], .ones) }
  }

  @Test func besideThoseOfItsLayers() throws {
    let lines = try Model(Scaled(), inputShape: [4]).summary().split(separator: "\n")
    #expect(lines.contains { $0.contains("scaled") && $0.contains("Scaled") && $0.contains(" 2") })
    #expect(lines.contains { $0.contains("dense") && $0.contains("10") })
  }

  @Test func aLayerWithoutParametersOfItsOwnIsNotShown() throws {
    let text = try Model(Sequential { Dense(2) }, inputShape: [4]).summary()
    #expect(!text.lowercased().contains("sequential"), "\(text)")
  }
}
