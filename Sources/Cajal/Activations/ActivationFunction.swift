/// A function of a unit's net input, as a value: callable on a tensor, comparable, written to files by name.
///
/// `Dense(10, activation: .relu)` and `Activation(.relu)` take one; called directly it works on any tensor. Each
/// function is defined once, with its formula and range, in `Activations/`; `ActivationFunction.all` lists them for
/// tables.
///
/// Example: `let y = ActivationFunction.sigmoid(steepness: 2)(Tensor([-1, 0, 1]))`
public struct ActivationFunction: Hashable, Sendable {
  /// Keras's name where Keras has the function: `leaky_relu`.
  public let name: String
  /// The function's numbers by Keras's name, all of them: `["negative_slope": 0.2]`.
  public let options: [String: Double]

  init(_ name: String, _ options: [String: Double] = [:]) {
    self.name = name
    self.options = Self.definitions[name].map { $0.options.merging(options) { $1 } } ?? options
  }

  /// The function of that name, with the field's usual numbers.
  ///
  /// Errors: an unknown name; the message lists the known ones.
  public init(named name: String, options: [String: Double] = [:]) throws {
    let known = Self.aliases[name] ?? name
    guard let definition = Self.definitions[known] else {
      throw CajalError(
        .missing, "ActivationFunction", expected: "one of \(Self.all.map(\.name).joined(separator: ", "))",
        given: "the name is \"\(name)\"", advice: "A function of your own is a layer of your own.")
    }
    for (option, value) in options where definition.options[option] == nil || !value.isFinite {
      throw CajalError(
        .argument, "ActivationFunction \(known)",
        expected: "finite numbers for "
          + (definition.options.isEmpty ? "no options" : definition.options.keys.sorted().joined(separator: ", ")),
        given: "\(option) is \(value)")
    }
    self.init(known, options)
  }

  /// The values of the function.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    Self.definitions[name].map { $0.apply(x, ActivationOptions(values: options)) } ?? x
  }

  /// f′(x) at each element, for functions of single elements (`isElementwise`): the gradient of Σ f(x).
  public func derivative(at x: Tensor) -> Tensor { gradient(of: self(x).sum(), with: [x])[0] }

  /// The formula, for people: `max(x, αx)`.
  public var formula: String { Self.definitions[name]?.formula ?? "" }
  /// The values it can take: `(0, 1)`.
  public var range: String { Self.definitions[name]?.range ?? "" }
  /// Whether each result depends on the element at its own place alone; softmax and its kin look along an axis.
  public var isElementwise: Bool { Self.definitions[name]?.isElementwise ?? true }

  /// Every function with its usual numbers, for tables and graphs.
  public static var all: [ActivationFunction] { families.map { ActivationFunction($0.name) } }

  static let families: [ActivationDefinition] =
    [identity] + thresholds + saturating + rectifying + smooth + shrinking + normalizing
  static let definitions = Dictionary(uniqueKeysWithValues: families.map { ($0.name, $0) })
  private static let aliases = [
    "swish": "silu", "hard_swish": "hard_silu", "binary_step": "step", "identity": "linear",
  ]

  private static let identity = ActivationDefinition("linear", "x", range: "(-∞, ∞)") { x, _ in x }

  /// f(x) = x
  public static let linear = ActivationFunction("linear")
}

/// One activation function: what people read of it and what it computes.
struct ActivationDefinition: Sendable {
  let name: String
  let formula: String
  let range: String
  let isElementwise: Bool
  let options: [String: Double]
  let apply: @Sendable (Tensor, ActivationOptions) -> Tensor

  init(
    _ name: String, _ formula: String, range: String, isElementwise: Bool = true, options: [String: Double] = [:],
    apply: @escaping @Sendable (Tensor, ActivationOptions) -> Tensor
  ) {
    self.name = name
    self.formula = formula
    self.range = range
    self.isElementwise = isElementwise
    self.options = options
    self.apply = apply
  }
}

/// The numbers of an activation function by name.
struct ActivationOptions {
  let values: [String: Double]
  subscript(name: String) -> Double { values[name] ?? 0 }
  /// An axis, which is a whole number.
  var axis: Int { Int(exactly: self["axis"].rounded()) ?? -1 }
}

// A function with its usual numbers is a text in files, as in Keras; with others a class name and a configuration.
extension ActivationFunction: Codable {
  private enum CodingKeys: String, CodingKey { case className, config }

  public init(from decoder: Decoder) throws {
    if let name = try? decoder.singleValueContainer().decode(String.self) {
      try self.init(named: name)
    } else {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      let options = try container.decode([String: Double].self, forKey: .config)
      try self.init(named: try container.decode(String.self, forKey: .className), options: options)
    }
  }

  public func encode(to encoder: Encoder) throws {
    if self == ActivationFunction(name) {
      var container = encoder.singleValueContainer()
      try container.encode(name)
    } else {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(name, forKey: .className)
      try container.encode(options, forKey: .config)
    }
  }
}
