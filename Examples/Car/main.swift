// Classification of a table: six categories as one-hot features, two small dense layers, four classes by softmax.
import Cajal
import CajalData
import Foundation

let isQuick = ProcessInfo.processInfo.environment["CAJAL_EXAMPLE_QUICK"] != nil
guard DataSets.car.isPresent() else {
  print("Skipped: the data is not here. Get it with 'cajal data get car'.")
  exit(0)
}
let data = try DataSets.car.load()
let classes = data.classNames ?? []
print("features: \(data.encoder?.featureNames.joined(separator: ", ") ?? "")")

let model = try Model(
  Sequential {
    Dense(5, activation: .relu)
    Dense(5, activation: .relu)
    Dense(classes.count, activation: .softmax)
  }, inputShape: data.train.inputs[0].shape)
model.compile(optimizer: .adam(learningRate: 0.01), loss: .categoricalCrossentropy, metrics: [.accuracy])
let train = try data.train.oneHot(classes: classes.count)
try model.fit(train.shuffle(), epochs: isQuick ? 5 : 60, batchSize: 16, verbose: .silent)

let test = try data.test.tensors()
let answers = try model.predict(test.inputs[0]).argMax().scalars(as: Int32.self).map { Int($0) }
let truths = test.targets[0].scalars(as: Int32.self).map { Int($0) }
print(ClassificationReport(try ConfusionMatrix(targets: truths, answers: answers, classes: classes)))
