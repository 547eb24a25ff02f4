import Cajal
import CajalData
import CajalTerminal

extension Study {
  /// Digits under three kinds of noise, cleaned by convolutional autoencoders that have seen that noise.
  static let denoising = Study(
    name: "denoising", summary: "digits under noise, cleaned by a convolutional autoencoder",
    goal: "6 dB more at a noise of 0.5", dataSet: DataSets.mnist, epochs: 3
  ) { run in
    let ((train, _), (test, _)) = try run.data.inMemory()
    var random = RandomSource(seed: 2000 + run.seed)
    let uniform = random.uniform(test.shape)
    let kept = random.bernoulli(test.shape, probability: 0.5)
    let kinds: [(name: String, corruption: Autoencoder.Corruption, noisy: Tensor)] = [
      ("normal, 0.5", .gaussian(0.5), test + random.normal(test.shape, deviation: 0.5)),
      ("masking, half", .masking(0.5), test * kept),
      (
        "salt and pepper, 0.3", .saltAndPepper(0.3),
        (uniform .>= 0.85).select(test.filled(1), (uniform .< 0.15).select(test.filled(0), test))
      ),
    ]
    var table = CajalTerminal.Table([
      "Noise", "Noisy, dB", "3 x 3 mean, dB", "3 x 3 median, dB", "Autoencoder, dB", "Gain, dB",
    ])
    var rows: [Tensor] = [test.first(10)]
    for (index, kind) in kinds.enumerated() where !Interruption.isRequested {
      let network = try cleaner(kind.corruption, seed: run.seed)
      try run.fit(network, train, name: "Denoising \(kind.name)")
      if index == 0 { try run.save(network) }
      // A picture shows 0 to 1, so noise beyond is cut before it is measured; the network sees it as it is.
      let cut = kind.noisy.clipped(0, 1)
      let clean = try network.reconstruct(kind.noisy)
      let decibels = try [cut, mean(cut), median(cut), clean].map { Judging.psnr(Judging.meanSquaredError(test, $0)) }
      let gain = decibels[3] - decibels[0]
      table.addRow(
        [.text(kind.name)] + decibels.map { .number($0, digits: 2) } + [.number(gain, digits: 2, style: .bold)])
      let name = ["gaussian", "masking", "salt_and_pepper"][index]
      for (what, value) in zip(["noisy", "mean", "median", "autoencoder"], decibels) {
        run.keep("\(name)_\(what)", value)
      }
      run.keep("\(name)_gain", gain)
      rows += [cut.first(10), clean.first(10)]
    }
    run.show(table)
    run.note("\nThe gain is over the noisy picture.")
    try run.grid("denoised.png", "clean digits, then for each noise the noisy and the cleaned ones", rows)
  }

  private static func cleaner(_ corruption: Autoencoder.Corruption, seed: Int) throws -> Autoencoder {
    try Autoencoder(
      inputShape: [28, 28, 1], reconstruction: .binaryCrossentropy, corruption: corruption.layer, seed: seed
    ) {
      Conv2D(32, kernelSize: 3, strides: 2, padding: .same, activation: .relu)
      Conv2D(64, kernelSize: 3, strides: 2, padding: .same, activation: .relu)
    } decoder: {
      Conv2DTranspose(32, kernelSize: 3, strides: 2, padding: .same, activation: .relu)
      Conv2DTranspose(1, kernelSize: 3, strides: 2, padding: .same, activation: .sigmoid)
    }
  }

  private static func mean(_ x: Tensor) throws -> Tensor {
    try Model(AveragePooling2D(poolSize: 3, strides: 1, padding: .same), inputShape: [28, 28, 1])
      .predict(x, batchSize: 500)
  }

  /// The middle of the nine pixels around each, with zeros around the picture.
  private static func median(_ x: Tensor) throws -> Tensor {
    let parts = stride(from: 0, to: x.shape[0], by: 500).map { start -> Tensor in
      let part = x.slice(axis: 0, start..<min(start + 500, x.shape[0]))
        .padded([(0, 0), (1, 1), (1, 1), (0, 0)])
      let around = (0..<9).map { part.slice(axis: 1, $0 / 3..<$0 / 3 + 28).slice(axis: 2, $0 % 3..<$0 % 3 + 28) }
      let middle = Tensor.stack(around, axis: 4).sorted().values.slice(axis: 4, 4..<5).squeezed(axes: [4])
      _ = middle.storage
      return middle
    }
    return Tensor.concatenate(parts)
  }
}
