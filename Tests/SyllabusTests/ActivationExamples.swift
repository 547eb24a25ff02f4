import Cajal
import Testing

/// The worked examples about single units: exact numbers, to the printed digits.
@Suite struct ActivationExamples {
  @Test func netInputAndSigmoids() {
    let (x, w) = (Tensor([0.8, 0.6, 0.4]), Tensor([0.1, 0.3, -0.2]))
    let net = x.dot(w) + 0.35
    #expect(net.item.rounded(to: 5) == 0.53)
    #expect(ActivationFunction.sigmoid(net).item.rounded(to: 5) == 0.62948)
    #expect(ActivationFunction.bipolarSigmoid(net).item.rounded(to: 5) == 0.25897)
  }

  @Test func twoUnitsInARow() {
    let first = (Tensor(0.1) * 0.15 + 0.4).sigmoid()
    #expect(first.item.rounded(to: 5) == 0.60229)
    let net = first * 0.45 + 0.65
    #expect(net.item.rounded(to: 5) == 0.92103)
    #expect(net.sigmoid().item.rounded(to: 5) == 0.71525)
  }

  @Test(arguments: [0.5, 1, 2.5]) func derivativesOfSigmoidsWithSteepness(_ steepness: Double) {
    let x = Tensor([-2, -0.3, 0, 0.7, 3])
    let binary = ActivationFunction.sigmoid(steepness: steepness)
    let f = binary(x)
    #expect((binary.derivative(at: x) - steepness * f * (1 - f)).absolute().max().item < 1e-6)
    let bipolar = ActivationFunction.bipolarSigmoid(steepness: steepness)
    let g = bipolar(x)
    #expect((bipolar.derivative(at: x) - steepness / 2 * (1 + g) * (1 - g)).absolute().max().item < 1e-6)
  }
}

extension Double {
  /// The number to so many digits after the point, as it is printed.
  func rounded(to digits: Int) -> Double {
    let scale = (0..<digits).reduce(1.0) { product, _ in product * 10 }
    return (self * scale).rounded() / scale
  }
}
