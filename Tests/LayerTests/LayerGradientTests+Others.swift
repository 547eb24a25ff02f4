import Cajal

// The layers of the rows of layers_others.json.
extension LayerGradientTests {
  static let otherBodies: [String: Body] = [
    "rms-normalization": one(RMSNormalization()),
    "rms-normalization-axes": one(RMSNormalization(axis: [1, 2], epsilon: 1e-3)),
    "spectral-normalization": one(SpectralNormalization(Dense(3))),
    "spectral-normalization-training": one(SpectralNormalization(Conv2D(3, kernelSize: 2), powerIterations: 3)),
    "alpha-dropout": one(AlphaDropout(0.3)),
    "adaptive-average1d": one(AdaptiveAveragePooling1D(3)),
    "adaptive-average2d": one(AdaptiveAveragePooling2D([2, 3])),
    "adaptive-average3d": one(AdaptiveAveragePooling3D(2)),
    "adaptive-max1d": one(AdaptiveMaxPooling1D(4)),
    "adaptive-max2d": one(AdaptiveMaxPooling2D([3, 2])),
    "adaptive-max3d": one(AdaptiveMaxPooling3D([3, 2, 2])),
    "batch-normalization-training": one(BatchNormalization()),
    "batch-normalization-masked": masked(BatchNormalization()),
    "batch-normalization-renorm": one(
      BatchNormalization(renorm: true, renormClipping: ["rmin": 0.5, "rmax": 1.5, "dmax": 0.3])),
    "batch-normalization-renorm-inference": one(BatchNormalization(renorm: true)),
    "reversible-embedding": one(ReversibleEmbedding(inputDim: 5, outputDim: 3, maskZero: true)),
    "reversible-embedding-back": one(
      ReversibleEmbedding(inputDim: 4, outputDim: 3, logitSoftCap: 2, reverse: true)),
    "reversible-embedding-untied": one(
      ReversibleEmbedding(inputDim: 4, outputDim: 3, tieWeights: false, reverse: true)),
    "upsampling-bilinear": one(UpSampling2D(size: [2, 3], interpolation: .bilinear)),
    "upsampling-bicubic": one(UpSampling2D(size: [2, 3], interpolation: .bicubic)),
  ]
}
