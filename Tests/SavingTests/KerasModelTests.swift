import Foundation
import Synchronization
import Testing

@testable import Cajal
@testable import CajalData

/// The whole models that Tests/Conformance/keras_models.py has made: read, computed, written, read again.
///
/// `make conformance` makes them, sets CAJAL_KERAS_WHOLE to their folder, and reads what is written here in Keras.
@Suite(.serialized) struct KerasModelTests {
  static let folder = ProcessInfo.processInfo.environment["CAJAL_KERAS_WHOLE"]
  static let names = [
    "VGG16", "VGG19", "ResNet50", "ResNet101", "ResNet152", "InceptionV3", "MobileNet", "MobileNetV2",
    "EfficientNetB0", "DenseNet121", "Xception", "NASNetMobile",
  ]

  /// The largest deviations of the models so far.
  private static let deviations = Mutex<[Double]>([])

  private func deviation(_ model: Model, _ samples: [String: Tensor]) throws -> Double {
    let (input, wanted) = (try #require(samples["input_0"]), try #require(samples["output_0"]))
    let output = try #require(try model.predict([input]).first)
    #expect(output.shape == wanted.shape)
    return KerasFileTests.distance(output.scalars(), (wanted.scalars() as [Float]).map(Double.init))
  }

  @Test(
    .enabled(if: folder != nil, "CAJAL_KERAS_WHOLE names no folder: make conformance fills one"), arguments: names)
  func wholeModelsComputeTheSame(name: String) throws {
    let folder = try #require(Self.folder)
    let samples = try NPZ.read("\(folder)/\(name).npz")
    let model = try Model.load(from: "\(folder)/\(name).keras")
    #expect(model.notes.isEmpty, "\(model.notes)")
    let first = try deviation(model, samples)
    try model.save(to: "\(folder)/back-\(name).keras")
    let second = try deviation(Model.load(from: "\(folder)/back-\(name).keras"), samples)
    let text = String(format: "deviation %.2g, written and read again %.2g", first, second)
    print("\(name): \(model.parameterCount) numbers, \(text)")
    #expect(max(first, second) <= 1e-4, "\(text)")
    let all = Self.deviations.withLock { known in
      known.append(max(first, second))
      return known
    }
    if all.count == Self.names.count {
      print(String(format: "Keras to Cajal: %d whole models, outputs within %.2g", all.count, all.max() ?? 1))
    }
    guard name == "ResNet50" else { return }
    // Cut at its last features, inside another model: for Keras to read, too.
    let base = try model.intermediate("avg_pool")
    let head = try Model(inputs: model.inputTypes) { [Dense(3, activation: .softmax, name: "head")(base($0[0]))] }
    try head.save(to: "\(folder)/cut-\(name).keras")
  }
}
