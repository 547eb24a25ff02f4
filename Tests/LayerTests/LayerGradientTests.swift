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
    var inputs: [Given]
    var outputs: [Result]
    var weights: [Weight]
    var inputGradients: [[Double]]
    var weightGradients: [[Double]]
  }
  typealias Body = @Sendable ([Tensor]) throws -> [Tensor]

  static let bodies = recurrentBodies.merging(maskBodies) { $1 }.merging(attentionBodies) { $1 }

  @Test(arguments: bodies.keys.sorted())
  func agreesWithKeras(name: String) throws {
    let row = try #require(try goldenRows("layer_gradients.json", as: Row.self).first { $0.name == name })
    let body = try #require(Self.bodies[name])
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
      let outputs = model(step.inputs, training: false)
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
      #expect(agree(ours.cast(to: .float32).floats, theirs.values, tolerance: 1e-5), "output \(ours)")
    }
    let names = floating.map { "input \($0)" } + trained.map(\.name)
    let theirs = row.inputGradients + row.weightGradients
    #expect(results.count == row.outputs.count + theirs.count)
    for (index, expected) in theirs.enumerated() {
      let ours = results[row.outputs.count + index].floats
      #expect(agree(ours, expected, tolerance: 1e-5), "gradient of \(names[index]): \(ours) and \(expected)")
    }
    let predicted = try model.predict(inputs)
    for (ours, theirs) in zip(predicted, row.outputs) {
      #expect(agree(ours.cast(to: .float32).floats, theirs.values, tolerance: 1e-5), "predicted \(ours)")
    }
  }

  @Test func everyGoldenRowIsUsed() throws {
    let names = try goldenRows("layer_gradients.json", as: Row.self).map(\.name)
    #expect(Set(names) == Set(Self.bodies.keys))
  }
}
