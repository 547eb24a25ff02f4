import Cajal
import CajalTerminal

extension Study {
  /// What Boltzmann machines are good for.
  static let boltzmann: [Study] = [
    boltzmannDigits, boltzmannFeatures, boltzmannFilling, boltzmannBalance, boltzmannRatings, beliefDigits, deepDigits,
  ]
}

extension StudyRun {
  /// Says how an epoch of a machine went; true, so that it goes on.
  func report(_ epoch: RestrictedTrainer.Epoch, of epochs: Int? = nil, layer: Int? = nil) -> Bool {
    let place = layer.map { "layer \($0 + 1), " } ?? ""
    let error = epoch.reconstructionError.map { "reconstruction error \(Format.fixed($0, digits: 4))  " } ?? ""
    note("  \(place)epoch \(epoch.number)/\(epochs ?? study.epochs)  \(error)\(Format.duration(epoch.seconds))")
    return true
  }
}
