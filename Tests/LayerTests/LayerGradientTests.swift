import Cajal
import Foundation
import Testing

/// Layers against Keras 3: outputs of given inputs and weights, and the gradients of Σ yⱼ cos(1 + j).
@Suite struct LayerGradientTests {
  struct Result: Decodable {
    var shape: [Int]
    var values: [Double]
  }
  struct Given: Decodable {
    var shape: [Int]
    var dtype: String
    var values: [Double]
  }
  struct Weight: Decodable {
    var name: String
    var shape: [Int]
    var values: [Double]
  }
  struct Row: Decodable {
    var name: String
    var training: Bool
    var inputs: [Given]
    var outputs: [Result]
    var weights: [Weight]
    var after: [[Double]]
    var inputGradients: [[Double]]
    var weightGradients: [[Double]]
  }
  typealias Body = @Sendable ([Tensor]) throws -> [Tensor]

  static let sections = [
    "recurrent": recurrentBodies, "masks": maskBodies, "attention": attentionBodies, "others": otherBodies,
    "preprocessing": preprocessingBodies, "images": imageBodies, "sound": soundBodies,
  ]

  /// Where Keras itself is less exact: its transform's single precision, seen through a logarithm.
  static let tolerances = ["mel-spectrogram": 3e-5]

  @Test(arguments: sections.flatMap { section, bodies in bodies.keys.map { [section, $0] } }.sorted { $0[1] < $1[1] })
  func agreesWithKeras(place: [String]) throws {
    let rows = try goldenRows("layers_\(place[0]).json", as: Row.self)
    let row = try #require(rows.first { $0.name == place[1] })
    let tolerance = Self.tolerances[row.name] ?? 1e-5
    let body = try #require(Self.sections[place[0]]?[place[1]])
    let inputs = row.inputs.map { given in
      let shape = Shape(given.shape)
      return given.dtype == "float32"
        ? Tensor(given.values.map(Float.init), shape: shape) : Tensor(given.values.map { Int32($0) }, shape: shape)
    }
    let types = inputs.map { TensorType(Shape(Array($0.shape.dimensions.dropFirst())), $0.dtype) }
    let model = try Model(inputs: types, body)
    #expect(model.variables.map { String($0.name.split(separator: "/").last ?? "") } == row.weights.map(\.name))
    #expect(model.variables.map { $0.type.shape.dimensions } == row.weights.map(\.shape))
    guard model.variables.map({ $0.type.shape.dimensions }) == row.weights.map(\.shape) else { return }
    for (variable, weight) in zip(model.variables, row.weights) {
      try model.setWeight(variable.name, Tensor(weight.values.map(Float.init), shape: variable.type.shape))
    }
    let trained = model.variables.filter { $0.role == .parameter }
    let floating = inputs.indices.filter { inputs[$0].dtype.isFloating }
    let step = CompiledStep { step in
      let outputs = model(step.inputs, training: row.training)
      guard !row.inputGradients.isEmpty || !row.weightGradients.isEmpty else { return outputs }
      let total = outputs.map { y in
        let factors = Tensor((0..<y.count).map { Float(cos(1 + Double($0))) }, shape: y.shape)
        return (y.cast(to: .float32) * factors).sum()
      }
      let sum = total.dropFirst().reduce(total[0]) { $0 + $1 }
      return outputs + gradient(of: sum, with: floating.map { step.inputs[$0] } + trained.map { step[$0] })
    }
    let results = try step.run(inputs)
    let outputs = Array(results.prefix(row.outputs.count))
    #expect(outputs.map(\.shape.dimensions) == row.outputs.map(\.shape))
    for (ours, theirs) in zip(outputs, row.outputs) {
      #expect(agree(ours.cast(to: .float32).floats, theirs.values, tolerance: tolerance), "output \(ours)")
    }
    let gradientNames = floating.map { "input \($0)" } + trained.map(\.name)
    let theirs = row.inputGradients + row.weightGradients
    try #require(results.count == row.outputs.count + theirs.count)
    for (index, expected) in theirs.enumerated() {
      let ours = results[row.outputs.count + index].floats
      #expect(
        agree(ours, expected, tolerance: tolerance), "gradient of \(gradientNames[index]): \(ours) and \(expected)")
    }
    for (variable, after) in zip(model.variables, row.after) {
      let ours = try model.weight(variable.name).cast(to: .float32).floats
      #expect(agree(ours, after, tolerance: tolerance), "\(variable.name) after training: \(ours)")
    }
    guard !row.training else { return }
    let predicted = try model.predict(inputs)
    for (ours, theirs) in zip(predicted, row.outputs) {
      #expect(agree(ours.cast(to: .float32).floats, theirs.values, tolerance: tolerance), "predicted \(ours)")
    }
  }

  @Test func everyGoldenRowIsUsed() throws {
    for (section, bodies) in Self.sections {
      let names = try goldenRows("layers_\(section).json", as: Row.self).map(\.name)
      #expect(Set(names) == Set(bodies.keys), "\(section)")
    }
  }
}
