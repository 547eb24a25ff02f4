import Cajal

/// The generator of a DCGAN: from noise, and where it is conditional from a label, to pictures in -1...1.
///
/// A dense layer to pictures of a quarter of the side, and two transposed convolutions (4 x 4, stride 2), with batch
/// normalization and ReLU between them and tanh at the end. With `classes` the label's one-hot row stands beside the noise.
///
/// Shapes: z `[batch, latent]`, and with `classes` labels `int32[batch]` → `[batch] + imageShape`.
/// Source: Radford, Metz and Chintala, arXiv:1511.06434; labels beside the noise: Mirza and Osindero, arXiv:1411.1784.
/// Example: `Model(DCGANGenerator(), inputs: [TensorType([100], .float32)])`
public struct DCGANGenerator: Layer {
  /// Height, width and channels of a picture; height and width are multiples of 4.
  public var imageShape: [Int]
  /// Channels of the last hidden layer; the first has twice as many.
  public var filters: Int
  /// How many labels there are; nil for a generator without labels.
  public var classes: Int?
  /// How kernels get their first values.
  public var kernelInitializer: Initializer
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(
    imageShape: [Int] = [28, 28, 1], filters: Int = 64, classes: Int? = nil,
    kernelInitializer: Initializer = .randomNormal(mean: 0, deviation: 0.02), name: String? = nil
  ) {
    self.imageShape = imageShape
    self.filters = filters
    self.classes = classes
    self.kernelInitializer = kernelInitializer
    self.name = LayerName(name)
  }

  public func forward(_ input: [Tensor]) throws -> Tensor {
    let picture = try DCGANShape(Shape(imageShape))
    var x = input[0]
    if let labels = try input.labels(classes, of: "DCGANGenerator") {
      x = Concatenate()(x, labels)
    }
    x = Dense(picture.height * picture.width * 2 * filters, kernelInitializer: kernelInitializer)(x)
    x = Activation(.relu)(BatchNormalization(momentum: 0.9)(x))
    x = Reshape([picture.height, picture.width, 2 * filters])(x)
    x = enlarged(x, filters)
    x = Activation(.relu)(BatchNormalization(momentum: 0.9)(x))
    return enlarged(x, picture.channels, .tanh)
  }

  private func enlarged(_ x: Tensor, _ filters: Int, _ activation: ActivationFunction = .linear) -> Tensor {
    Conv2DTranspose(
      filters, kernelSize: 4, strides: 2, padding: .same, activation: activation, kernelInitializer: kernelInitializer)(
        x)
  }
}

/// A picture's sizes as both networks of a DCGAN see them: a quarter of the sides.
struct DCGANShape {
  let height, width, channels: Int

  init(_ shape: Shape) throws {
    guard shape.rank == 3, shape.dimensions.allSatisfy({ $0 > 0 }), shape[0] % 4 == 0, shape[1] % 4 == 0 else {
      throw CajalError(
        .shape, "DCGAN", expected: "pictures [height, width, channels] with sides that are multiples of 4",
        given: "the shape is \(shape)", advice: "Pad the pictures, or write a network for their size.")
    }
    (height, width, channels) = (shape[0] / 4, shape[1] / 4, shape[2])
  }
}

extension [Tensor] {
  /// One-hot rows of the second input; nil where there are no classes.
  func labels(_ classes: Int?, of subject: String) throws -> Tensor? {
    guard count == (classes == nil ? 1 : 2) else {
      throw CajalError(
        .argument, subject, expected: classes == nil ? "one input" : "two inputs, the second with labels",
        given: "there are \(count)", advice: "Labels belong to a network with classes: classes: 10.")
    }
    guard let classes else { return nil }
    guard self[1].rank == 1, !self[1].dtype.isFloating, classes > 0 else {
      throw CajalError(
        .shape, subject, expected: "labels int32[batch] of 1 class or more",
        given: "they are \(self[1].dtype.rawValue)\(self[1].shape) of \(classes) classes")
    }
    return self[1].oneHot(classes)
  }
}
