/// What became of each weight when weights were read into a model.
public struct LoadReport: Hashable, Sendable, CustomStringConvertible {
  /// A weight whose shape in the file is not the model's.
  public struct Mismatch: Hashable, Sendable {
    /// The weight, by its path.
    public let path: String
    /// What the model has.
    public let expected: TensorType
    /// What the file has.
    public let given: TensorType
  }

  /// Paths of weights that now have the file's values.
  public internal(set) var loaded: [String] = []
  /// Paths of the model that the file does not have; they keep their values.
  public internal(set) var missing: [String] = []
  /// Names of the file that the model does not have.
  public internal(set) var unexpected: [String] = []
  /// Weights of another shape, or of a kind of number that does not turn into the model's; they keep their values.
  public internal(set) var mismatched: [Mismatch] = []

  /// Whether model and file have the same weights.
  public var isComplete: Bool { missing.isEmpty && unexpected.isEmpty && mismatched.isEmpty }

  /// `12 loaded; missing: dense/bias; unexpected: old/bias; other shape: dense/kernel ([3, 4], not [3, 5])`
  public var description: String {
    var parts = ["\(loaded.count) loaded"]
    if !missing.isEmpty { parts.append("missing: " + Self.list(missing)) }
    if !unexpected.isEmpty { parts.append("unexpected: " + Self.list(unexpected)) }
    if !mismatched.isEmpty {
      parts.append("other shape: " + Self.list(mismatched.map { "\($0.path) (\($0.given), not \($0.expected))" }))
    }
    return parts.joined(separator: "; ")
  }

  private static func list(_ names: [String]) -> String {
    names.prefix(5).map { String($0.prefix(120)) }.joined(separator: ", ")
      + (names.count > 5 ? " and \(names.count - 5) more" : "")
  }
}
