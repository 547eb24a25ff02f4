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

  /// w09: two recurrent layers of 256 units, the first with its sequence.
  static func recurrent(_ layer: (_ returnSequences: Bool) -> any Layer<Tensor, Tensor>) -> Sequential {
    var network = Sequential()
    network.add(layer(true))
    network.add(layer(false))
    network.add(Dense(10, activation: .softmax))
    return network
  }

  /// w10: two bidirectional LSTMs over 20,000 words.
  static func words() -> Sequential {
    Sequential {
      Embedding(inputDim: 20_000, outputDim: 128)
      Bidirectional(LSTM(64, returnSequences: true))
      Bidirectional(LSTM(64))
      Dense(1, activation: .sigmoid)
    }
  }

  /// w11: the next of 96 characters at each step.
  static func characters() -> Sequential {
    Sequential {
      Embedding(inputDim: 96, outputDim: 128)
      LSTM(512, returnSequences: true)
      LSTM(512, returnSequences: true)
      Dense(96, activation: .softmax)
    }
  }

  /// w15: U-Net of three levels, two classes for each pixel.
  struct Segmentation: Layer {
    var widths = [32, 64, 128]
    var bottom = 256
    var name = LayerName(nil)

    func forward(_ input: Tensor) throws -> Tensor {
      func twice(_ x: Tensor, _ width: Int) -> Tensor {
        let first = Conv2D(width, kernelSize: 3, padding: .same, activation: .relu)(x)
        return Conv2D(width, kernelSize: 3, padding: .same, activation: .relu)(first)
      }
      var x = input
      var skips: [Tensor] = []
      for width in widths {
        skips.append(twice(x, width))
        x = MaxPooling2D(poolSize: 2)(skips[skips.count - 1])
      }
      x = twice(x, bottom)
      for (width, skip) in zip(widths, skips).reversed() {
        x = Conv2DTranspose(width, kernelSize: 2, strides: 2)(x)
        x = twice(Concatenate()([x, skip]), width)
      }
      return Conv2D(2, kernelSize: 1, activation: .softmax)(x)
    }
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
