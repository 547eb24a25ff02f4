import Cajal
import Foundation
import Testing

/// The variational autoencoder against numerical integration in one dimension.
@Suite struct VariationalTests {
  /// A network with a code of one number, trained a little so that the posterior is not the prior.
  private static func network(_ reconstruction: Reconstruction, _ x: Tensor) throws -> Autoencoder {
    let network = try Autoencoder.variational(
      [6], hidden: [8], latent: 1, activation: .tanh, reconstruction: reconstruction, seed: 3)
    network.compile(optimizer: .adam(learningRate: 0.02))
    try network.fit(x, epochs: 60, batchSize: 32, verbose: .silent)
    return network
  }

  /// Two groups of rows, so that the code has something to say.
  private static let bits: Tensor = {
    let group = Numbers.bits([128, 1], probability: 0.5)
    let flips = Numbers.bits([128, 6], seed: 7, probability: 0.1)
    let value = (group + flips - 2 * group * flips)
    _ = value.storage
    return value
  }()

  private struct Integrals {
    var bound: Double
    var logLikelihood: Double
  }

  /// The bound and ln p(x) of one sample by the trapezoidal rule over z.
  private func integrals(_ network: Autoencoder, _ x: Tensor) throws -> Integrals {
    let step = Numbers.grid[1] - Numbers.grid[0]
    let z = Tensor(Numbers.grid.map { Float($0) }, shape: [Numbers.grid.count, 1])
    let means = try network.decode(z).floats
    let values = x.floats.map(Double.init)
    let posterior = try #require(network.posterior)
    let code = try posterior.predict([x]).map(\.item)
    let (mean, deviation) = (code[0], exp(code[1] / 2))
    func normal(_ z: Double, _ mean: Double, _ deviation: Double) -> Double {
      -0.5 * pow((z - mean) / deviation, 2) - log(deviation) - 0.5 * log(2 * Double.pi)
    }
    var (bound, likelihood): ([Double], [Double]) = ([], [])
    for (index, place) in Numbers.grid.enumerated() {
      let given = (0..<6).reduce(0.0) { sum, pixel in
        let y = Double(means[index * 6 + pixel])
        switch network.reconstruction {
        case .gaussian(let noise): return sum + normal(values[pixel], y, noise)
        default: return sum + values[pixel] * log(y) + (1 - values[pixel]) * log(1 - y)
        }
      }
      let (prior, own) = (normal(place, 0, 1), normal(place, mean, deviation))
      bound.append(exp(own) * (given + prior - own))
      likelihood.append(exp(given + prior))
    }
    return Integrals(
      bound: Numbers.integral(bound, step: step), logLikelihood: log(Numbers.integral(likelihood, step: step)))
  }

  @Test(arguments: [Reconstruction.bernoulli, .gaussian(deviation: 0.5)])
  func boundAndLikelihoodAreTheIntegrals(_ reconstruction: Reconstruction) throws {
    let network = try Self.network(reconstruction, Self.bits)
    for row in [0, 5] {
      let x = Self.bits.slice(axis: 0, row..<row + 1)
      let exact = try integrals(network, x)
      let bound = try network.evidenceLowerBound(x, draws: 4000).item
      let likelihood = try network.logLikelihood(x, draws: 4000).item
      #expect(abs(bound - exact.bound) < 0.05, "\(bound) and \(exact.bound)")
      #expect(abs(likelihood - exact.logLikelihood) < 0.03, "\(likelihood) and \(exact.logLikelihood)")
      #expect(exact.bound < exact.logLikelihood)
    }
    // One draw is the bound in the mean; more draws come closer to the likelihood.
    let many = Tensor.concatenate(Array(repeating: Self.bits.slice(axis: 0, 0..<1), count: 4000))
    let one = try network.logLikelihood(many, draws: 1, batchSize: 500).mean().item
    let ten = try network.logLikelihood(many, draws: 10, batchSize: 500).mean().item
    let exact = try integrals(network, Self.bits.slice(axis: 0, 0..<1))
    #expect(abs(one - exact.bound) < 0.1)
    #expect(one < ten && ten < exact.logLikelihood + 0.02)
  }

