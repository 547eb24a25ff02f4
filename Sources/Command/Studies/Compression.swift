import Cajal
import CajalData
import CajalFigures
import CajalTerminal

extension Study {
  /// Pictures of clothes as a few bits: how much is lost at which size.
  static let compression = Study(
    name: "compression", summary: "clothes as a few bits per pixel, against quantized principal components",
    goal: "more decibels than PCA at equal bits", dataSet: DataSets.fashion, epochs: 8
  ) { run in
    let ((train, _), (test, _)) = try run.data.inMemory()
    let (x, held) = (train.asRows, test.asRows)
    let network = try digitCoder(32, seed: run.seed)
    try run.fit(network, x, name: "Autoencoder of 32")
    try run.save(network)
    let pca = try PrincipalComponents(of: x, count: 32, seed: run.seed)

    let codes = (try network.encode(x), try network.encode(held))
    let linear = (try pca.encode(x), try pca.encode(held))
    var (own, other): ([Double], [Double]) = ([], [])
    let depths = Array(2...8)
    var table = CajalTerminal.Table(["Bits of a number", "Bits per pixel", "PCA, dB", "Autoencoder, dB"])
    for bits in depths {
      let seen = quantized(codes.1, by: codes.0, bits: bits)
      own.append(Judging.psnr(Judging.meanSquaredError(held, try network.decode(seen))))
      let straight = quantized(linear.1, by: linear.0, bits: bits)
      other.append(Judging.psnr(Judging.meanSquaredError(held, try pca.decode(straight))))
      table.addRow([
        .integer(bits), .number(rate(bits), digits: 3), .number(other[other.count - 1], digits: 2),
        .number(own[own.count - 1], digits: 2, style: .bold),
      ])
      run.keep("psnr_\(bits)_bits", own[own.count - 1])
      run.keep("pca_psnr_\(bits)_bits", other[other.count - 1])
    }
    let whole = (
      Judging.psnr(Judging.meanSquaredError(held, try pca.decode(linear.1))),
      Judging.psnr(Judging.meanSquaredError(held, try network.decode(codes.1)))
    )
    table.addFooter([.text("unquantized"), .empty, .number(whole.0, digits: 2), .number(whole.1, digits: 2)])
    run.show(table)
    let png = try losslessBits(held.first(500))
    run.note(
      "\nWithout loss: 8 bits per pixel as they are, \(Format.fixed(png, digits: 2)) as PNG files of one picture each.")
    run.keep("png_bits_per_pixel", png)

    let shown = held.first(12)
    let small = (
      quantized(codes.1.first(12), by: codes.0, bits: 4), quantized(linear.1.first(12), by: linear.0, bits: 4)
    )
    try run.grid(
      "pictures.png", "as they are; by PCA and by the network at 4 bits a number, 0.16 bits per pixel",
      [shown, pca.decode(small.1), network.decode(small.0)])
    try run.picture("rates.png", "decibels over bits per pixel") { path in
      try LineChart(
        title: "Held-out clothes",
        series: [
          Series("autoencoder", x: depths.map(rate), y: own), Series("PCA", x: depths.map(rate), y: other),
        ], xLabel: "bits per pixel", yLabel: "PSNR, dB"
      ).write(to: path)
    }
  }

  private static func rate(_ bits: Int) -> Double { Double(32 * bits) / 784 }

  /// Numbers in 2^bits steps between the lowest and the highest of the training data, each unit for itself.
  private static func quantized(_ codes: Tensor, by train: Tensor, bits: Int) -> Tensor {
    let (low, high) = (train.min(axes: [0]), train.max(axes: [0]))
    let steps = Double(1 << bits - 1)
    let step = (high - low) / steps
    let level = ((codes - low) / (step + 1e-12)).rounded().clipped(0, steps)
    return low + level * step
  }

  /// Mean size of pictures as PNG files.
  private static func losslessBits(_ pictures: Tensor) throws -> Double {
    let values = pictures.floats
    let bytes = try (0..<pictures.shape[0]).reduce(0) { sum, index in
      let image = try PixelImage(
        width: 28, height: 28, values: Array(values[(index * 784)..<((index + 1) * 784)]), range: 0...1)
      return try sum + image.pngEncoded().count
    }
    return Double(bytes * 8) / Double(pictures.count)
  }
}
