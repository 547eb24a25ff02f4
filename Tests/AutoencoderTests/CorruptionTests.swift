import Cajal
import Testing

/// Noise acts while training alone, as often as it is told to.
@Suite struct CorruptionTests {
  private func noisy(_ layer: any Layer<Tensor, Tensor>, _ x: Tensor, training: Bool) throws -> Tensor {
    let model = try Model(Sequential([layer]), inputShape: Shape(Array(x.shape.dimensions.dropFirst())))
    let step = CompiledStep { [model(($0.inputs[0]), training: training)] }
    return try step.run([x])[0]
  }

  @Test func maskingTakesAway() throws {
    let x = Numbers.uniform([50, 400]) + 1
    let result = try noisy(MaskingNoise(0.3), x, training: true)
    let kept = (result .!= 0).cast(to: .float32)
    #expect(abs(1 - kept.mean().item - 0.3) < 0.02)
    #expect(largestDifference(result, x * kept) == 0)
    #expect(try noisy(MaskingNoise(0.3), x, training: false).floats == x.floats)
    #expect(try noisy(MaskingNoise(1), x, training: true).floats.allSatisfy { $0 == 0 })
  }

  @Test func saltAndPepperTakeTheEnds() throws {
    let x = Numbers.uniform([50, 400]) * 0.5 + 0.25
    let result = try noisy(SaltAndPepperNoise(0.2, low: -1, high: 2), x, training: true)
    let salt = (result .== 2).cast(to: .float32).mean().item
    let pepper = (result .== -1).cast(to: .float32).mean().item
    #expect(abs(salt - 0.1) < 0.02 && abs(pepper - 0.1) < 0.02)
    let same = (result .== x).cast(to: .float32).mean().item
    #expect(abs(same + salt + pepper - 1) < 1e-6)
    #expect(try noisy(SaltAndPepperNoise(0.2), x, training: false).floats == x.floats)
  }
}
