/// A number of the logs that a callback watches, and when it counts as better.
struct Monitor {
  let name: String
  let mode: MonitorMode
  /// A smaller change is none.
  let minDelta: Double
  /// The callback's class, for messages.
  let subject: String
  private var isHigherBetter: Bool?

  init(_ name: String, mode: MonitorMode, minDelta: Double = 0, subject: String) {
    self.name = name
    self.mode = mode
    self.minDelta = abs(minDelta)
    self.subject = subject
  }

  /// The value in an epoch's logs; nil in an epoch that has none, as between validations.
  ///
  /// Errors: `.missing` if no epoch of this training can have it, `.argument` if the mode is unknown.
  mutating func value(_ training: TrainingContext) throws -> Double? {
    if isHigherBetter == nil { isHigherBetter = try findDirection(training.control) }
    if let value = training.logs[name] { return value }
    let known = training.control.logNames
    guard !known.contains(TrainingSettings.metricName(of: name, among: known)) else { return nil }
    let isValidation = name.hasPrefix("val_")
    throw CajalError(
      .missing, subject, expected: "\(name) among the logs",
      given: "there are \(training.logs.names.joined(separator: ", "))",
      advice: isValidation ? "Pass validation data to fit, or watch one of these." : "Watch one of these.")
  }

  /// Whether a value is better than another by more than `minDelta`; anything but NaN is better than nothing.
  func isBetter(_ value: Double, than best: Double?) -> Bool {
    guard !value.isNaN else { return false }
    guard let best, !best.isNaN else { return true }
    return isHigherBetter == true ? value - minDelta > best : value + minDelta < best
  }

  private func findDirection(_ control: any TrainingControl) throws -> Bool {
    switch mode {
    case .min: return false
    case .max: return true
    case .auto:
      let metric = name.hasPrefix("val_") ? String(name.dropFirst(4)) : name
      if let direction = control.direction(of: metric) { return direction == .higher }
      if metric == "loss" || metric.hasSuffix("_loss") { return false }
      throw CajalError(
        .argument, subject, expected: "to know whether \(name) is better high or low",
        given: "the model has no such metric",
        advice: "Say mode: .min or mode: .max.")
    }
  }
}

/// When a watched number counts as better.
public enum MonitorMode: String, Hashable, Sendable, Codable {
  /// As the metric itself says; a loss is better low.
  case auto
  /// The smaller value is the better one.
  case min
  /// The larger value is the better one.
  case max
}
