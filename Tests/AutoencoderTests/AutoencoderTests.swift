import Cajal
import CajalData
import Foundation
import Testing

/// What all kinds have in common: one set of weights, training, codes, scores, files, refusals.
@Suite struct AutoencoderTests {
  static let kinds: [(name: String, make: @Sendable () throws -> Autoencoder)] = [
    ("vanilla", { try .dense([12], hidden: [8], code: 12, seed: 1) }),
    ("undercomplete", { try .undercomplete([12], hidden: [8], code: 3, seed: 1) }),
    ("overcomplete", { try .overcomplete([12], code: 20, corruption: MaskingNoise(0.2), seed: 1) }),
    ("sparse", { try .sparse([12], code: 16, sparsity: .l1(1e-3), reconstruction: .binaryCrossentropy, seed: 1) }),
    ("rate", { try .sparse([12], hidden: [8], code: 16, sparsity: .target(rate: 0.1, weight: 0.1), seed: 1) }),
    ("gaussian", { try .denoising([12], corruption: .gaussian(0.2), hidden: [16], code: 8, seed: 1) }),
    ("masking", { try .denoising([12], corruption: .masking(0.2), code: 8, seed: 1) }),
    ("salt", { try .denoising([12], corruption: .saltAndPepper(0.2), code: 8, seed: 1) }),
    ("contractive", { try .contractive([12], code: 6, weight: 1e-3, seed: 1) }),
    ("deep contractive", { try .contractive([12], hidden: [8], code: 4, weight: 1e-3, seed: 1) }),
    ("variational", { try .variational([12], hidden: [16], latent: 3, seed: 1) }),
    (
      "gaussian decoder",
      {
        try .variational([12], hidden: [16], latent: 3, reconstruction: .gaussian(deviation: 0.3), seed: 1)
      }
    ),
  ]

  /// Rows that a few numbers explain.
  private static let rows: Tensor = {
    let value = Numbers.normal([192, 3]).matmul(Numbers.normal([3, 12], seed: 8)).sigmoid()
    _ = value.storage
    return value
  }()

  @Test(arguments: kinds.map(\.name))
  func everyKindTrainsAndIsOneSetOfWeights(_ name: String) throws {
    let network = try #require(Self.kinds.first { $0.name == name }).make()
    network.compile(optimizer: .adam(learningRate: 0.01))
    let before = try network.scores(Self.rows).mean().item
    let history = try network.fit(Self.rows, epochs: 25, batchSize: 32, verbose: .silent)
    #expect(history["loss"].count == 25)
    #expect(try network.scores(Self.rows).mean().item < before - 0.002)
    let codes = try network.encode(Self.rows)
    #expect(codes.shape[0] == 192)
    #expect(largestDifference(try network.decode(codes), try network.reconstruct(Self.rows)) < 1e-5)
    #expect(try network.scores(Self.rows, batchSize: 50).shape == [192])
  }

  @Test func picturesKeepTheirShape() throws {
    let x = Numbers.uniform([20, 8, 8, 2])
    for code in [nil, 5] as [Int?] {
      let network = try Autoencoder.convolutional([8, 8, 2], filters: [4, 6], code: code, seed: 1)
      let history = try network.fit(x, epochs: 5, batchSize: 8, validationData: x, verbose: .silent)
      #expect(history["val_loss"].count == 5)
      #expect(try network.reconstruct(x).shape == x.shape)
      #expect(try network.encode(x).shape == (code == nil ? [20, 2, 2, 6] : [20, 5]))
      #expect(try network.scores(x).shape == [20])
    }
    let dense = try Autoencoder.variational([8, 8, 2], hidden: [16], latent: 3, seed: 1)
    try dense.fit(x, epochs: 1, verbose: .silent)
    #expect(try dense.reconstruct(x).shape == x.shape && dense.evidenceLowerBound(x).shape == [20])
  }

  @Test func scoresAreLossesOfSamples() throws {
    let network = try Autoencoder.undercomplete([12], code: 2, seed: 1)
    let errors = (try network.reconstruct(Self.rows) - Self.rows).squared().mean(axes: [1])
    #expect(largestDifference(try network.scores(Self.rows, batchSize: 60), errors) < 1e-6)
    let yes = try Autoencoder.undercomplete([12], code: 2, reconstruction: .bernoulli, seed: 1)
    let y = try yes.reconstruct(Self.rows)
    let expected = -(Self.rows * y.log() + (1 - Self.rows) * (1 - y).log()).sum(axes: [1])
    #expect(largestDifference(try yes.scores(Self.rows), expected) < 1e-4)
    let normal = try Autoencoder.undercomplete([12], code: 2, reconstruction: .gaussian(deviation: 0.5), seed: 1)
    let squares = (try normal.reconstruct(Self.rows) - Self.rows).squared().sum(axes: [1])
    let constant = 12 * (log(0.5) + 0.5 * log(2 * Double.pi))
    #expect(largestDifference(try normal.scores(Self.rows), squares * 2 + constant) < 1e-4)
  }

  @Test func aDatasetTrainsLikeTensors() throws {
    func trained(_ fit: (Autoencoder) throws -> History) throws -> [Double] {
      let network = try Autoencoder.undercomplete([12], code: 4, seed: 5)
      return try fit(network)["loss"]
    }
    let labels = Tensor((0..<192).map { Int32($0) }, shape: [192])
    let data = try Dataset(inputs: Self.rows, targets: labels)
    let tensors = try trained { try $0.fit(Self.rows, epochs: 3, batchSize: 32, shuffle: false, verbose: .silent) }
    let dataset = try trained { try $0.fit(data, epochs: 3, batchSize: 32, verbose: .silent) }
    #expect(tensors == dataset)
  }

