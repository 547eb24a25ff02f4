// Weights between a model and the groups of `model.weights.h5`.
import Foundation

extension KerasNode {
  /// Reads the weights of a model; everything is checked before the first weight changes.
  ///
  /// Errors: `.shape` with a report where they do not fit.
  @discardableResult
  func read(
    _ variables: [Variable], from file: H5File, allowingPartial: Bool = false, skippingMismatched: Bool = false
  ) throws -> LoadReport {
    let places = weights(of: variables)
    var entries: [(variable: Variable, entry: H5File.Entry?)] = []
    for weight in places {
      let entry = try file.entry(weight.path) ?? file.entry(weight.path.replacingLayers)
      entries.append((weight.variable, entry))
    }
    return try KerasWeights.read(
      entries, file, unexpected: unexpected(places, file), allowingPartial: allowingPartial,
      skippingMismatched: skippingMismatched)
  }

  /// Arrays below `layers` that belong to no variable; seeds of random numbers are Keras's own.
  private func unexpected(_ weights: [Weight], _ file: H5File) -> [String] {
    let known = Set(weights.flatMap { [$0.path, $0.path.replacingLayers] })
    return file.kinds.filter { path, kind in
      kind == .dataset && !known.contains(path) && !path.hasPrefix("optimizer/") && !path.contains("seed_generator")
        && !path.hasPrefix("metrics/") && !path.hasPrefix("_metrics")
    }.keys.sorted()
  }

  /// Writes the weights of a model, with a group for every layer.
  func write(_ variables: [Variable], to file: H5Writer) throws {
    let groups = everyGroup()
    for (node, group) in groups {
      let own = group.isEmpty ? "vars" : group + "/vars"
      try file.makeGroup(own)
      try file.setText(node.name, "name", of: own)
    }
    var made = Set(groups.map(\.group))
    for weight in weights(of: variables) {
      // Layers inside a layer have groups of their own.
      if made.insert(weight.group).inserted { try file.makeGroup(weight.group + "/vars") }
      try file.write(weight.variable.value, weight.variable.type.shape, as: weight.path)
    }
  }
}

extension String {
  /// The group as Keras's first versions named it.
  fileprivate var replacingLayers: String {
    replacingOccurrences(of: "layers/", with: "_layer_checkpoint_dependencies/")
  }
}

enum KerasWeights {
  static func read(
    _ entries: [(variable: Variable, entry: H5File.Entry?)], _ file: H5File, unexpected: [String],
    allowingPartial: Bool, skippingMismatched: Bool
  ) throws -> LoadReport {
    var report = LoadReport()
    report.unexpected = unexpected
    var found: [(variable: Variable, entry: H5File.Entry)] = []
    for (variable, entry) in entries {
      guard let entry else {
        report.missing.append(variable.name)
        continue
      }
      let (wanted, given) = (variable.type, entry.type)
      if wanted == given || (wanted.shape == given.shape && wanted.dtype.isFloating == given.dtype.isFloating) {
        found.append((variable, entry))
      } else {
        report.mismatched.append(LoadReport.Mismatch(path: variable.name, expected: wanted, given: given))
      }
    }
    let isPartialRefused = !allowingPartial && !(report.missing.isEmpty && report.unexpected.isEmpty)
    if isPartialRefused || (!skippingMismatched && !report.mismatched.isEmpty) {
      throw CajalError(
        .shape, file.path, expected: "the \(entries.count) weights of this model",
        given: String(report.description.dropFirst("0 loaded; ".count)),
        advice: isPartialRefused
          ? "Build the same architecture, or pass allowingPartial: true."
          : "Build the same architecture, or pass skippingMismatched: true.")
    }
    for (variable, entry) in found {
      try file.read(entry, into: variable)
      report.loaded.append(variable.name)
    }
    return report
  }
}
