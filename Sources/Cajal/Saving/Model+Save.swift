import Foundation
extension Model {
  /// Writes the model.
  public func save(to path: String) throws { throw CajalError(.unsupported, "save", expected: "x", given: "y") }
  /// Writes parameters and states without the optimizer.
  public func saveWeights(to path: String) throws { throw CajalError(.unsupported, "save", expected: "x", given: "y") }
}
