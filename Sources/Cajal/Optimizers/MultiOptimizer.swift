/// Several optimizers, each for its own parameters, with a step size, a schedule and options of its own.
///
/// A parameter is found by its whole path (`encoder/conv1/kernel`): by a pattern that is the path, else by the one regular
/// expression that matches all of it, else by none, and the default takes it. `learningRate` is that of the default.
/// Errors, when the first batch comes: `.argument` where several expressions match one path, or one is no expression.
/// Example: `MultiOptimizer(SGD(learningRate: 0.01), [("encoder/.*", Adam(learningRate: 1e-4))])`
public struct MultiOptimizer: Optimizer {
  /// An optimizer and the paths it is for.
  public struct Group: Codable, Sendable {
    /// A path, or a regular expression that matches whole paths.
    public var pattern: String
    /// The rule for the parameters at these paths.
    public var optimizer: any Optimizer

    /// An optimizer for the paths of a pattern.
    public init(_ pattern: String, _ optimizer: any Optimizer) {
      self.pattern = pattern
      self.optimizer = optimizer
    }

    private enum CodingKeys: String, CodingKey { case pattern, optimizer }
    public init(from decoder: Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      pattern = try container.decode(String.self, forKey: .pattern)
      optimizer = try container.decode(OptimizerEntry.self, forKey: .optimizer).optimizer
    }
    public func encode(to encoder: Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(pattern, forKey: .pattern)
      try container.encode(OptimizerEntry(optimizer), forKey: .optimizer)
    }
  }

  /// The rule for parameters that no group has.
  public var defaultOptimizer: any Optimizer
  /// The rules for the others.
  public var groups: [Group]

  /// A default, and optimizers by patterns of paths.
  public init(_ defaultOptimizer: any Optimizer, _ groups: [(pattern: String, optimizer: any Optimizer)] = []) {
    self.defaultOptimizer = defaultOptimizer
    self.groups = groups.map { Group($0.pattern, $0.optimizer) }
  }

  private enum CodingKeys: String, CodingKey { case defaultOptimizer, groups }
  public init(from decoder: Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    defaultOptimizer = try container.decode(OptimizerEntry.self, forKey: .defaultOptimizer).optimizer
    groups = try container.decode([Group].self, forKey: .groups)
  }
  public func encode(to encoder: Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(OptimizerEntry(defaultOptimizer), forKey: .defaultOptimizer)
    try container.encode(groups, forKey: .groups)
  }

  public var learningRate: Double {
    get { defaultOptimizer.learningRate }
    set { defaultOptimizer.learningRate = newValue }
  }
  public var clipping: GradientClipping? {
    get { nil }
    set { defaultOptimizer.clipping = newValue }
  }
  public var weightDecay: WeightDecay? {
    get { nil }
    set { defaultOptimizer.weightDecay = newValue }
  }
  public var hasSchedule: Bool { defaultOptimizer.hasSchedule }
  public func learningRate(atStep step: Int) -> Double { defaultOptimizer.learningRate(atStep: step) }

  /// What the default makes of a parameter whose path is not known.
  public func update(_ parameter: Tensor, gradient: Tensor, _ scope: UpdateScope) -> Tensor {
    defaultOptimizer.update(parameter, gradient: gradient, scope)
  }

  /// The number of the group a path belongs to; nil for the default.
  func group(of path: String) throws -> Int? {
    if let exact = groups.firstIndex(where: { $0.pattern == path }) { return exact }
    let matching = try groups.indices.filter { index in
      do {
        return try Regex(groups[index].pattern).wholeMatch(in: path) != nil
      } catch {
        throw CajalError(
          .argument, Self.className, expected: "a regular expression", given: "it is '\(groups[index].pattern)'")
      }
    }
    guard matching.count < 2 else {
      throw CajalError(
        .argument, Self.className, expected: "one pattern that matches \(path)",
        given: "there are \(matching.map { "'\(groups[$0].pattern)'" }.joined(separator: " and "))",
        advice: "Make them exclude one another, or give the path itself.")
    }
    return matching.first
  }
}
