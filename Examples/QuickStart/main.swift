// A convolutional network on handwritten digits that come with the library: describe, compile, fit, evaluate.
import Cajal
import CajalData

let digits = try DataSets.digits.load()
let model = try Model(
  Sequential {
    Conv2D(32, kernelSize: 3, activation: .relu)
    MaxPooling2D(poolSize: 2)
    Flatten()
    Dense(10, activation: .softmax)
  }, inputShape: [8, 8, 1])
model.compile(optimizer: .adam(learningRate: 0.005), loss: .sparseCategoricalCrossentropy, metrics: [.accuracy])
try model.fit(digits.train.shuffle(), epochs: 10)
print("held out:", try model.evaluate(digits.test))
