import Cajal

/// The networks of a small DCGAN on images of 16 x 16.
enum DCGAN {
  /// Noise [8] to images [16, 16, 1].
  static func generator() throws -> Model {
    try Model(
      Sequential {
        Dense(4 * 4 * 8, activation: .relu)
        Reshape([4, 4, 8])
        Conv2DTranspose(8, kernelSize: 4, strides: 2, padding: .same, activation: .relu)
        BatchNormalization()
        Conv2DTranspose(1, kernelSize: 4, strides: 2, padding: .same, activation: .tanh)
      }, inputShape: [8], seed: 1)
  }

  /// Images [16, 16, 1] to how real they look.
  static func discriminator() throws -> Model {
    try Model(
      Sequential {
        Conv2D(8, kernelSize: 4, strides: 2, padding: .same)
        LeakyReLU(negativeSlope: 0.2)
        Conv2D(16, kernelSize: 4, strides: 2, padding: .same)
        LeakyReLU(negativeSlope: 0.2)
        Flatten()
        Dense(1)
      }, inputShape: [16, 16, 1], seed: 2)
  }
}
