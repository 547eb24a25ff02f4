import Cajal
import Testing

/// Layers against Keras 3: the same weights and inputs give the same outputs, weight names and weight shapes.
@Suite struct LayerValueTests {
  struct Row: Decodable {
    var name: String
    var inputShape: [Int]
    var x: [Double]
    var outputShape: [Int]
    var y: [Double]
    var weightNames: [String]
    var weightShapes: [[Int]]
    var weights: [[Double]]
  }

  static let layers: [String: any Layer<Tensor, Tensor>] = [
    "dense": Dense(3, activation: .tanh),
    "dense-sequence": Dense(3),
    "conv1d-causal": Conv1D(3, kernelSize: 3, padding: .causal, dilationRate: 2),
    "conv2d-same-stride": Conv2D(5, kernelSize: [3, 2], strides: 2, padding: .same, activation: .relu),
    "conv2d-groups-dilation": Conv2D(6, kernelSize: 3, dilationRate: [2, 1], groups: 2),
    "conv3d": Conv3D(3, kernelSize: 2, padding: .same),
    "depthwise1d": DepthwiseConv1D(kernelSize: 3, depthMultiplier: 2),
    "depthwise2d": DepthwiseConv2D(kernelSize: 3, strides: 2, padding: .same, depthMultiplier: 2),
    "separable1d": SeparableConv1D(5, kernelSize: 3, padding: .same),
    "separable2d": SeparableConv2D(5, kernelSize: 3, depthMultiplier: 2),
    "conv1d-transpose": Conv1DTranspose(3, kernelSize: 4, strides: 3),
    "conv2d-transpose-same": Conv2DTranspose(3, kernelSize: 3, strides: 2, padding: .same),
    "conv2d-transpose-output": Conv2DTranspose(3, kernelSize: 4, strides: 3, padding: .same, outputPadding: [1]),
    "conv2d-transpose-short": Conv2DTranspose(3, kernelSize: 2, strides: 3),
    "conv3d-transpose": Conv3DTranspose(2, kernelSize: 2, strides: 2),
    "max2d-same": MaxPooling2D(poolSize: 3, strides: 2, padding: .same),
    "average2d-same": AveragePooling2D(poolSize: 3, strides: 2, padding: .same),
    "average1d": AveragePooling1D(),
    "max3d": MaxPooling3D(strides: 1),
    "global-average2d": GlobalAveragePooling2D(keepdims: true),
    "global-max1d": GlobalMaxPooling1D(),
    "batch-normalization": BatchNormalization(),
    "batch-normalization-axis": BatchNormalization(axis: 1, scale: false),
    "layer-normalization": LayerNormalization(),
    "layer-normalization-axes": LayerNormalization(axis: [1, 3]),
    "group-normalization": GroupNormalization(groups: 2),
    "unit-normalization": UnitNormalization(),
    "prelu-shared": PReLU(sharedAxes: [1, 2]),
    "relu-options": ReLU(maxValue: 0.8, negativeSlope: 0.1, threshold: 0.2),
    "zero-padding2d": ZeroPadding2D(sides: [[0, 1], [2, 0]]),
    "cropping2d": Cropping2D(sides: [[1, 2], [0, 1]]),
    "upsampling2d": UpSampling2D(size: [2, 3]),
    "reshape": Reshape([-1, 8]),
    "permute": Permute([3, 1, 2]),
    "repeat": RepeatVector(3),
  ]

  @Test(arguments: layers.keys.sorted())
  func agreesWithKeras(name: String) throws {
    let row = try #require(try goldenRows("layer_values.json", as: Row.self).first { $0.name == name })
    let layer = try #require(Self.layers[name])
    let sequential = Sequential([layer])
    let model = try Model(sequential, inputShape: Shape(Array(row.inputShape.dropFirst())))
    #expect(model.variables.map { String($0.name.split(separator: "/")[1]) } == row.weightNames)
    #expect(model.variables.map { $0.type.shape.dimensions } == row.weightShapes)
    for (variable, values) in zip(model.variables, row.weights) {
      try model.setWeight(variable.name, Tensor(values.map(Float.init), shape: variable.type.shape))
    }
    let y = try model.predict(Tensor(row.x.map(Float.init), shape: Shape(row.inputShape)))
    #expect(y.shape.dimensions == row.outputShape)
    #expect(agree(y.floats, row.y))
  }

  @Test func everyGoldenRowIsUsed() throws {
    let names = try goldenRows("layer_values.json", as: Row.self).map(\.name)
    #expect(Set(names) == Set(Self.layers.keys))
  }
}
