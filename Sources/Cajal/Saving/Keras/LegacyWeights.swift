// Weights as Keras 2 keeps them in HDF5: groups by the names of layers, which an attribute lists.
import Foundation

struct LegacyWeights {
  private let file: H5File
  private let base: String
  private let layerNames: [String]

  /// Nil where the file has another form.
  init?(_ file: H5File) throws {
    self.file = file
    base = file.kinds["model_weights"] == .group ? "model_weights" : ""
    layerNames = try Self.list("layer_names", of: base, file)
    if layerNames.isEmpty { return nil }
  }

  /// A list that may be cut into `name0`, `name1`, … where it is long.
  static func list(_ name: String, of object: String, _ file: H5File) throws -> [String] {
    let whole = try file.texts(name, of: object)
    if !whole.isEmpty { return whole }
    var parts: [String] = []
    for number in 0..<1000 {
      let part = try file.texts(name + String(number), of: object)
      if part.isEmpty { break }
      parts += part
    }
    return parts
  }

  private func path(_ parts: String...) -> String { ([base] + parts).filter { !$0.isEmpty }.joined(separator: "/") }

  func read(
    _ node: KerasNode, _ variables: [Variable], allowingPartial: Bool, skippingMismatched: Bool
  ) throws -> LoadReport {
    var given: [(name: String, entries: [H5File.Entry])] = []
    for name in layerNames {
      let layer = path(name)
      guard file.kinds[layer] == .group else { continue }
      let entries = try Self.list("weight_names", of: layer, file).compactMap { try file.entry(layer + "/" + $0) }
      if !entries.isEmpty { given.append((name, entries)) }
    }
    // The model's layers that have weights, in the file's order or by their names.
    let layers = (node.children ?? [node]).map { child in (child.name, child.weights(of: variables)) }
      .filter { !$0.1.isEmpty }
    let byName = Dictionary(given.map { ($0.name, $0.entries) }, uniquingKeysWith: { first, _ in first })
    let isNamed = layers.allSatisfy { byName[$0.0] != nil }
    var pairs: [(variable: Variable, entry: H5File.Entry?)] = []
    var unexpected: [String] = []
    for (index, (name, weights)) in layers.enumerated() {
      let entries = isNamed ? byName[name] ?? [] : given.indices.contains(index) ? given[index].entries : []
      let parametersFirst = weights.filter(\.isParameter) + weights.filter { !$0.isParameter }
      func fits(_ order: [KerasNode.Weight]) -> Bool {
        order.count == entries.count && zip(order, entries).allSatisfy { $0.variable.type.shape == $1.type.shape }
      }
      let order = fits(parametersFirst) || !fits(weights) ? parametersFirst : weights
      for (place, weight) in order.enumerated() {
        pairs.append((weight.variable, entries.indices.contains(place) ? entries[place] : nil))
      }
      unexpected += entries.dropFirst(order.count).map(\.path)
    }
    if isNamed {
      let known = Set(layers.map(\.0))
      unexpected += given.filter { !known.contains($0.name) }.flatMap { $0.entries.map(\.path) }
    } else {
      unexpected += given.dropFirst(layers.count).flatMap { $0.entries.map(\.path) }
    }
    return try KerasWeights.read(
      pairs, file, unexpected: unexpected, allowingPartial: allowingPartial, skippingMismatched: skippingMismatched)
  }
}

extension Model {
  /// Reads the whole-model HDF5 file of Keras 2.
  static func loadLegacyKeras(_ path: String, compiled: Bool, inputShapes: [Shape]) throws -> Model {
    let file = try H5File(FileSource(OpenFile.reading(path)), path: path)
    guard let text = try file.texts("model_config").first, let weights = try LegacyWeights(file) else {
      throw CajalError(
        .format, path, expected: "a whole model", given: "the file has weights alone",
        advice: "Build the model and use loadWeights(from:).")
    }
    let config = try JSONReader.value(Data(text.utf8), of: path + ", model_config")
    let (model, node) = try made(from: config, path, weights: file, inputShapes: inputShapes)
    _ = try weights.read(node, model.variables, allowingPartial: false, skippingMismatched: false)
    if compiled, let training = try file.texts("training_config").first {
      var settings = try JSONReader.value(Data(training.utf8), of: path + ", training_config").object ?? [:]
      settings.rename("optimizer_config", to: "optimizer")
      try model.compileKeras(settings, node, nil)
      let names = try LegacyWeights.list("weight_names", of: "optimizer_weights", file)
      if names.first?.hasSuffix("/iteration") == true, let settings = model.training {
        try settings.readKeras(node, model, file, names.map { "optimizer_weights/" + $0 })
      } else if !names.isEmpty {
        model.notes.append("the state of Keras 2's optimizer is left: its moments begin anew")
      }
    }
    return model
  }
}
