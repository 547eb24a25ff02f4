/// A dense layer over any axes: y = f(einsum(x, kernel) + bias), with Einstein's notation for what is multiplied.
///
/// `outputShape` has the sizes of the result behind the batch, nil for sizes that are the input's. Ellipses stand for
/// axes at the left or at the right that stay as they are: `"...x,xy->...y"`.
/// Shapes: `kernel` by the equation's second term; `bias` has the sizes of `biasAxes`, from the first of them on.
/// Errors: an equation of another form, axes whose sizes cannot be known.
/// Example: `EinsumDense("abc,cd->abd", outputShape: [nil, 64], biasAxes: "d")`
public struct EinsumDense: Layer {
  /// What is multiplied and summed: `"abc,cd->abd"`.
  public var equation: String
  /// Sizes of the result behind the batch; nil where they are the input's.
  public var outputShape: [Int?]
  /// The function of the results, such as `.relu`.
  public var activation: ActivationFunction
  /// The axes of the result along which a bias is added; nil for no bias.
  public var biasAxes: String?
  /// How the kernel gets its first values.
  public var kernelInitializer: Initializer
  /// How the bias gets its first values.
  public var biasInitializer: Initializer
  /// A penalty on the kernel, added to the loss while training.
  public var kernelRegularizer: Regularizer?
  /// A penalty on the bias, added to the loss while training.
  public var biasRegularizer: Regularizer?
  /// What the kernel must be after each update.
  public var kernelConstraint: Constraint?
  /// What the bias must be after each update.
  public var biasConstraint: Constraint?
  /// A penalty on the results, added to the loss while training.
  public var activityRegularizer: Regularizer?
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(
    _ equation: String, outputShape: [Int?], activation: ActivationFunction = .linear, biasAxes: String? = nil,
    kernelInitializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros,
    kernelRegularizer: Regularizer? = nil, biasRegularizer: Regularizer? = nil, activityRegularizer: Regularizer? = nil,
    kernelConstraint: Constraint? = nil, biasConstraint: Constraint? = nil,
    name: String? = nil
  ) {
    self.equation = equation
    self.outputShape = outputShape
    self.activation = activation
    self.biasAxes = biasAxes
    self.kernelInitializer = kernelInitializer
    self.biasInitializer = biasInitializer
    self.kernelRegularizer = kernelRegularizer
    self.biasRegularizer = biasRegularizer
    self.kernelConstraint = kernelConstraint
    self.biasConstraint = biasConstraint
    self.activityRegularizer = activityRegularizer
    self.name = LayerName(name)
  }

  public func forward(_ input: Tensor) throws -> Tensor {
    let scope = input.scope
    let form = try form(for: input)
    let initializer = kernelInitializer.scaled(fanIn: form.fanIn, fanOut: form.fanOut)
    let kernel = scope.parameter(
      "kernel", Shape(form.kernel), initializer, regularizer: kernelRegularizer, constraint: kernelConstraint)
    var output = try Tensor.einsum(form.equation, input, kernel)
    if let bias = form.bias {
      output =
        output
        + scope.parameter(
          "bias", Shape(bias), biasInitializer, regularizer: biasRegularizer, constraint: biasConstraint)
    }
    return scope.penalizing(activation(output), activityRegularizer)
  }

  /// The equation with a letter for each axis, and the shapes of the weights.
  private struct Form {
    var equation: String
    var kernel: [Int]
    var bias: [Int]?
    var fanIn = 1
    var fanOut = 1
  }

  private func form(for input: Tensor) throws -> Form {
    let terms = equation.replacing("->", with: ",").split(separator: ",").map(String.init)
    let isRight = terms.first?.hasSuffix("...") == true
    let letters = terms.map { Array($0.filter { $0 != "." }) }
    let elided = input.rank - (letters.first?.count ?? 0)
    let hasEllipsis = equation.contains("...")
    try demand(
      terms.count == 3 && (hasEllipsis ? elided >= 0 : elided == 0) && letters.joined().allSatisfy(\.isLetter),
      expected: "an equation ab,bc->ac for an input \(input.shape), with … as ellipsis", given: "it is \(equation)")
    let known = Set(letters.joined())
    let free = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".filter { !known.contains($0) }
    let extra = Array(free.prefix(elided))
    let full = [0, 2].map { isRight ? letters[$0] + extra : extra + letters[$0] }
    var sizes = Dictionary(zip(full[0], input.shape.dimensions), uniquingKeysWith: { first, _ in first })
    // The result's sizes: the batch first, then what is elided, then what is given.
    var given: [Int?] = [input.shape[0]] + outputShape
    if isRight {
      given += input.shape.dimensions.suffix(elided).map(Optional.some)
    } else if elided > 1 {
      given.insert(contentsOf: input.shape.dimensions[1..<elided].map(Optional.some), at: 1)
    }
    try demand(
      given.count == full[1].count, .shape, expected: "\(full[1].count - 1) sizes in the output shape of \(equation)",
      given: "they are \(outputShape.map { $0.map(String.init) ?? "nil" })")
    for (letter, size) in zip(full[1], given) {
      guard let size else { continue }
      try demand(
        sizes[letter, default: size] == size, .shape,
        expected: "the input's size \(sizes[letter] ?? 0) of axis \(letter)",
        given: "the output shape has \(size)")
      sizes[letter] = size
    }
    var form = Form(
      equation: String(full[0]) + "," + String(letters[1]) + "->" + String(full[1]), kernel: [], bias: nil)
    for letter in letters[1] {
      guard let size = sizes[letter] else {
        throw CajalError(
          .argument, Self.className, expected: "a size for the axis \(letter) of \(equation)", given: "there is none",
          advice: "Give it in the output shape.")
      }
      form.kernel.append(size)
      if full[1].contains(letter) { form.fanOut *= max(size, 1) } else { form.fanIn *= max(size, 1) }
    }
    if let biasAxes {
      let axes = Array(biasAxes)
      let first = letters[2].firstIndex { axes.contains($0) }
      try demand(
        first != nil && axes.allSatisfy(letters[2].contains), expected: "bias axes among \(String(letters[2]))",
        given: "they are \(biasAxes)")
      form.bias = letters[2].dropFirst(first ?? 0).map { axes.contains($0) ? sizes[$0] ?? 1 : 1 }
      if isRight { form.bias? += extra.map { _ in 1 } }
    }
    return form
  }
}

extension Initializer {
  /// The same rule with other fans than those of a kernel [window…, in, out].
  func scaled(fanIn: Int, fanOut: Int) -> Initializer {
    let (fanIn, fanOut) = (Double(fanIn), Double(fanOut))
    func uniform(_ variance: Double) -> Initializer {
      let limit = Float((3 * variance).squareRoot())
      return .randomUniform(lower: -limit, upper: limit)
    }
    func normal(_ variance: Double) -> Initializer {
      .truncatedNormal(mean: 0, deviation: Float(variance.squareRoot() / 0.879_625_661_034_239_78))
    }
    switch self {
    case .glorotUniform: return uniform(2 / (fanIn + fanOut))
    case .glorotNormal: return normal(2 / (fanIn + fanOut))
    case .heUniform: return uniform(2 / fanIn)
    case .heNormal: return normal(2 / fanIn)
    case .lecunUniform: return uniform(1 / fanIn)
    case .lecunNormal: return normal(1 / fanIn)
    default: return self
    }
  }
}
