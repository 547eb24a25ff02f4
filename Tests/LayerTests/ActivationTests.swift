import Cajal
import Foundation
import Testing

@Suite struct ActivationTests {
  struct Row: Decodable {
    var name: String
    var x: [Double]
    var y: [Double]
    var gradient: [Double]
  }

  static let kerasNames = ActivationFunction.all.map(\.name).filter {
    !["step", "bipolar_step", "threshold", "bipolar_sigmoid", "scaled_tanh", "ramp", "sparsemax"].contains($0)
  }

  @Test(arguments: kerasNames)
  func agreesWithKeras(name: String) throws {
    let row = try #require(try goldenRows("activations.json", as: Row.self).first { $0.name == name })
    let function = try ActivationFunction(named: name)
    let x = Tensor(row.x.map(Float.init), shape: [6, 6])
    let y = function(x)
    #expect(agree(y.floats, row.y))
    let weights = Tensor.linspace(0.5, 1.5, count: y.shape.last)
    let slope = gradient(of: (y * weights).sum(), with: [x])[0]
    #expect(agree(slope.floats, row.gradient))
  }

  @Test func courseNetInput() {
    let net = (Tensor([0.8, 0.6, 0.4]) * Tensor([0.1, 0.3, -0.2])).sum() + 0.35
    #expect(agree(net.floats, [0.53]))
    #expect(abs(ActivationFunction.sigmoid(net).item - 0.62948) < 1e-5)
    #expect(abs(ActivationFunction.bipolarSigmoid(net).item - 0.25897) < 1e-5)
  }

  @Test func courseChain() {
    let first = ActivationFunction.sigmoid(Tensor(0.1 * 0.15 + 0.4))
    #expect(abs(first.item - 0.60229) < 1e-5)
    let z = first * 0.45 + 0.65
    #expect(abs(z.item - 0.92103) < 1e-5)
    #expect(abs(ActivationFunction.sigmoid(z).item - 0.71525) < 1e-5)
  }

  @Test(arguments: [0.5, 1, 3])
  func derivativesOfTheSigmoids(steepness: Double) {
    let x = Tensor([-3, -0.5, 0, 0.7, 2])
    let binary = ActivationFunction.sigmoid(steepness: steepness)
    let f = binary(x)
    #expect(agree(binary.derivative(at: x).floats, (f * (1 - f) * steepness).scalars(as: Double.self)))
    let bipolar = ActivationFunction.bipolarSigmoid(steepness: steepness)
    let g = bipolar(x)
    #expect(agree(bipolar.derivative(at: x).floats, ((1 + g) * (1 - g) * (steepness / 2)).scalars(as: Double.self)))
    #expect(agree(g.floats, (2 * f - 1).scalars(as: Double.self)))
  }

  @Test func steps() {
    let x = Tensor([-1, 0, 0.5, 2])
    #expect(ActivationFunction.step(x).floats == [0, 1, 1, 1])
    #expect(ActivationFunction.step(threshold: 0.7)(x).floats == [0, 0, 0, 1])
    #expect(ActivationFunction.bipolarStep(x).floats == [-1, 1, 1, 1])
    #expect(ActivationFunction.ramp(x).floats == [0, 0, 0.5, 1])
    #expect(ActivationFunction.threshold(0, defaultValue: -9)(x).floats == [-9, -9, 0.5, 2])
    #expect(ActivationFunction.step.derivative(at: x).floats == [0, 0, 0, 0])
    #expect(agree(ActivationFunction.scaledTanh(Tensor([-1, 1])).floats, [-1, 1], tolerance: 1e-4))
  }

  /// Keras 3.15 is no oracle here: on TensorFlow its sparsemax of several rows does not sum to 1.
  @Test func sparsemaxProjectsOntoTheSimplex() {
    let x = Tensor([[0.1, 1.1, 0.2, 0.8], [-5, -5.5, -9, -5.2], [0, 0, 0, 0]])
    let y = ActivationFunction.sparsemax(x)
    #expect(agree(y.floats, [0, 0.65, 0, 0.35, 1.7 / 3, 0.2 / 3, 0, 1.1 / 3, 0.25, 0.25, 0.25, 0.25]))
    #expect(agree(y.sum(axes: [1]).floats, [1, 1, 1]))
    // The Jacobian takes the mean over the support away.
    let weights = Tensor([1, 2, 3, 4])
    let slope = gradient(of: (y * weights).sum(), with: [x])[0].floats
    #expect(agree(Array(slope[0..<4]), [0, -1, 0, 1]))
  }

  @Test(arguments: ActivationFunction.all)
  func staysFiniteFarOut(function: ActivationFunction) {
    let ends: [Float] = function.name == "exponential" ? [-1e4, 0, 50, -50] : [-1e4, 1e4, -200, 200]
    let x = Tensor(ends + ends, shape: [2, 4])
    let y = function(x)
    #expect(y.floats.allSatisfy { !$0.isNaN })
    #expect(gradient(of: y.sum(), with: [x])[0].floats.allSatisfy { $0.isFinite })
    #expect(!function.formula.isEmpty && !function.range.isEmpty)
  }

  @Test func elementwiseOnesDoNotLookAside() {
    for function in ActivationFunction.all where function.isElementwise {
      let together = function(Tensor([-0.7, 0.3, 1.4, 9])).floats
      let alone = [-0.7, 0.3, 1.4, 9].map { function(Tensor([Float($0)])).floats[0] }
      #expect(agree(together, alone.map(Double.init), tolerance: 1e-6), "\(function.name)")
    }
  }

  @Test func filesHaveNames() throws {
    func text(_ function: ActivationFunction) throws -> String {
      let encoder = JSONEncoder()
      encoder.outputFormatting = .sortedKeys
      return String(decoding: try encoder.encode([function]), as: UTF8.self)
    }
    #expect(try text(.hardSilu) == "[\"hard_silu\"]")
    #expect(try text(.sigmoid(steepness: 2)) == "[{\"className\":\"sigmoid\",\"config\":{\"steepness\":2}}]")
    for function in ActivationFunction.all + [.sigmoid(steepness: 3), .gelu(approximate: true), .softmax(axis: 1)] {
      let decoded = try JSONDecoder().decode([ActivationFunction].self, from: Data(try text(function).utf8))
      #expect(decoded == [function])
    }
    #expect(try ActivationFunction(named: "swish") == .silu)
  }

  @Test func mistakesAreNamed() {
    let unknown = #expect(throws: CajalError.self) { try ActivationFunction(named: "rellu") }
    #expect(unknown?.description.contains("\"rellu\"") == true && unknown?.description.contains("relu6") == true)
    let option = #expect(throws: CajalError.self) { try ActivationFunction(named: "relu", options: ["slope": 1]) }
    #expect(option?.description.contains("slope is 1") == true)
  }
}
