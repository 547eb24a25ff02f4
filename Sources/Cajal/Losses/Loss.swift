/// What training makes small: a number for each sample from its target and the model's prediction.
///
/// A loss is a value with its options as properties. `fit` takes the mean over the batch, weighted where samples have
/// weights, and adds the layers' penalties.
public protocol Loss: Codable, Sendable {
  /// The loss of each sample: shape [batch], or [batch, …] where the prediction has a distribution at each place.
  func callAsFunction(target: Tensor, prediction: Tensor) throws -> Tensor
}

extension Loss {
  /// The class name in files.
  public static var className: String { String(describing: Self.self) }

  /// Demands equal shapes of target and prediction; a missing or extra last axis of 1 is named in the error.
  func demandEqualShapes(_ target: Tensor, _ prediction: Tensor) throws {
    guard target.shape != prediction.shape else { return }
    throw CajalError(
      .shape, Self.className, expected: "targets of the prediction's shape \(prediction.shape)",
      given: "they are \(target.shape)", advice: "Reshape the targets to \(prediction.shape).")
  }
}
