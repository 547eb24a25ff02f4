// Weights alone, in safetensors files that other programs read as well.

extension Model {
  /// Writes the weights in one file: for a path that ends in `.h5` as Keras does, else in safetensors under their paths.
  ///
  /// All or nothing: the file is written aside, brought to the disk and then put in its place.
  /// Errors: `.system` or `.missing` where the file cannot be written; an old file is then as it was.
  /// Example: `try model.saveWeights(to: "digits.safetensors")`
  public func saveWeights(to path: String) throws {
    try lock.withLock {
      if path.hasSuffix(".h5") { return try saveKerasWeights(to: path) }
      let contents = weightContents()
      try AsideFile.replace(path) { try contents.write(to: $0) }
    }
  }

  /// Reads weights from a safetensors file or a saved model, by path; from Keras's files (`.keras`, `.weights.h5`, and
  /// Keras 2's HDF5) by the place of each layer.
  ///
  /// Everything is checked before the first weight changes. Floating types are converted, halves included.
  /// - Parameters:
  ///   - allowingPartial: Whether the file may lack weights and may have others.
  ///   - skippingMismatched: Whether weights of another shape keep their values, as for a new last layer.
  /// Errors: `.format` for a damaged file, `.shape` with a report of all weights where they do not fit.
  /// Example: `print(try model.loadWeights(from: "pretrained.safetensors", skippingMismatched: true))`
  @discardableResult
  public func loadWeights(
    from path: String, allowingPartial: Bool = false, skippingMismatched: Bool = false
  ) throws -> LoadReport {
    let path = SavedForm.found(path)
    return try lock.withLock {
      if KerasFile.isArchive(path) || KerasFile.isHDF5(path) {
        return try loadKerasWeights(path, allowingPartial: allowingPartial, skippingMismatched: skippingMismatched)
      }
      let file: SafetensorsFile
      if Aside.isFolder(path) || (Aside.kind(path) == nil && SavedFolder.exists(path)) {
        file = try SavedFolder(path).weightFile()
      } else {
        file = try SafetensorsFile(path)
      }
      return try read(file, allowingPartial: allowingPartial, skippingMismatched: skippingMismatched)
    }
  }

  func weightContents() -> SafetensorsContents {
    var contents = SafetensorsContents()
    contents.metadata["format"] = "cajal"
    for variable in variables { contents.add(variable, as: variable.name) }
    return contents
  }

  func read(_ file: SafetensorsFile, allowingPartial: Bool, skippingMismatched: Bool) throws -> LoadReport {
    var report = LoadReport()
    var found: [(variable: Variable, entry: SafetensorsEntry)] = []
    for variable in variables {
      guard let entry = file[variable.name] else {
        report.missing.append(variable.name)
        continue
      }
      let (wanted, given) = (variable.type, entry.type)
      if wanted == given || (wanted.shape == given.shape && wanted.dtype.isFloating && given.dtype.isFloating) {
        found.append((variable, entry))
      } else {
        report.mismatched.append(LoadReport.Mismatch(path: variable.name, expected: wanted, given: given))
      }
    }
    let known = Set(variables.map(\.name))
    report.unexpected = file.entries.map(\.name).filter { !known.contains($0) }
    let isPartialRefused = !allowingPartial && !(report.missing.isEmpty && report.unexpected.isEmpty)
    if isPartialRefused || (!skippingMismatched && !report.mismatched.isEmpty) {
      report.loaded = []
      throw CajalError(
        .shape, file.path, expected: "the \(variables.count) weights of this model", given: Self.difference(report),
        advice: isPartialRefused
          ? "Build the same architecture, or pass allowingPartial: true."
          : "Build the same architecture, or pass skippingMismatched: true.")
    }
    for (variable, entry) in found {
      let storage = try file.storage(entry)
      variable.value =
        entry.type == variable.type
        ? storage : try Tensor(storage, shape: entry.type.shape).cast(to: variable.type.dtype).storage
      report.loaded.append(variable.name)
    }
    return report
  }

  private static func difference(_ report: LoadReport) -> String {
    let text = report.description
    return text.hasPrefix("0 loaded; ") ? String(text.dropFirst(10)) : text
  }
}

extension SavedFolder {
  func weightFile() throws -> SafetensorsFile {
    guard let file = try tensors(Self.weights) else {
      throw CajalError(
        .format, path, expected: "\(Self.weights) in the saved model", given: "there is none",
        advice: "Save the model again.")
    }
    return file
  }
}
