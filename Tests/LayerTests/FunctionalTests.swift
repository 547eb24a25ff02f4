import Foundation
import Testing

@testable import Cajal

/// Records of models that a function makes.
@Suite struct FunctionalTests {
  private static func twoTowers() throws -> Model {
    let encode = Shared(Dense(4, activation: .tanh), name: "encode")
    let drop = Dropout(0.5), join = Concatenate(), last = Dense(2), other = Dense(1, name: "other")
    return try Model(
      inputs: [TensorType([3], .float32), TensorType([3], .float32)], seed: 4, name: "towers"
    ) { x in
      let (a, b) = (encode(x[0]), encode(x[1]))
      let joined = join([drop(a), b])
      return [last(joined * 2 + 1), other(a - b)]
    }
  }

  private func run(_ network: any Layer, like model: Model, _ x: [Tensor]) throws -> [[Float]] {
    func copy<Network: Layer>(_ network: Network) throws -> Model {
      try Model(network, inputs: model.inputTypes, seed: 9)
    }
    let data = try JSONEncoder().encode(LayerEntry(network))
    let read = try JSONDecoder().decode(LayerEntry.self, from: data).layer
    let second = try copy(read)
    #expect(second.variables.map(\.name) == model.variables.map(\.name))
    for variable in model.variables { try second.setWeight(variable.name, model.weight(variable.name)) }
    return try second.predict(x).map { $0.scalars() }
  }

  @Test func aRecordComputesWhatTheFunctionDoes() throws {
    let model = try Self.twoTowers()
    #expect(model.variables.map(\.name).first == "encode/kernel")
    let record = try #require(model.architecture as? Functional)
    #expect(record.layers.count == 8 && record.calls.count == 9 && record.inputs.count == 2)
    let x: [Tensor] = [
      Tensor([Float]([0.1, -0.4, 2, 1, 0, -1]), shape: [2, 3]),
      Tensor([Float]([1, 2, 3, -0.5, 0.25, 0]), shape: [2, 3]),
    ]
    #expect(try run(record, like: model, x) == model.predict(x).map { $0.scalars() })
    // The difference of the towers does not pass through dropout, whose result in prediction is its input.
    let dropped = try #require(record.layers.firstIndex { $0 is Dropout })
    let place = try #require(record.calls.firstIndex { $0.layer == dropped }) + record.inputs.count
    #expect(record.calls.filter { $0.inputs.contains { $0.node == place } }.count == 1)
  }

  private static func kernel(_ model: Model, _ path: String = "encoder/dense/kernel") throws -> [Float] {
    try model.weight(path).scalars()
  }

  @Test func modelsAreLayersOfModels() throws {
    let encoder = try Model(
      Sequential(name: "encoder") {
        Dense(3, activation: .relu)
        BatchNormalization()
      }, inputShape: [2], seed: 3)
    let head = Dense(1)
    let outer = try Model(inputs: [TensorType([2], .float32), TensorType([2], .float32)], seed: 5) { x in
      [head(encoder(x[0]) - encoder(x[1]))]
    }
    #expect(
      outer.variables.map(\.name) == [
        "encoder/dense/kernel", "encoder/dense/bias", "encoder/batch_normalization/gamma",
        "encoder/batch_normalization/beta", "encoder/batch_normalization/moving_mean",
        "encoder/batch_normalization/moving_variance", "dense/kernel", "dense/bias",
      ])
    #expect(try Self.kernel(outer) == Self.kernel(encoder, "dense/kernel"))
    let x: [Tensor] = [
      Tensor([Float]([0.5, 1, 2, -1]), shape: [2, 2]), Tensor([Float]([1, 1, 0, 0.5]), shape: [2, 2]),
    ]
    let record = try #require(outer.architecture as? Functional)
    #expect(try run(record, like: outer, x) == outer.predict(x).map { $0.scalars() })
    outer.compile(optimizer: .sgd(learningRate: 0.1), loss: .meanSquaredError)
    let y = [Tensor([Float]([1, 0]), shape: [2, 1])]
    try outer.fit(
      try ArraySource(inputs: x, targets: y, shuffles: false), epochs: 1, batchSize: 2, verbose: .silent)
    #expect(try Self.kernel(outer) != Self.kernel(encoder, "dense/kernel"))
    // A model of a function is a layer as well, also of a model that is a layer itself.
    let deep = try Model(inputs: [TensorType([2], .float32)]) { x in outer([x[0], x[0]]) }
    #expect(deep.variables.map(\.name).first == "functional/encoder/dense/kernel")
    #expect(try deep.predict(x[0]).scalars(as: Float.self) == outer.predict([x[0], x[0]])[0].scalars(as: Float.self))
    #expect(deep.summary().contains("encoder"))
  }

  @Test func whatNoLayerStandsForIsNamed() throws {
    let dense = Dense(3)
    let model = try Model(inputs: [TensorType([4], .float32)]) { [dense($0[0]).softmax(axis: -1)] }
    #expect(model.architecture == nil)
    let error = #expect(throws: CajalError.self) { try model.save(to: "/nowhere/at/all") }
    #expect(error?.kind == .unsupported && error?.description.contains("'softmax'") == true)
  }

  @Test func partsThatDoNotFitAreRefused() throws {
    let input = Functional.Given("x", TensorType([2], .float32))
    let layers: [any Layer] = [Dense(2, name: "a"), Dense(2, name: "b")]
    func make(_ calls: [Functional.Call], _ outputs: [Functional.Place], _ layers: [any Layer]) throws {
      _ = try Functional(inputs: [input], layers: layers, calls: calls, outputs: outputs)
    }
    try make([.init(layer: 0, [.init(0)]), .init(layer: 1, [.init(1)])], [.init(2)], layers)
    #expect(throws: CajalError.self) { try make([.init(layer: 0, [.init(1)])], [.init(1)], layers) }
    #expect(throws: CajalError.self) { try make([.init(layer: 2, [.init(0)])], [.init(1)], layers) }
    #expect(throws: CajalError.self) { try make([.init(layer: 0, [.init(0)])], [.init(2)], layers) }
    #expect(throws: CajalError.self) {
      try make([.init(layer: 0, [.init(0)])], [.init(1)], [Dense(2, name: "a"), Dense(1, name: "a")])
    }
  }
}
