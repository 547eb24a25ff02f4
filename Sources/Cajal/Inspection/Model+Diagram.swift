import Foundation

extension Model {
  /// The network as boxes and arrows, an SVG picture: Keras's `plot_model`.
  ///
  /// - Parameter expandNested: Whether layers inside others are shown instead of those around them.
  /// Example: `try model.writeDiagram(to: "network.svg")`
  public func diagram(expandNested: Bool = false) -> String {
    lock.withLock {
      let shown = calls.indices.filter { index in
        guard expandNested else { return calls[index].depth == 0 }
        let next = index + 1 < calls.count ? calls[index + 1].depth : 0
        return next <= calls[index].depth
      }.map { calls[$0] }
      return network(of: shown).svg()
    }
  }

  /// Writes ``diagram(expandNested:)`` into a file.
  ///
  /// Errors: `.system` where the file cannot be written.
  public func writeDiagram(to path: String, expandNested: Bool = false) throws {
    do {
      try Data(diagram(expandNested: expandNested).utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw CajalError(
        .system, "diagram", expected: "to write \(path)", given: "\(error.localizedDescription)")
    }
  }

  private func network(of shown: [ModelTrace.LayerCall]) -> Diagram {
    var diagram = Diagram()
    var maker: [TensorKey: Int] = [:]
    func text(_ tensors: [Tensor]) -> String {
      tensors.map { "[" + (["batch"] + $0.shape.dimensions.dropFirst().map(String.init)).joined(separator: ", ") + "]" }
        .joined(separator: " ")
    }
    /// The boxes that a tensor comes from, through whatever is computed between layers.
    func sources(_ tensors: [Tensor]) -> [Int] {
      var found: Set<Int> = []
      var seen: Set<TensorKey> = []
      var rest = tensors
      while let tensor = rest.popLast() {
        guard seen.insert(tensor.key).inserted else { continue }
        if let index = maker[tensor.key] {
          found.insert(index)
        } else if let type = input(tensor) {
          maker[tensor.key] = diagram.boxes.count
          found.insert(diagram.boxes.count)
          diagram.boxes.append(Diagram.Box(title: type, detail: text([tensor]), sources: []))
        } else {
          rest += tensor.node.inputs
        }
      }
      return found.sorted()
    }
    for call in shown {
      let own = sources(call.inputs)
      let name = call.path.split(separator: "/").last.map(String.init) ?? call.path
      // A layer that gives back what it is given, as dropout does in prediction, stands between all the same.
      for output in call.outputs { maker[output.key] = diagram.boxes.count }
      diagram.boxes.append(
        Diagram.Box(title: "\(name) (\(call.className))", detail: text(call.outputs), sources: own))
    }
    return diagram
  }

  /// What a symbolic input of the model is called; nil for other tensors.
  private func input(_ tensor: Tensor) -> String? {
    guard let placeholder = tensor.node.operation as? Placeholder else { return nil }
    return placeholder.label
  }
}
