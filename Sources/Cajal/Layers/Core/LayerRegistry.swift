import CBackend
import Synchronization

/// The classes of layers by their name in files.
///
/// Built-in layers are known; a program registers its own before it reads a file that has them.
///
/// Example: `LayerRegistry.register(Scale.self)`
public enum LayerRegistry {
  private static let registered = Mutex<[String: any Layer.Type]>([:])

  /// Makes a class of layers readable from files; the last one of a name counts.
  public static func register(_ type: any Layer.Type) { registered.withLock { $0[type.className] = type } }

  /// The class of that name.
  ///
  /// Errors: an unknown name, with the way to register it.
  public static func type(named className: String) throws -> any Layer.Type {
    if let own = registered.withLock({ $0[className] }) { return own }
    if let known = byName[className] { return known }
    _ = linkedLayers
    if let linked = registered.withLock({ $0[className] }) { return linked }
    throw CajalError(
      .missing, "LayerRegistry", expected: "a known class of layers", given: "the name is \"\(className)\"",
      advice: "Register your own before reading: LayerRegistry.register(\(className).self).")
  }

  /// Registers the layers of a linked library of architectures, once.
  private static let linkedLayers = cajal_find_layers()

  private static let byName = Dictionary(uniqueKeysWithValues: builtIn.map { ($0.className, $0) })

  /// Every built-in class; a test compares the list with the files.
  static let builtIn: [any Layer.Type] = [
    Dense.self, Embedding.self, Identity.self, Sequential.self, Functional.self, TensorOperation.self,
    Activation.self, ReLU.self, LeakyReLU.self, PReLU.self, ELU.self, Softmax.self,
    Conv1D.self, Conv2D.self, Conv3D.self,
    DepthwiseConv1D.self, DepthwiseConv2D.self, SeparableConv1D.self, SeparableConv2D.self,
    Conv1DTranspose.self, Conv2DTranspose.self, Conv3DTranspose.self,
    MaxPooling1D.self, MaxPooling2D.self, MaxPooling3D.self,
    AveragePooling1D.self, AveragePooling2D.self, AveragePooling3D.self,
    SumPooling1D.self, SumPooling2D.self, SumPooling3D.self,
    GlobalMaxPooling1D.self, GlobalMaxPooling2D.self, GlobalMaxPooling3D.self,
    GlobalAveragePooling1D.self, GlobalAveragePooling2D.self, GlobalAveragePooling3D.self,
    BatchNormalization.self, LayerNormalization.self, GroupNormalization.self, UnitNormalization.self,
    LocalResponseNormalization.self,
    Dropout.self, SpatialDropout1D.self, SpatialDropout2D.self, SpatialDropout3D.self,
    GaussianNoise.self, GaussianDropout.self, ActivityRegularization.self,
    MaskingNoise.self, SaltAndPepperNoise.self, SparsityTarget.self, GaussianLatent.self, Contractive.self,
    ContractiveDense.self,
    Flatten.self, Reshape.self, Permute.self, RepeatVector.self,
    ZeroPadding1D.self, ZeroPadding2D.self, ZeroPadding3D.self,
    Cropping1D.self, Cropping2D.self, Cropping3D.self,
    UpSampling1D.self, UpSampling2D.self, UpSampling3D.self,
    Add.self, Subtract.self, Multiply.self, Average.self, Maximum.self, Minimum.self, Concatenate.self, Dot.self,
    Masking.self, EinsumDense.self, Lambda.self, ReversibleEmbedding.self,
    AlphaDropout.self, RMSNormalization.self, SpectralNormalization.self, LocalContrastNormalization.self,
    AdaptiveAveragePooling1D.self, AdaptiveAveragePooling2D.self, AdaptiveAveragePooling3D.self,
    AdaptiveMaxPooling1D.self, AdaptiveMaxPooling2D.self, AdaptiveMaxPooling3D.self,
    MaxUnpooling1D.self, MaxUnpooling2D.self, MaxUnpooling3D.self, DeformableConv2D.self, DynamicConv2D.self,
    Rescaling.self, Normalization.self, Discretization.self, CategoryEncoding.self, IntegerLookup.self, Pipeline.self,
    Resizing.self, CenterCrop.self, AutoContrast.self, MelSpectrogram.self, STFTSpectrogram.self,
    RandomFlip.self, RandomTranslation.self, RandomRotation.self, RandomZoom.self, RandomShear.self, RandomCrop.self,
    RandomContrast.self, RandomBrightness.self, RandomInvert.self, RandomGrayscale.self, RandomColorDegeneration.self,
    RandomSaturation.self, RandomHue.self, RandomPosterization.self, RandomSharpness.self, RandomGaussianBlur.self,
    RandomErasing.self, RandomColorJitter.self, RandomPerspective.self, RandomElasticTransform.self, Solarization.self,
    Equalization.self, MixUp.self, CutMix.self, ContrastLimitedAdaptiveHistogramEqualization.self, RandAugment.self,
    AugMix.self, MaxNumBoundingBoxes.self,
    Attention.self, AdditiveAttention.self, MultiHeadAttention.self, GroupQueryAttention.self,
    SimpleRNN.self, LSTM.self, GRU.self, RNN.self, SimpleRNNCell.self, LSTMCell.self, GRUCell.self,
    StackedRNNCells.self, Bidirectional.self, TimeDistributed.self,
    ConvLSTM1D.self, ConvLSTM2D.self, ConvLSTM3D.self,
  ]
}

/// A layer in a file: `{"className": "Dense", "config": {…}}`.
struct LayerEntry: Codable {
  let layer: any Layer

  init(_ layer: any Layer) { self.layer = layer }

  private enum CodingKeys: String, CodingKey { case className, config }

  init(from decoder: Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let type = try LayerRegistry.type(named: try container.decode(String.self, forKey: .className))
    layer = try type.init(from: try container.superDecoder(forKey: .config))
  }

  func encode(to encoder: Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(type(of: layer).className, forKey: .className)
    try layer.encode(to: container.superEncoder(forKey: .config))
  }
}
