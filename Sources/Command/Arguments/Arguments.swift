/// What a person wrote after a command, checked against the command's form.
public struct Arguments: Sendable {
  /// Words without dashes, in order.
  public internal(set) var positionals: [String] = []
  /// Values by the option's name; empty for switches.
  var values: [String: String] = [:]

  public init() {}

  /// Whether the option was given.
  public func has(_ option: String) -> Bool { values[option] != nil }

  /// The option's text.
  public func text(_ option: String) -> String? { values[option] }

  /// The option's whole number.
  public func integer(_ option: String) -> Int? { values[option].flatMap { Int($0) } }

  /// The option's number.
  public func number(_ option: String) -> Double? { values[option].flatMap { Double($0) } }
}

/// A command called in a way it does not have: one sentence for the person, and where to read more.
public struct UsageError: Error, Hashable, Sendable, CustomStringConvertible {
  public let message: String
  /// The command whose help says how it is done.
  public let helpFrom: String

  public init(_ message: String, helpFrom: String) {
    self.message = message
    self.helpFrom = helpFrom
  }

  public var description: String { "\(message)\nSee '\(helpFrom) --help'." }
}
