import Foundation
import Testing

@testable import Cajal

/// Layers with layers inside come back from a file as they were.
@Suite struct LayerFileTests {
  @Test func nestedLayersSurviveAFile() throws {
    let layers: [any Layer<Tensor, Tensor>] = [
      LSTM(3, recurrentActivation: .hardSigmoid, dropout: 0.1, returnSequences: true),
      GRU(2, resetAfter: false, returnSequences: true, goBackwards: true),
      RNN([LSTMCell(2), SimpleRNNCell(3)], returnSequences: true),
      Bidirectional(LSTM(2, returnSequences: true), mergeMode: .ave),
      Bidirectional(GRU(2, returnSequences: true), backwardLayer: LSTM(2, returnSequences: true, goBackwards: true)),
      TimeDistributed(Dense(4)), SpectralNormalization(Dense(3)), RMSNormalization(),
      EinsumDense("abc,cd->abd", outputShape: [nil, 4], biasAxes: "d"),
      Normalization(mean: [1], variance: [2]), RandomFactorHolder(),
    ]
    LayerRegistry.register(RandomFactorHolder.self)
    let network = Sequential(layers)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let data = try encoder.encode(network)
    let read = try JSONDecoder().decode(Sequential.self, from: data)
    #expect(try encoder.encode(read) == data)
    let (before, after) = (try outline(network, [4, 3]), try outline(read, [4, 3]))
    #expect(before.variables.map(\.name) == after.variables.map(\.name))
    #expect(before.variables.map(\.type) == after.variables.map(\.type))
  }

  @Test func whatAnOlderFileLacksHasItsUsualValue() throws {
    let text = """
      {"name": null, "layers": [{"className": "BatchNormalization", "config": {"name": "norm", "axis": -1,
      "momentum": 0.9, "epsilon": 0.001, "center": true, "scale": true, "betaInitializer": {"zeros": {}},
      "gammaInitializer": {"ones": {}}, "movingMeanInitializer": {"zeros": {}},
      "movingVarianceInitializer": {"ones": {}}}},
      {"className": "UpSampling2D", "config": {"name": null, "size": [2, 2]}}]}
      """
    let read = try JSONDecoder().decode(Sequential.self, from: Data(text.utf8))
    let norm = try #require(read.layers[0] as? BatchNormalization)
    #expect(!norm.renorm && norm.renormMomentum == 0.99 && norm.momentum == 0.9 && norm.renormClipping == nil)
    #expect((read.layers[1] as? UpSampling2D)?.interpolation == .nearest)
    let attention = try JSONDecoder().decode(
      Attention.self, from: Data(#"{"name": null, "useScale": true, "scoreMode": "dot", "dropout": 0}"#.utf8))
    #expect(attention.useScale && !attention.useCausalMask)
  }

  /// Holds a factor of each form.
  struct RandomFactorHolder: Layer {
    var one: RandomFactor = 0.5
    var two: RandomFactor = [-0.25, 0.5]
    var name = LayerName()
    func forward(_ x: Tensor) throws -> Tensor { x }
  }

  /// Every class can be read from the configuration it writes.
  @Test func everyBuiltInImageLayerSurvivesAFile() throws {
    let layers: [any Layer<Tensor, Tensor>] = [
      RandomFlip(.vertical), RandomZoom(0.2, widthFactor: [-0.1, 0.1]), RandomErasing(fillValue: 3),
      Resizing(height: 3, width: 4, interpolation: .lanczos5), AdaptiveMaxPooling2D([2, 3]),
      ConvLSTMHolder(), DeformableConv2D(2, kernelSize: 3), DynamicConv2D(2, kernelSize: 3),
      Conv2D(2, kernelSize: 1, padding: .circular), UpSampling2D(interpolation: .bicubic),
      BatchNormalization(renorm: true, renormClipping: ["rmax": 2]),
      Pipeline([Rescaling(2), CenterCrop(height: 1, width: 1)]),
    ]
    LayerRegistry.register(ConvLSTMHolder.self)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let data = try encoder.encode(Sequential(layers))
    #expect(try encoder.encode(JSONDecoder().decode(Sequential.self, from: data)) == data)
  }

  /// A convolutional LSTM on single images.
  struct ConvLSTMHolder: Layer {
    var layer = ConvLSTM2D(2, kernelSize: 2, padding: .same)
    var name = LayerName()
    func forward(_ x: Tensor) throws -> Tensor { layer(x.expandingDimension(at: 1)) }
  }
}
