// Misuse in code stops the program with the same kind of message that errors carry. Swift's own `precondition` keeps its
// message to itself in optimized builds, where people need it most.

/// Stops the program and says why: who, what was expected, what was given.
package func misuse(_ text: String, file: StaticString = #fileID, line: UInt = #line) -> Never {
  fatalError(text, file: file, line: line)
}

/// Stops the program unless a condition holds; the text is made only then.
@inline(__always)
package func assertUse(
  _ condition: @autoclosure () -> Bool, _ text: @autoclosure () -> String, file: StaticString = #fileID,
  line: UInt = #line
) {
  if !condition() { misuse(text(), file: file, line: line) }
}
