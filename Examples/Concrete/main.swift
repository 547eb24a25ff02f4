// Regression: the strength of concrete from 8 numbers by a network of 8-5-5-1 units, Adam and mean squared error.
import Cajal
import CajalData
import Foundation

let isQuick = ProcessInfo.processInfo.environment["CAJAL_EXAMPLE_QUICK"] != nil
guard DataSets.concrete.isPresent() else {
  print("Skipped: the data is not here. Get it with 'cajal data get concrete'.")
  exit(0)
}
let data = try DataSets.concrete.load()
// The scale of each feature is learned from the training part alone.
let scale = try data.train.standardization()
let (train, test) = (try data.train.normalized(scale), try data.test.normalized(scale))

let model = try Model(
  Sequential {
    Dense(5, activation: .relu)
    Dense(5, activation: .relu)
    Dense(1)
  }, inputShape: [8])
model.compile(optimizer: .adam(learningRate: 0.01), loss: .meanSquaredError, metrics: [.meanAbsoluteError])
let history = try model.fit(train.shuffle(), epochs: isQuick ? 20 : 200, batchSize: 16, verbose: .silent)
for epoch in stride(from: 0, to: history.epochs.count, by: max(1, history.epochs.count / 10)) {
  print("epoch \(epoch + 1): \(history.epochs[epoch].logs)")
}
print("held out: \(try model.evaluate(test)) (MPa)")
let some = try test.take(5).tensors()
print("predicted:", try model.predict(some.inputs[0]).floats, "true:", some.targets[0].floats)
