// What a code that is drawn from a distribution allows: bounds of the likelihood, and new samples.
import Foundation

extension Autoencoder {
  /// The evidence lower bound of each sample: E_q[ln p(x | z)] - KL(q(z | x) ‖ p(z)), the expectation by drawing.
  ///
  /// Shapes: x [count, …] → [count]. Unit: nats. The larger the better; below ln p(x).
  /// - Parameters:
  ///   - draws: Codes for each sample; done in rounds of at most 50.
  ///   - seed: Fixes the draws.
  /// Errors: `.unsupported` unless the encoder ends with a ``GaussianLatent`` and the reconstruction is a likelihood.
  public func evidenceLowerBound(_ x: Tensor, draws: Int = 1, batchSize: Int = 128, seed: Int = 0) throws -> Tensor {
    let (step, rounds, _) = try drawing(x, draws, seed, "evidenceLowerBound") { loss, _, code in
      [-loss.mean(axes: [1]) - GaussianLatent.divergence(mean: code[0], logVariance: code[1])]
    }
    var sum = Tensor.zeros([x.shape[0]])
    for _ in 0..<rounds {
      sum = sum + (try step.inBatches(x, batchSize))
      _ = sum.storage
    }
    return sum / Double(rounds)
  }

  /// The importance-weighted estimate of ln p(x): ln 1/k Σᵢ p(x | zᵢ) p(zᵢ) / q(zᵢ | x) with zᵢ from the posterior.
  ///
  /// With k = 1 it is the lower bound, and it rises to ln p(x) as k grows.
  /// Shapes: x [count, …] → [count]. Unit: nats.
  /// - Parameters:
  ///   - draws: Codes for each sample, k; done in rounds of at most 50.
  ///   - seed: Fixes the draws.
  /// Errors: as ``evidenceLowerBound(_:draws:batchSize:seed:)``.
  /// Source: Burda, Grosse and Salakhutdinov, "Importance weighted autoencoders", 2016.
  public func logLikelihood(_ x: Tensor, draws: Int = 100, batchSize: Int = 32, seed: Int = 0) throws -> Tensor {
    let (step, rounds, copies) = try drawing(x, draws, seed, "logLikelihood") { loss, ratio, _ in
      [(ratio - loss).logSumExp(axes: [1])]
    }
    var sums = [Double](repeating: -.infinity, count: x.shape[0])
    for _ in 0..<rounds {
      let round = try step.inBatches(x, batchSize).scalars(as: Float.self)
      for (index, value) in round.enumerated() {
        let (high, low) = (max(sums[index], Double(value)), min(sums[index], Double(value)))
        sums[index] = low == -.infinity ? high : high + log1p(exp(low - high))
      }
    }
    let count = log(Double(rounds * copies))
    return Tensor(sums.map { Float($0 - count) })
  }

  /// A step that draws codes for samples, each of them several times.
  ///
  /// - Parameter result: From -ln p(x | z) and ln p(z) - ln q(z | x), both [batch, copies], and the posterior.
  /// Returns the step, how often it is to run, and how many codes of a sample one run draws.
  private func drawing(
    _ x: Tensor, _ draws: Int, _ seed: Int, _ subject: String,
    _ result: @escaping @Sendable (_ loss: Tensor, _ ratio: Tensor, _ posterior: [Tensor]) -> [Tensor]
  ) throws -> (step: CompiledStep, rounds: Int, copies: Int) {
    let posterior = try demandVariational(subject)
    try demand(x, draws, subject)
    let rounds = (draws + 49) / 50
    let copies = (draws + rounds - 1) / rounds
    let loss = reconstruction.loss
    let step = CompiledStep(seed: seed) { [decoder] step in
      let given = step.inputs[0]
      let batch = given.shape[0]
      let code = posterior([given], training: false)
      func repeated(_ tensor: Tensor) -> Tensor {
        let sizes = Array(tensor.shape.dimensions.dropFirst())
        return tensor.reshaped(Shape([batch, 1] + sizes)).broadcast(to: Shape([batch, copies] + sizes))
          .reshaped(Shape([batch * copies] + sizes))
      }
      let (mean, logVariance) = (repeated(code[0]), repeated(code[1]))
      let noise = step.normal(mean.shape)
      let z = GaussianLatent.draw(mean: mean, logVariance: logVariance, noise: noise)
      let losses = try loss(target: repeated(given), prediction: decoder(z, training: false))
      // ln p(z) - ln q(z | x); the constants are the same in both.
      let ratio = 0.5 * (noise.squared() + logVariance - z.squared()).sum(axes: [1])
      return result(losses.reshaped([batch, copies]), ratio.reshaped([batch, copies]), code)
    }
    return (step, rounds, copies)
  }

  /// New samples: what the decoder makes of codes drawn from N(0, 1).
  ///
  /// Shapes: → [count, …].
  /// Errors: `.unsupported` unless the encoder ends with a ``GaussianLatent``.
  public func samples(_ count: Int, seed: Int = 0) throws -> Tensor {
    let posterior = try demandVariational("samples", needsLikelihood: false)
    guard count > 0 else {
      throw CajalError(.argument, "samples", expected: "a count of at least 1", given: "it is \(count)")
    }
    var random = RandomSource(seed: seed)
    return try decode(random.normal(Shape([count] + posterior.outputTypes[0].shape.dimensions)))
  }

  private func demand(_ x: Tensor, _ draws: Int, _ subject: String) throws {
    guard draws > 0 else {
      throw CajalError(.argument, subject, expected: "at least 1 draw", given: "it is \(draws)")
    }
    guard x.rank > 0, x.shape[0] > 0 else {
      throw CajalError(.value, subject, expected: "at least one sample", given: "the shape is \(x.shape)")
    }
    try reconstruction.demandValues(of: x, subject)
  }

  private func demandVariational(_ subject: String, needsLikelihood: Bool = true) throws -> Model {
    guard let posterior else {
      throw CajalError(
        .unsupported, subject, expected: "an encoder that ends with GaussianLatent", given: "it does not",
        advice: "Use Autoencoder.variational(…), or put GaussianLatent(units) at the encoder's end.")
    }
    switch reconstruction {
    case .bernoulli, .gaussian: return posterior
    case .meanSquaredError, .binaryCrossentropy, .observed:
      guard needsLikelihood else { return posterior }
      throw CajalError(
        .unsupported, subject, expected: "a reconstruction that is a likelihood", given: "it is \(reconstruction)",
        advice: "Use .bernoulli or .gaussian(deviation:).")
    }
  }
}
