// What training needs besides the weights: slots, step size, sums of an epoch that is not over.

extension TrainingSettings {
  private static let rate = "learning_rate"
  private static let slots = "slots/"
  private static let sums = "sums/"

  /// Names of the sums in files, with the metric they belong to: nil for the loss.
  private var sumNames: [(name: String, variable: Variable)] {
    [(Self.sums + "loss/total", lossSum), (Self.sums + "loss/count", sampleCount)]
      + outputLosses.enumerated().map { ("\(Self.sums)losses/\($0)", $1.sum) }
      + accumulators.enumerated().flatMap { index, own in
        own.sorted { $0.key < $1.key }.map { ("\(Self.sums)metrics/\(index)/\($0.key)", $0.value) }
      }
  }

  /// - Parameter withSums: Whether the running epoch goes on after reading.
  func stateContents(withSums: Bool) -> SafetensorsContents {
    var contents = SafetensorsContents()
    contents.metadata["format"] = "cajal"
    contents.add(learningRate, as: Self.rate)
    for slot in optimizerVariables where slot.role == .slot {
      contents.add(slot, as: Self.slots + Self.plainName(slot))
    }
    if withSums { for (name, variable) in sumNames { contents.add(variable, as: name) } }
    return contents
  }

  private static func plainName(_ slot: Variable) -> String { String(slot.name.dropFirst("optimizer/".count)) }

  /// Takes over what `stateContents` has written; everything is read before anything changes.
  func restore(_ file: SafetensorsFile) throws {
    var actions: [() -> Void] = []
    for entry in file.entries {
      if entry.name == Self.rate {
        try demand(entry, TensorType([], .float32), file)
        let value = try file.storage(entry)
        actions.append { self.learningRate.value = value }
      } else if let name = entry.name.suffix(after: Self.slots) {
        try demand(entry, TensorType(entry.type.shape, .float32), file)
        if let known = optimizerVariables.first(where: { Self.plainName($0) == name }) {
          try demand(entry, known.type, file)
        }
        let value = try file.storage(entry)
        actions.append { self.optimization.adoptSlot(name, entry.type, value) }
      } else if let name = entry.name.suffix(after: Self.sums) {
        try actions.append(restoringSum(name, entry, file))
      }
    }
    for action in actions { action() }
  }

  private func restoringSum(_ name: String, _ entry: SafetensorsEntry, _ file: SafetensorsFile) throws -> () -> Void {
    let value = try file.storage(entry)
    switch name {
    case "loss/total", "loss/count":
      try demand(entry, TensorType([], .float32), file)
      let variable = name == "loss/total" ? lossSum : sampleCount
      return { variable.value = value }
    case _ where outputLosses.indices.contains { name == "losses/\($0)" }:
      try demand(entry, TensorType([], .float32), file)
      let own = outputLosses.enumerated().first { name == "losses/\($0.offset)" }
      return { own?.element.sum.value = value }
    default:
      let parts = name.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3, parts[0] == "metrics", let index = Int(parts[1]), metrics.indices.contains(index) else {
        throw CajalError(
          .argument, file.path, expected: "sums of the \(metrics.count) metrics of compile",
          given: "there is \(name.prefix(80))",
          advice: "Compile with the same metrics, or begin anew without this file.")
      }
      if let known = accumulators[index][String(parts[2])] { try demand(entry, known.type, file) }
      return { self.accumulator(index, String(parts[2]), entry.type).value = value }
    }
  }

  private func demand(_ entry: SafetensorsEntry, _ type: TensorType, _ file: SafetensorsFile) throws {
    guard entry.type == type else {
      throw CajalError(
        .format, file.path, expected: "\(entry.name.prefix(120)) of type \(type)", given: "it is \(entry.type)",
        advice: "The file belongs to another model or is damaged.")
    }
  }
}

extension String {
  /// What follows a beginning; nil where the text has another one.
  fileprivate func suffix(after beginning: String) -> String? {
    hasPrefix(beginning) ? String(dropFirst(beginning.count)) : nil
  }
}
