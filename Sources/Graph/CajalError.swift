/// A mistake that a caller can make at run time: who noticed, what was expected, what was given, what to do.
public struct CajalError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What sort of mistake it is, for programs that act on it.
  public enum Kind: String, Sendable {
    /// Sizes of axes do not fit.
    case shape
    /// The element type does not fit.
    case dtype
    /// An argument is outside its range or contradicts another.
    case argument
    /// Something is missing: a file, a library, a name.
    case missing
    /// A file or data set is not what it claims to be.
    case format
    /// A value is outside its range or not a number.
    case value
    /// The operating system refused: disk full, read-only, no permission.
    case system
    /// The operation or combination does not exist here.
    case unsupported
    /// The person or the program asked to stop.
    case interrupted
  }

  /// What sort of mistake it is.
  public var kind: Kind
  /// Layer path, operation, file and row: who noticed.
  public var subject: String
  /// What would have been right.
  public var expected: String
  /// What there was instead: a clause that may follow "but".
  public var given: String
  /// What to do about it; may be empty.
  public var advice: String
  /// Which index of a program's indices was outside, so that whoever knows the data can name the sample.
  package var indexOutside: IndexOutside?

  /// A mistake in its four parts: who noticed it, what was expected, what was given, what to do.
  public init(_ kind: Kind, _ subject: String, expected: String, given: String, advice: String = "") {
    self.kind = kind
    self.subject = subject
    self.expected = expected
    self.given = given
    self.advice = advice
  }

  /// One or two sentences: `subject: expected …, but …. advice`.
  public var description: String {
    var text = "\(subject): expected \(expected), but \(given)."
    if !advice.isEmpty { text += " " + advice }
    return text
  }

  /// The same mistake, noticed by somebody further out (a layer's path in front of an operation's name).
  public func noticed(by path: String) -> CajalError {
    guard !path.isEmpty, !subject.hasPrefix(path) else { return self }
    var error = self
    error.subject = "\(path) (\(subject))"
    return error
  }
}

/// An index outside its range, as a kernel finds it.
package struct IndexOutside: Sendable, Hashable {
  /// Its place among the indices.
  package var position: Int
  /// How many indices there are.
  package var count: Int
  /// Indices are in 0 ..< size.
  package var size: Int
  package init(position: Int, count: Int, size: Int) {
    self.position = position
    self.count = count
    self.size = size
  }
}
