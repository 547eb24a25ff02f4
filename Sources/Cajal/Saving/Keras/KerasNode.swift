// The tree of layers as Keras walks it to save weights: its order gives the names of groups, and the optimizer's order.

/// A layer or network of a Keras model, with the path its weights have in Cajal.
struct KerasNode {
  var className: String
  var name: String
  /// Empty for the model itself.
  var path: String
  /// The layers of a network in Keras's order; nil for a layer.
  var children: [KerasNode]?
  /// Keras's groups of the cells in a stack, by the cells' names.
  private var cells: [String: String] = [:]

  init(_ className: String, name: String, path: String, children: [KerasNode]? = nil) {
    self.className = className
    self.name = name
    self.path = path
    self.children = children
  }

  /// The tree of a configuration.
  init(_ value: JSONValue, path: String = "", isRoot: Bool = true, depth: Int = 0) throws {
    className = value["class_name"].text ?? ""
    name = value["name"].text ?? value["config"]["name"].text ?? ""
    self.path = isRoot ? "" : path.isEmpty ? name : path + "/" + name
    guard ["Sequential", "Functional", "Model"].contains(className), let layers = value["config"]["layers"].array else {
      cells = Self.cells(value["config"], depth: 0)
      return
    }
    guard depth < 64 else {
      throw CajalError(.format, name, expected: "at most 64 networks inside one another", given: "there are more")
    }
    let skipsInputs = className == "Sequential"
    let own = self.path
    children = try layers.compactMap { layer in
      if layer["module"].text?.contains(".ops") == true { return nil }
      if skipsInputs, layer["class_name"].text == "InputLayer" { return nil }
      return try KerasNode(layer, path: own, isRoot: false, depth: depth + 1)
    }
    if className == "Model" { className = "Functional" }
  }

  /// A variable and where Keras keeps it.
  struct Weight {
    var variable: Variable
    /// `layers/dense/vars/0`
    var group: String
    var index: Int
    var isParameter: Bool { variable.role == .parameter }
    var path: String { "\(group)/vars/\(index)" }
  }

  /// All weights in Keras's order; `group` is where the node's own are kept.
  func weights(of variables: [Variable]) -> [Weight] {
    var byLayer: [Substring: [Variable]] = [:]
    for variable in variables {
      // Every beginning of the path that ends before a slash may be a layer.
      var prefix = variable.name[...]
      while let slash = prefix.lastIndex(of: "/") {
        prefix = variable.name[..<slash]
        byLayer[prefix, default: []].append(variable)
      }
    }
    var result: [Weight] = []
    collect("", byLayer, &result)
    return result
  }

  private func collect(_ group: String, _ variables: [Substring: [Variable]], _ result: inout [Weight]) {
    guard children == nil else {
      for (child, group) in groups(group) { child.collect(group, variables, &result) }
      return
    }
    let own = variables[path[...]] ?? []
    var order: [String] = []
    var bySubgroup: [String: [Variable]] = [:]
    for variable in own {
      let parts = variable.name.dropFirst(path.count + 1).split(separator: "/").dropLast().map(String.init)
      let place = ([group] + attributes(parts)).joined(separator: "/")
      if bySubgroup[place] == nil { order.append(place) }
      bySubgroup[place, default: []].append(variable)
    }
    // What is the layer's own comes before what is the layers' inside.
    for place in order.filter({ $0 == group }) + order.filter({ $0 != group }) {
      let all = bySubgroup[place] ?? []
      var sorted = all.filter { $0.role == .parameter } + all.filter { $0.role != .parameter }
      // Keras's wrapper keeps the kernel of its layer once more before its own vector.
      if className == "SpectralNormalization", place == group, let kernel = own.first(where: { $0.role == .parameter })
      {
        sorted.insert(kernel, at: 0)
      }
      result += sorted.enumerated().map { Weight(variable: $1, group: place, index: $0) }
    }
  }

  /// The children with their groups: class names in snake case, numbered where they repeat.
  func groups(_ own: String) -> [(node: KerasNode, group: String)] {
    var used: [String: Int] = [:]
    return (children ?? []).map { child in
      // The class is exported under another name than its own.
      let base = child.className == "GroupQueryAttention" ? "grouped_query_attention" : snakeCase(child.className)
      let number = used[base].map { $0 + 1 } ?? 0
      used[base] = number
      return (child, (own.isEmpty ? "" : own + "/") + "layers/" + (number == 0 ? base : "\(base)_\(number)"))
    }
  }

  /// Cells are numbered by their classes, whatever their names.
  private static func cells(_ config: JSONValue, depth: Int) -> [String: String] {
    guard let list = config["cells"].array else {
      guard depth < 8 else { return [:] }
      return ["cell", "layer", "backward_layer"].reduce(into: [:]) { known, key in
        guard config[key].object != nil else { return }
        known.merge(cells(config[key]["config"], depth: depth + 1)) { first, _ in first }
      }
    }
    var used: [String: Int] = [:]
    var known: [String: String] = [:]
    for cell in list {
      let base = snakeCase(cell["class_name"].text ?? "")
      let number = used[base].map { $0 + 1 } ?? 0
      used[base] = number
      guard let name = cell["config"]["name"].text, known[name] == nil else { continue }
      known[name] = number == 0 ? base : "\(base)_\(number)"
    }
    return known
  }

  /// All nodes below with their groups, this one first.
  func everyGroup(_ own: String = "") -> [(node: KerasNode, group: String)] {
    [(self, own)] + groups(own).flatMap { $0.node.everyGroup($0.group) }
  }

  /// Keras's attributes for the layers inside a layer: what stands for a part of a weight's path.
  private func attributes(_ parts: [String]) -> [String] {
    var isStack = className == "StackedRNNCells"
    return parts.enumerated().map { index, part in
      if index == 0 {
        switch className {
        case "MultiHeadAttention", "GroupQueryAttention":
          let known = ["query", "key", "value"].contains(part)
          let prefix = className == "GroupQueryAttention" ? "_" : ""
          return prefix + (known ? part + "_dense" : part == "attention_output" ? "output_dense" : part)
        case "Bidirectional": return part.hasPrefix("forward") ? "forward_layer" : "backward_layer"
        case "TimeDistributed", "SpectralNormalization": return "layer"
        default: break
        }
      }
      if isStack { return "cells/" + (cells[part] ?? part) }
      if part.hasPrefix("stacked_rnn_cells") {
        isStack = true
        return "cell"
      }
      return part.contains("_cell") ? "cell" : part
    }
  }
}