  @Test func aPretrainedEncoderIsACopy() throws {
    let network = try Autoencoder.denoising([12], corruption: .gaussian(0.1), hidden: [16], code: 6, seed: 1)
    try network.fit(Self.rows, epochs: 3, verbose: .silent)
    let codes = try network.encode(Self.rows)
    let copy = try network.pretrainedEncoder()
    #expect(largestDifference(try copy.predict(Self.rows), codes) < 1e-6)
    let head = Dense(2, activation: .softmax)
    let classifier = try Model(inputs: copy.inputTypes) { [head(copy($0[0]))] }
    classifier.compile(optimizer: .adam(learningRate: 0.05), loss: .sparseCategoricalCrossentropy)
    try classifier.fit(
      Self.rows, Tensor((0..<192).map { Int32($0 % 2) }, shape: [192]), epochs: 1, verbose: .silent)
    #expect(largestDifference(try network.encode(Self.rows), codes) == 0)
  }

  @Test func filesKeepIt() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for (name, make) in Self.kinds {
      let network = try make()
      try network.fit(Self.rows, epochs: 1, verbose: .silent)
      try network.model.save(to: folder + "/")
      let again = try Autoencoder(Model.load(from: folder), reconstruction: network.reconstruction)
      #expect(try again.encode(Self.rows).floats == network.encode(Self.rows).floats, "\(name)")
      #expect(try again.scores(Self.rows).floats == network.scores(Self.rows).floats, "\(name)")
      #expect((again.posterior == nil) == (network.posterior == nil))
      try again.fit(Self.rows, epochs: 1, verbose: .silent)
    }
  }

  @Test func interpolationEndsAtBothCodes() throws {
    let network = try Autoencoder.undercomplete([12], code: 3, seed: 1)
    let codes = try network.encode(Self.rows.slice(axis: 0, 0..<2))
    let (first, last) = (codes.slice(axis: 0, 0..<1), codes.slice(axis: 0, 1..<2))
    let between = try network.interpolate(first, last, count: 5)
    #expect(between.shape == [5, 12])
    let ends = try network.decode(codes)
    #expect(largestDifference(between.slice(axis: 0, 0..<1), ends.slice(axis: 0, 0..<1)) < 1e-6)
    #expect(largestDifference(between.slice(axis: 0, 4..<5), ends.slice(axis: 0, 1..<2)) < 1e-6)
    #expect(throws: CajalError.self) { try network.interpolate(first, last, count: 1) }
    #expect(throws: CajalError.self) { try network.interpolate(codes, codes, count: 3) }
  }

  @Test func badInputIsRefused() throws {
    let network = try Autoencoder.undercomplete([12], code: 3, reconstruction: .bernoulli)
    func error(_ work: () throws -> Void) -> CajalError? {
      do { try work() } catch { return error as? CajalError }
      return nil
    }
    let wide = error { try network.fit(Self.rows * 3, verbose: .silent) }
    #expect(wide?.kind == .value && wide?.expected.contains("0 … 1") == true)
    #expect(error { _ = try network.scores(Self.rows - 1) }?.kind == .value)
    let data = try Dataset(inputs: Self.rows - 0.5)
    #expect(error { try network.fit(data, verbose: .silent) }?.kind == .value)
    #expect(error { try network.fit(Tensor.zeros([0, 12]), verbose: .silent) }?.kind == .value)
    #expect(error { _ = try network.scores(Tensor.zeros([0, 12])) }?.kind == .value)
    #expect(error { try network.fit(Numbers.uniform([4, 11]), verbose: .silent) }?.kind == .shape)
    #expect(error { _ = try network.encode(Numbers.uniform([4, 11])) }?.kind == .shape)
    #expect(error { _ = try network.scores(Numbers.uniform([4, 11])) }?.kind == .shape)
    let holed = Self.rows.floats.enumerated().map { $0 == 40 ? Float.nan : $1 }
    #expect(error { try network.fit(Tensor(holed, shape: Self.rows.shape), verbose: .silent) }?.kind == .value)
    #expect(error { _ = try Autoencoder.undercomplete([12], code: 12) }?.kind == .argument)
    #expect(
      error { _ = try Autoencoder.overcomplete([12], code: 11, corruption: MaskingNoise(0.1)) }?.kind == .argument)
    #expect(error { _ = try Autoencoder.overcomplete([12], code: 20) }?.advice.contains("copies") == true)
    #expect(error { _ = try Autoencoder.convolutional([9, 9, 1]) }?.kind == .shape)
    #expect(error { _ = try Autoencoder.denoising([12], corruption: .masking(1.5), code: 4) }?.kind == .argument)
    #expect(
      error { _ = try Autoencoder.sparse([12], code: 4, sparsity: .target(rate: 0, weight: 1)) }?.kind == .argument)
    #expect(
      error { _ = try Autoencoder.sparse([12], code: 4, sparsity: .target(rate: 0.1, weight: -1)) }?.kind == .argument)
    #expect(error { _ = try Autoencoder.sparse([12], code: 4, sparsity: .l1(-1)) }?.kind == .argument)
    let narrow = error {
      _ = try Autoencoder(inputShape: [12]) {
        Dense(3)
      } decoder: {
        Dense(11)
      }
    }
    #expect(narrow?.kind == .shape)
    let model = try Model(Dense(12), inputShape: [12])
    #expect(error { _ = try Autoencoder(model, reconstruction: .meanSquaredError) }?.kind == .argument)
    let deviation = try Autoencoder.undercomplete([12], code: 3, reconstruction: .gaussian(deviation: 0))
    #expect(error { try deviation.fit(Self.rows, verbose: .silent) }?.kind == .argument)
  }
}
