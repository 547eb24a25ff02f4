// The kinds that the field knows by name, each in one line.
extension Autoencoder {
  /// Dense layers to a code and back, the decoder as the mirror of the encoder: the vanilla autoencoder.
  ///
  /// - Parameters:
  ///   - inputShape: Sizes of one sample; flattened on the way in, restored on the way out.
  ///   - hidden: Widths of the layers before the code; the decoder has them in reverse.
  ///   - code: Size of the code.
  ///   - activation: Of the hidden layers.
  ///   - codeActivation: Of the code.
  ///   - constraint: What comes after the code, such as ``SparsityTarget``.
  public static func dense(
    _ inputShape: Shape, hidden: [Int] = [], code: Int, activation: ActivationFunction = .relu,
    codeActivation: ActivationFunction = .linear, reconstruction: Reconstruction = .meanSquaredError,
    corruption: (any Layer<Tensor, Tensor>)? = nil, constraint: (any Layer<Tensor, Tensor>)? = nil, seed: Int = 0
  ) throws -> Autoencoder {
    try mirrored(
      inputShape, hidden: hidden, activation: activation, reconstruction, corruption,
      code: [Dense(code, activation: codeActivation)] + (constraint.map { [$0] } ?? []), seed)
  }

  /// A dense autoencoder with a code smaller than the input.
  ///
  /// Errors: `.argument` for a code that is not smaller.
  public static func undercomplete(
    _ inputShape: Shape, hidden: [Int] = [], code: Int, activation: ActivationFunction = .relu,
    codeActivation: ActivationFunction = .linear, reconstruction: Reconstruction = .meanSquaredError, seed: Int = 0
  ) throws -> Autoencoder {
    guard code < inputShape.count else {
      throw CajalError(
        .argument, "Autoencoder.undercomplete", expected: "a code of fewer than \(inputShape.count) units",
        given: "there are \(code)")
    }
    return try dense(
      inputShape, hidden: hidden, code: code, activation: activation, codeActivation: codeActivation,
      reconstruction: reconstruction, seed: seed)
  }

  /// A dense autoencoder with a code at least as large as the input, kept from copying it by noise or a constraint.
  ///
  /// Errors: `.argument` for a smaller code, or where there is neither noise nor a constraint.
  public static func overcomplete(
    _ inputShape: Shape, code: Int, codeActivation: ActivationFunction = .relu,
    reconstruction: Reconstruction = .meanSquaredError, corruption: (any Layer<Tensor, Tensor>)? = nil,
    constraint: (any Layer<Tensor, Tensor>)? = nil, seed: Int = 0
  ) throws -> Autoencoder {
    guard code >= inputShape.count else {
      throw CajalError(
        .argument, "Autoencoder.overcomplete", expected: "a code of at least \(inputShape.count) units",
        given: "there are \(code)")
    }
    guard corruption != nil || constraint != nil else {
      throw CajalError(
        .argument, "Autoencoder.overcomplete", expected: "corruption or a constraint", given: "there is neither",
        advice: "Without one a large code copies the input: give MaskingNoise(0.3) or SparsityTarget(0.05).")
    }
    return try dense(
      inputShape, code: code, codeActivation: codeActivation, reconstruction: reconstruction, corruption: corruption,
      constraint: constraint, seed: seed)
  }

  /// What makes a code sparse.
  public enum Sparsity: Sendable {
    /// weight · Σ |code| of a sample.
    case l1(Double)
    /// Σ KL(rate ‖ mean activation) over the units, for a sigmoid code.
    case target(rate: Double, weight: Double)
  }

  /// A dense autoencoder few of whose code units are active at a time; the code may be larger than the input.
  ///
  /// Errors: `.argument` for a negative weight, or a rate that is not between 0 and 1.
  public static func sparse(
    _ inputShape: Shape, hidden: [Int] = [], code: Int, sparsity: Sparsity,
    reconstruction: Reconstruction = .meanSquaredError, seed: Int = 0
  ) throws -> Autoencoder {
    switch sparsity {
    case .l1(let weight):
      guard weight >= 0, weight.isFinite else {
        throw CajalError(
          .argument, "Autoencoder.sparse", expected: "a weight of 0 or more", given: "it is \(weight)")
      }
      return try dense(
        inputShape, hidden: hidden, code: code, codeActivation: .relu, reconstruction: reconstruction,
        constraint: ActivityRegularization(l1: weight), seed: seed)
    case .target(let rate, let weight):
      return try dense(
        inputShape, hidden: hidden, code: code, codeActivation: .sigmoid, reconstruction: reconstruction,
        constraint: SparsityTarget(rate, weight: weight), seed: seed)
    }
  }

  /// What a denoising autoencoder is trained against.
  public enum Corruption: Sendable {
    /// Normal noise of this deviation.
    case gaussian(Double)
    /// This fraction becomes 0.
    case masking(Double)
    /// This fraction becomes 0 or 1.
    case saltAndPepper(Double)

    /// The layer that does it while training.
    public var layer: any Layer<Tensor, Tensor> {
      switch self {
      case .gaussian(let deviation): GaussianNoise(deviation)
      case .masking(let rate): MaskingNoise(rate)
      case .saltAndPepper(let rate): SaltAndPepperNoise(rate)
      }
    }
  }

