/// An option that a command takes: `--epochs N`, or a switch such as `--as-is`.
public struct Option: Sendable {
  /// What may stand after the option.
  public enum Value: Sendable {
    /// Nothing: the option is there or not.
    case none
    /// Any text that is not empty.
    case text(String)
    /// A whole number of a range.
    case integer(String, ClosedRange<Int>)
    /// A number above 0 and not above the bound.
    case positive(String, atMost: Double)

    /// The value's name in usage lines, `N`.
    var placeholder: String? {
      switch self {
      case .none: nil
      case .text(let name), .integer(let name, _), .positive(let name, _): name
      }
    }
  }

  /// With its dashes: `--epochs`.
  public let name: String
  public let value: Value
  /// What it does, for people, in a few words.
  public let help: String

  public init(_ name: String, _ value: Value, _ help: String) {
    self.name = name
    self.value = value
    self.help = help
  }

  /// `--epochs N`
  var usage: String { value.placeholder.map { "\(name) \($0)" } ?? name }

  /// What is wrong with a text as this option's value; `nil` if nothing is.
  func problem(with text: String) -> String? {
    switch value {
    case .none: return nil
    case .text: return text.isEmpty ? "\(name) expects some text, but it is empty" : nil
    case .integer(_, let range):
      if let number = Int(text), range.contains(number) { return nil }
      return "\(name) expects a whole number \(Self.words(range)), but '\(text)' was given"
    case .positive(_, let bound):
      if let number = Double(text), number > 0, number <= bound { return nil }
      return "\(name) expects a number above 0, at most \(bound), but '\(text)' was given"
    }
  }

  private static func words(_ range: ClosedRange<Int>) -> String {
    range.upperBound == .max ? "of at least \(range.lowerBound)" : "from \(range.lowerBound) to \(range.upperBound)"
  }
}

/// A place for a word without dashes: `TASK`, `INPUT...`.
public struct Positional: Sendable {
  public let name: String
  public let help: String
  public let isOptional: Bool
  /// Takes all words that are left, at least one unless it is optional.
  public let takesMany: Bool

  public init(_ name: String, _ help: String, isOptional: Bool = false, takesMany: Bool = false) {
    self.name = name
    self.help = help
    self.isOptional = isOptional
    self.takesMany = takesMany
  }

  var usage: String {
    let word = takesMany ? "\(name)..." : name
    return isOptional ? "[\(word)]" : word
  }
}
