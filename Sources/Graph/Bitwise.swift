/// A number that is compared by its bits, as an attribute of an operation: 0 and -0 are two, and a NaN equals itself.
///
/// Operations that are equal are computed once, and programs are kept by their operations: what differs in a sign of
/// zero must not be taken for the same.
@propertyWrapper
package struct Bitwise: Hashable, Sendable {
  package var wrappedValue: Double
  package init(wrappedValue: Double) { self.wrappedValue = wrappedValue }
  package static func == (a: Self, b: Self) -> Bool { a.wrappedValue.bitPattern == b.wrappedValue.bitPattern }
  package func hash(into hasher: inout Hasher) { hasher.combine(wrappedValue.bitPattern) }
}
