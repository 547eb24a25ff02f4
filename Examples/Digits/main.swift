// Handwritten digits with dropout and early stopping; then the confusion matrix of the held-out ones.
import Cajal
import CajalData
import CajalTerminal
import Foundation

let isQuick = ProcessInfo.processInfo.environment["CAJAL_EXAMPLE_QUICK"] != nil
let digits = try DataSets.digits.load()
let (train, validation) = try digits.train.split(0.9, stratified: true)

let model = try Model(
  Sequential {
    Conv2D(32, kernelSize: 3, activation: .relu)
    Conv2D(64, kernelSize: 3, activation: .relu)
    MaxPooling2D(poolSize: 2)
    Dropout(0.25)
    Flatten()
    Dense(128, activation: .relu)
    Dropout(0.5)
    Dense(10, activation: .softmax)
  }, inputShape: [8, 8, 1], seed: 1)
print(model.summary())
model.compile(optimizer: .adam(learningRate: 0.002), loss: .sparseCategoricalCrossentropy, metrics: [.accuracy])
try model.fit(
  train.shuffle(), epochs: isQuick ? 3 : 40, validationData: validation,
  callbacks: [EarlyStopping(patience: 6, restoreBestWeights: true)])

let test = try digits.test.tensors()
let answers = try model.predict(test.inputs[0]).argMax().scalars(as: Int32.self)
let truths = test.targets[0].scalars(as: Int32.self)
let matrix = try ConfusionMatrix(targets: truths.map { Int($0) }, answers: answers.map { Int($0) })
print("\nheld out: \(Format.percent(matrix.accuracy)) right")
print(CajalTerminal.Table.confusionMatrix(matrix.counts).rendered())
