import Cajal

/// An architecture that can be asked for by name.
public struct Architecture: Sendable {
  /// `resnet50`
  public let name: String
  /// One line for people.
  public let description: String
  /// The size of one sample, without the batch: `[224, 224, 3]`.
  public let inputShape: Shape
  /// All weights at that size and the usual number of classes, moving statistics included, as Keras counts.
  public let parameterCount: Int
  /// The architecture with its usual options.
  public let make: @Sendable () -> any Layer<Tensor, Tensor>
}

/// The architectures by name.
public enum Architectures {
  /// Every architecture, in the order people meet them.
  public static let all: [Architecture] = [
    Architecture(
      name: "lenet5", description: "LeNet-5 as taught today, 10 classes (LeCun et al., 1998)", inputShape: [28, 28, 1],
      parameterCount: 61_706
    ) { LeNet5() },
    Architecture(
      name: "lenet5-original",
      description: "LeNet-5 as published: partial connections, trainable subsampling, radial basis output",
      inputShape: [32, 32, 1], parameterCount: 60_000
    ) { OriginalLeNet5() },
    Architecture(
      name: "alexnet", description: "AlexNet in one tower (Krizhevsky et al., 2012)", inputShape: [227, 227, 3],
      parameterCount: 62_378_344
    ) { AlexNet() },
    Architecture(
      name: "alexnet-two-groups", description: "AlexNet with the paper's two groups", inputShape: [227, 227, 3],
      parameterCount: 60_965_224
    ) { AlexNet(groups: 2) },
    Architecture(
      name: "vgg16", description: "VGG-16 (Simonyan and Zisserman, 2014)", inputShape: [224, 224, 3],
      parameterCount: 138_357_544
    ) { VGG16() },
    Architecture(
      name: "resnet50", description: "ResNet-50, version 1 (He et al., 2015)", inputShape: [224, 224, 3],
      parameterCount: 25_636_712
    ) { ResNet50() },
    Architecture(
      name: "mobilenet", description: "MobileNet, version 1, width 1 (Howard et al., 2017)", inputShape: [224, 224, 3],
      parameterCount: 4_253_864
    ) { MobileNet() },
  ]

  /// The architecture of that name.
  ///
  /// Errors: an unknown name; the message lists the known ones.
  public static func named(_ name: String) throws -> Architecture {
    guard let found = all.first(where: { $0.name == name.lowercased() }) else {
      throw CajalError(
        .missing, "Architectures", expected: "one of \(all.map(\.name).joined(separator: ", "))",
        given: "the name is \"\(name)\"")
    }
    return found
  }

  /// Makes the architectures readable from files as parts of other models.
  public static func registerLayers() {
    let types: [any Layer.Type] = [
      LeNet5.self, OriginalLeNet5.self, TrainableSubsampling2D.self, PartiallyConnectedConv2D.self, RadialBasis.self,
      AlexNet.self, VGG16.self, ResNet50.self, MobileNet.self, DCGANGenerator.self, DCGANDiscriminator.self,
    ]
    types.forEach(LayerRegistry.register)
  }
}

/// Found by the symbol's name when a file asks for a class of layers that is not known yet.
@_cdecl("cajal_register_layers")
public func registerArchitectures() { Architectures.registerLayers() }
