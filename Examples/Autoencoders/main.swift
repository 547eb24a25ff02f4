// Digits through a narrow code: against principal components, without noise, and drawn from nothing.
import Cajal
import CajalData
import CajalFigures
import Foundation

let isQuick = ProcessInfo.processInfo.environment["CAJAL_EXAMPLE_QUICK"] != nil
let epochs = isQuick ? 5 : 100
let digits = try DataSets.digits.load()  // 8 x 8 pixels in 0 … 1
let x = try digits.train.tensors().inputs[0].reshaped([digits.train.count, 64])
let held = try digits.test.tensors().inputs[0].reshaped([digits.test.count, 64])

// Eight numbers for a digit: the network against the best linear code of that size.
let network = try Autoencoder(inputShape: [64], seed: 1) {
  Dense(64, activation: .relu)
  Dense(8)
} decoder: {
  Dense(64, activation: .relu)
  Dense(64, activation: .sigmoid)
}
network.compile(optimizer: .adam(learningRate: 0.003))
try network.fit(x, epochs: epochs, batchSize: 32, verbose: .silent)
let pca = try PrincipalComponents(of: x, count: 8)
let linear = try (pca.reconstruct(held) - held).squared().mean().item
print("squared error from 8 numbers: PCA \(Float(linear)), autoencoder \(Float(try network.scores(held).mean().item))")

// The same digits under noise; the network has seen only noise of that kind, and the clean digits as answers.
let cleaner = try Autoencoder.denoising(
  [64], corruption: .gaussian(0.3), hidden: [128], code: 32, reconstruction: .binaryCrossentropy, seed: 1)
cleaner.compile(optimizer: .adam(learningRate: 0.003))
try cleaner.fit(x, epochs: epochs, batchSize: 32, verbose: .silent)
var random = RandomSource(seed: 7)
let noisy = held + random.normal(held.shape, deviation: 0.3)
let clean = try cleaner.reconstruct(noisy)
func decibels(_ y: Tensor) -> Double { -10 * log10((y - held).squared().mean().item) }
print("noisy \(Float(decibels(noisy.clipped(0, 1)))) dB, cleaned \(Float(decibels(clean))) dB")

// A code that is drawn: the likelihood of digits it has not seen, and digits that nobody wrote.
let drawn = try Autoencoder.variational([64], hidden: [128], latent: 8, seed: 1)
drawn.compile(optimizer: .adam(learningRate: 0.002))
try drawn.fit(x, epochs: epochs, batchSize: 32, verbose: .silent)
let bound = try drawn.evidenceLowerBound(held, draws: 10).mean().item
let likelihood = try drawn.logLikelihood(held, draws: 100).mean().item
print("lower bound \(Float(bound)) nats, by 100 importance-weighted draws \(Float(likelihood))")

let rows = [
  held.slice(axis: 0, 0..<10), try network.reconstruct(held).slice(axis: 0, 0..<10),
  noisy.slice(axis: 0, 0..<10), clean.slice(axis: 0, 0..<10), try drawn.samples(10, seed: 3),
]
let images = try rows.flatMap { row in
  try (0..<10).map { index in
    let pixels = row.slice(axis: 0, index..<index + 1).floats
    return try PixelImage(width: 8, height: 8, values: pixels, range: 0...1, isInverted: true)
  }
}
try ImageGrid(images, columns: 10, scale: 6).write(to: "autoencoders.png")
print("autoencoders.png: digits, from 8 numbers, noisy, cleaned, drawn")
