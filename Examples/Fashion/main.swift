// Fashion-MNIST's clothes by the same network as for digits, with a learning rate that falls along half a cosine.
import Cajal
import CajalData
import Foundation

let isQuick = ProcessInfo.processInfo.environment["CAJAL_EXAMPLE_QUICK"] != nil
guard DataSets.fashion.isPresent() else {
  print("Skipped: the data is not here. Get it with 'cajal data get fashion'.")
  exit(0)
}
var data = try DataSets.fashion.load()
if isQuick {
  data.train = data.train.take(6400)
  data.test = data.test.take(1000)
}

let model = try Model(
  Sequential {
    Conv2D(32, kernelSize: 5, activation: .relu)
    MaxPooling2D(poolSize: 2)
    Conv2D(64, kernelSize: 5, activation: .relu)
    MaxPooling2D(poolSize: 2)
    Flatten()
    Dense(256, activation: .relu)
    Dropout(0.4)
    Dense(10, activation: .softmax)
  }, inputShape: [28, 28, 1])
let epochs = isQuick ? 1 : 10
let steps = epochs * data.train.count / 64
model.compile(
  optimizer: Adam().following(CosineDecay(initialRate: 0.001, decaySteps: steps, alpha: 0.1)),
  loss: .sparseCategoricalCrossentropy, metrics: [.accuracy])
try model.fit(data.train.shuffle(), epochs: epochs, batchSize: 64)
print("held out:", try model.evaluate(data.test, batchSize: 128))
try model.save(to: "fashion.keras")
print("saved in fashion.keras; 'cajal summary fashion.keras' lists its layers")
