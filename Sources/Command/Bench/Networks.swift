import Cajal

/// The small networks of the workloads; the large ones are in CajalModels.
enum Networks {
  /// w01 and w02: dense layers with ReLU between them.
  static func perceptron(_ units: [Int], softmax: Bool) -> Sequential {
    var network = Sequential()
    for (index, count) in units.enumerated() {
      let isLast = index == units.count - 1
      network.add(Dense(count, activation: isLast ? (softmax ? .softmax : .linear) : .relu))
    }
    return network
  }

  /// w03: the course's network for 128 x 128 pictures.
  static func course() -> Sequential {
    Sequential {
      Conv2D(16, kernelSize: 2, activation: .relu)
      MaxPooling2D(poolSize: 2)
      Conv2D(32, kernelSize: 2, activation: .relu)
      MaxPooling2D(poolSize: 2)
      Flatten()
      Dense(100, activation: .relu)
      Dense(10, activation: .softmax)
    }
  }

  /// w04: LeNet-5 on 32 x 32 pictures.
  static func lenet() -> Sequential {
    Sequential {
      Conv2D(6, kernelSize: 5, activation: .tanh)
      AveragePooling2D(poolSize: 2)
      Conv2D(16, kernelSize: 5, activation: .tanh)
      AveragePooling2D(poolSize: 2)
      Conv2D(120, kernelSize: 5, activation: .tanh)
      Flatten()
      Dense(84, activation: .tanh)
      Dense(10, activation: .softmax)
    }
  }

  /// w05: AlexNet, one tower.
  static func alexNet() -> Sequential {
    Sequential {
      Conv2D(96, kernelSize: 11, strides: 4, activation: .relu)
      LocalResponseNormalization()
      MaxPooling2D(poolSize: 3, strides: 2)
      Conv2D(256, kernelSize: 5, padding: .same, activation: .relu)
      LocalResponseNormalization()
      MaxPooling2D(poolSize: 3, strides: 2)
      Conv2D(384, kernelSize: 3, padding: .same, activation: .relu)
      Conv2D(384, kernelSize: 3, padding: .same, activation: .relu)
      Conv2D(256, kernelSize: 3, padding: .same, activation: .relu)
      MaxPooling2D(poolSize: 3, strides: 2)
      Flatten()
      Dense(4096, activation: .relu)
      Dropout(0.5)
      Dense(4096, activation: .relu)
      Dropout(0.5)
      Dense(1000, activation: .softmax)
    }
  }

  /// w08: MobileNet v1 with a dense classifier.
  static func mobileNet() -> Sequential {
    var network = Sequential {
      Conv2D(32, kernelSize: 3, strides: 2, padding: .same, useBias: false)
      BatchNormalization()
      Activation(.relu6)
    }
    let blocks = [
      (64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), (512, 1), (512, 1), (512, 1), (512, 1), (512, 1),
      (1024, 2), (1024, 1),
    ]
    for (width, stride) in blocks {
      network.add(DepthwiseConv2D(kernelSize: 3, strides: stride, padding: .same, useBias: false))
      network.add(BatchNormalization())
      network.add(Activation(.relu6))
      network.add(Conv2D(width, kernelSize: 1, useBias: false))
      network.add(BatchNormalization())
      network.add(Activation(.relu6))
    }
    network.add(GlobalAveragePooling2D())
    network.add(Dense(1000, activation: .softmax))
    return network
  }

  /// w12: two convolutions down, two back.
  static func convolutionalAutoencoder() -> Sequential {
    Sequential {
      Conv2D(16, kernelSize: 3, strides: 2, padding: .same, activation: .relu)
      Conv2D(32, kernelSize: 3, strides: 2, padding: .same, activation: .relu)
      Conv2DTranspose(16, kernelSize: 3, strides: 2, padding: .same, activation: .relu)
      Conv2DTranspose(1, kernelSize: 3, strides: 2, padding: .same, activation: .sigmoid)
    }
  }

  /// w13: a variational autoencoder; the latent layer adds the divergence to the loss.
  static func variationalAutoencoder() -> Sequential {
    Sequential {
      Dense(512, activation: .relu)
      GaussianLatent(20)
      Dense(512, activation: .relu)
      Dense(784, activation: .sigmoid)
    }
  }
}