  /// A dense autoencoder that gives the clean sample for a corrupted one.
  public static func denoising(
    _ inputShape: Shape, corruption: Corruption, hidden: [Int] = [], code: Int,
    codeActivation: ActivationFunction = .relu, reconstruction: Reconstruction = .meanSquaredError, seed: Int = 0
  ) throws -> Autoencoder {
    try dense(
      inputShape, hidden: hidden, code: code, codeActivation: codeActivation, reconstruction: reconstruction,
      corruption: corruption.layer, seed: seed)
  }

  /// A dense autoencoder whose code moves little with the input: one layer by the closed form, more by the exact Jacobian.
  public static func contractive(
    _ inputShape: Shape, hidden: [Int] = [], code: Int, weight: Double, activation: ActivationFunction = .tanh,
    codeActivation: ActivationFunction = .sigmoid, reconstruction: Reconstruction = .meanSquaredError, seed: Int = 0
  ) throws -> Autoencoder {
    let isFlat = inputShape.rank == 1
    let layers = hidden.map { Dense($0, activation: activation) } + [Dense(code, activation: codeActivation)]
    let coder: any Layer<Tensor, Tensor> =
      hidden.isEmpty && codeActivation.isElementwise
      ? ContractiveDense(code, activation: codeActivation, weight: weight)
      : Contractive(Sequential(layers), weight: weight)
    return try Autoencoder(inputShape: inputShape, reconstruction: reconstruction, seed: seed) {
      if !isFlat { Flatten() }
      coder
    } decoder: {
      backward(inputShape, hidden, activation, reconstruction)
    }
  }

  /// Convolutions of stride 2 down to a small picture, or to a code, and transposed ones back.
  ///
  /// - Parameters:
  ///   - inputShape: Height, width and channels; both sizes divisible by 2 for each of the filters.
  ///   - filters: Channels of each convolution.
  ///   - code: Size of a dense code; without one the code is the smallest picture.
  public static func convolutional(
    _ inputShape: Shape, filters: [Int] = [16, 32], kernelSize: Int = 3, code: Int? = nil,
    activation: ActivationFunction = .relu, reconstruction: Reconstruction = .binaryCrossentropy,
    corruption: (any Layer<Tensor, Tensor>)? = nil, seed: Int = 0
  ) throws -> Autoencoder {
    let factor = 1 << filters.count
    guard inputShape.rank == 3, !filters.isEmpty, inputShape[0] % factor == 0, inputShape[1] % factor == 0 else {
      throw CajalError(
        .shape, "Autoencoder.convolutional",
        expected: "pictures [height, width, channels] whose sizes are divisible by \(factor), and filters",
        given: "they are \(inputShape), with \(filters.count) filters")
    }
    let small: Shape = [inputShape[0] / factor, inputShape[1] / factor, filters[filters.count - 1]]
    return try Autoencoder(
      inputShape: inputShape, reconstruction: reconstruction, corruption: corruption, seed: seed
    ) {
      for count in filters {
        Conv2D(count, kernelSize: kernelSize, strides: 2, padding: .same, activation: activation)
      }
      if let code {
        Flatten()
        Dense(code)
      }
    } decoder: {
      if code != nil {
        Dense(small.count, activation: activation)
        Reshape(small.dimensions)
      }
      for count in filters.dropLast().reversed() {
        Conv2DTranspose(count, kernelSize: kernelSize, strides: 2, padding: .same, activation: activation)
      }
      Conv2DTranspose(
        inputShape[2], kernelSize: kernelSize, strides: 2, padding: .same, activation: reconstruction.lastActivation)
    }
  }

  /// A dense autoencoder whose code is drawn from a normal distribution: the variational autoencoder.
  ///
  /// Example: `let vae = try Autoencoder.variational([784], hidden: [512], latent: 20)`
  public static func variational(
    _ inputShape: Shape, hidden: [Int] = [512], latent: Int, beta: Double = 1,
    activation: ActivationFunction = .relu, reconstruction: Reconstruction = .bernoulli, seed: Int = 0
  ) throws -> Autoencoder {
    try mirrored(
      inputShape, hidden: hidden, activation: activation, reconstruction, nil,
      code: [GaussianLatent(latent, beta: beta)], seed)
  }

  private static func mirrored(
    _ inputShape: Shape, hidden: [Int], activation: ActivationFunction, _ reconstruction: Reconstruction,
    _ corruption: (any Layer<Tensor, Tensor>)?, code: [any Layer<Tensor, Tensor>], _ seed: Int
  ) throws -> Autoencoder {
    try Autoencoder(inputShape: inputShape, reconstruction: reconstruction, corruption: corruption, seed: seed) {
      if inputShape.rank != 1 { Flatten() }
      for width in hidden { Dense(width, activation: activation) }
      code
    } decoder: {
      backward(inputShape, hidden, activation, reconstruction)
    }
  }

  /// From the code to the input's shape.
  @SequentialBuilder private static func backward(
    _ inputShape: Shape, _ hidden: [Int], _ activation: ActivationFunction, _ reconstruction: Reconstruction
  ) -> [any Layer<Tensor, Tensor>] {
    for width in hidden.reversed() { Dense(width, activation: activation) }
    if inputShape.rank == 1 {
      Dense(inputShape.count, activation: reconstruction.lastActivation)
    } else {
      // The sigmoid comes last, so that losses see its logits.
      Dense(inputShape.count)
      Reshape(inputShape.dimensions)
      Activation(reconstruction.lastActivation)
    }
  }
}

extension Reconstruction {
  /// What a decoder ends with.
  fileprivate var lastActivation: ActivationFunction { takesProbabilities ? .sigmoid : .linear }
}
