import Testing

@testable import Cajal

@Suite struct InitializerTests {
  static let fixed: [String: Initializer] = [
    "identity": .identity(gain: 2), "stft": .stft(),
    "stft/imag": .stft(side: .imag, window: .hamming, scaling: .spectrum, periodic: true),
    "stft/plain": .stft(window: nil, scaling: nil),
    "stft/blackman": .stft(side: .imag, window: .blackman, scaling: nil),
  ]

  static func values(_ initializer: Initializer, _ shape: Shape, seed: Int = 0, _ path: String = "kernel") throws
    -> [Float]
  {
    try initializer.values(TensorType(shape, .float32), seed: seed, stream: stableHash(path)).scalars(as: Float.self)
  }

  @Test(arguments: try GoldenRow.rows("small_parts.json"))
  func valuesAreThoseOfKeras(_ row: GoldenRow) throws {
    let initializer = try #require(Self.fixed[row.name])
    let values = try Self.values(initializer, try row.shape("shape"))
    expectClose(values.map(Double.init), try row.numbers("values"), tolerance: 1e-6, row.name)
  }

  @Test func variancesAreScaled() throws {
    typealias Case = (mode: Initializer.FanMode, distribution: Initializer.Distribution, fan: Double)
    let cases: [Case] = [
      (.fanIn, .uniform, 80), (.fanOut, .truncatedNormal, 120), (.fanAvg, .untruncatedNormal, 100),
    ]
    for (mode, distribution, fan) in cases {
      let values = try Self.values(
        .varianceScaling(scale: 2, mode: mode, distribution: distribution), [2, 40, 60]
      ).map(Double.init)
      let variance = values.reduce(0) { $0 + $1 * $1 } / Double(values.count)
      #expect(abs(variance * fan / 2 - 1) < 0.06, "\(mode) \(distribution): \(variance)")
      let limit = distribution == .uniform ? (6 / fan).squareRoot() : .infinity
      #expect(values.allSatisfy { abs($0) <= limit })
    }
    #expect(
      try Self.values(.varianceScaling(scale: 2, mode: .fanIn, distribution: .truncatedNormal), [3, 5])
        == Self.values(.heNormal, [3, 5]))
  }

  @Test func orthogonalVectorsAreOrthonormal() throws {
    for shape in [[4, 9], [9, 4], [3, 2, 5]] as [Shape] {
      let values = try Self.values(.orthogonal(gain: 3), shape)
      let matrix = Tensor(values, shape: [values.count / shape.last, shape.last])
      let isTall = matrix.shape[0] >= matrix.shape[1]
      let product = isTall ? matrix.matmul(matrix, transposeSelf: true) : matrix.matmul(matrix, transposeOther: true)
      let expected = Tensor.identity(product.shape[0]) * 9
      expectClose(product.floats.map(Double.init), expected.floats.map(Double.init), tolerance: 1e-5)
    }
  }

  @Test func seedsOfTheirOwnDecideAlone() throws {
    let seeded = Initializer.glorotUniform.seeded(7)
    #expect(try Self.values(seeded, [3, 4], seed: 1, "a") == Self.values(seeded, [3, 4], seed: 2, "b"))
    #expect(try Self.values(seeded, [3, 4]) != Self.values(.glorotUniform.seeded(8), [3, 4]))
    #expect(try Self.values(.glorotUniform, [3, 4], seed: 1) != Self.values(.glorotUniform, [3, 4], seed: 2))
  }

  @Test func misfitsAreNamed() {
    #expect(
      message { _ = try Self.values(.identity(), [3]) }
        == "Initializer: expected a matrix for .identity, but the shape is [3].")
    #expect(
      message { _ = try Self.values(.stft(), [3, 1]) }
        == "STFT: expected a kernel [frame, channels, frequencies], but the shape is [3, 1].")
    #expect(
      message { _ = try Self.values(.varianceScaling(scale: 0), [3]) }
        == "Initializer: expected a positive scale, but it is 0.0.")
    #expect(
      message { _ = try Model(Conv1D(2, kernelSize: 2, kernelRegularizer: .orthogonal()), inputShape: [4, 2]) }
        == "nothing was thrown")
  }
}