  @Test func divergenceIsTheIntegral() {
    for (mean, logVariance) in [(0.0, 0.0), (1.3, -1.0), (-0.4, 0.7)] {
      let deviation = exp(logVariance / 2)
      let terms = Numbers.grid.map { z -> Double in
        let own = -0.5 * pow((z - mean) / deviation, 2) - log(deviation)
        return exp(own) / (2 * Double.pi).squareRoot() * (own + 0.5 * z * z)
      }
      let formula = GaussianLatent.divergence(
        mean: Tensor([[Float(mean)]]), logVariance: Tensor([[Float(logVariance)]]))
      #expect(abs(formula.item - Numbers.integral(terms, step: 0.01)) < 1e-5)
    }
  }

  @Test func theLossOfTrainingIsTheBound() throws {
    let network = try Self.network(.bernoulli, Self.bits)
    network.compile(optimizer: .sgd(learningRate: 0))
    let losses = try network.fit(Self.bits, epochs: 60, batchSize: 64, verbose: .silent)["loss"]
    let bound = try network.evidenceLowerBound(Self.bits, draws: 60).mean().item
    #expect(abs(losses.reduce(0, +) / 60 + bound) < 0.05)
  }

  @Test func betaTradesReconstructionForASimpleCode() throws {
    func divergence(_ beta: Double) throws -> Double {
      let network = try Autoencoder.variational([6], hidden: [8], latent: 2, beta: beta, activation: .tanh, seed: 3)
      network.compile(optimizer: .adam(learningRate: 0.02))
      try network.fit(Self.bits, epochs: 40, batchSize: 32, verbose: .silent)
      let code = try #require(network.posterior).predict([Self.bits])
      return GaussianLatent.divergence(mean: code[0], logVariance: code[1]).mean().item
    }
    let (free, usual, strict) = (try divergence(0), try divergence(1), try divergence(20))
    #expect(free > usual && usual > strict + 0.1)
  }

  @Test func drawsComeFromTheSeed() throws {
    let network = try Autoencoder.variational([6], hidden: [8], latent: 2, seed: 3)
    let first = try network.samples(5, seed: 1)
    #expect(first.shape == [5, 6])
    #expect(first.floats == (try network.samples(5, seed: 1)).floats)
    #expect(first.floats != (try network.samples(5, seed: 2)).floats)
    let x = Self.bits.slice(axis: 0, 0..<7)
    #expect(try network.evidenceLowerBound(x, batchSize: 3).shape == [7])
    #expect(
      try network.logLikelihood(x, draws: 60, seed: 1).floats == network.logLikelihood(x, draws: 60, seed: 1).floats)
  }

  @Test func misuseIsRefused() throws {
    let plain = try Autoencoder.undercomplete([6], code: 2)
    let x = Self.bits.slice(axis: 0, 0..<4)
    #expect(throws: CajalError.self) { try plain.evidenceLowerBound(x) }
    #expect(throws: CajalError.self) { try plain.samples(3) }
    let network = try Autoencoder.variational([6], hidden: [4], latent: 2, reconstruction: .meanSquaredError)
    let error = #expect(throws: CajalError.self) { try network.evidenceLowerBound(x) }
    #expect(error?.advice.contains(".bernoulli") == true)
    let drawn = try Autoencoder.variational([6], hidden: [4], latent: 2)
    #expect(throws: CajalError.self) { try drawn.evidenceLowerBound(x, draws: 0) }
    #expect(throws: CajalError.self) { try drawn.logLikelihood(x * 2) }
    #expect(throws: CajalError.self) { try drawn.logLikelihood(Numbers.uniform([4, 5])) }
    #expect(throws: CajalError.self) { try drawn.samples(0) }
    #expect(throws: CajalError.self) { try Autoencoder.variational([6], latent: 0) }
    #expect(throws: CajalError.self) { try Autoencoder.variational([6], latent: 2, beta: -1) }
  }
}
