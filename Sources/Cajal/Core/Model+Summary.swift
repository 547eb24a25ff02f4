import CajalTerminal

extension Model {
  /// The layers with their output shapes and parameters, as a table for people.
  public func summary(for terminal: Terminal = .plain) -> String {
    lock.withLock {
      var table = Table(["Layer", "Class", "Output shape", "Parameters"])
      addRoot(to: &table)
      for call in calls {
        let own = store.variables.filter { isOwn($0.name, of: call.path) }.reduce(0) { $0 + $1.type.shape.count }
        let shapes = call.outputs.map { batched($0.shape.dimensions.dropFirst()) }
        table.addRow([
          .text(
            String(repeating: "  ", count: call.depth)
              + (call.path.split(separator: "/").last.map(String.init) ?? call.path)),
          .text(call.className), .text(shapes.joined(separator: " ")), own == 0 ? .empty : .integer(own),
        ])
      }
      let total = parameterCount
      let trainable = trainableParameterCount
      return table.rendered(for: terminal)
        + "\nParameters: \(Format.count(total)) (\(Format.bytes(total * 4)))"
        + "\n  trained:  \(Format.count(trainable))\n  kept:     \(Format.count(total - trainable))\n"
    }
  }

  /// The outermost layer has no call of its own: it is told where it owns parameters.
  private func addRoot(to table: inout Table) {
    let own = store.variables.filter { !$0.name.contains("/") }.reduce(0) { $0 + $1.type.shape.count }
    guard own > 0 else { return }
    let name = architecture.map { $0.name.text ?? snakeCase(type(of: $0).className) } ?? "model"
    table.addRow([
      .text(name), .text(architecture.map { type(of: $0).className } ?? ""),
      .text(outputTypes.map { batched($0.shape.dimensions) }.joined(separator: " ")), .integer(own),
    ])
  }

  private func batched(_ sizes: some Sequence<Int>) -> String {
    "[" + (["batch"] + sizes.map(String.init)).joined(separator: ", ") + "]"
  }

  /// A variable of the layer itself, not of a layer inside it.
  private func isOwn(_ name: String, of path: String) -> Bool {
    name.hasPrefix(path + "/") && !name.dropFirst(path.count + 1).contains("/")
  }
}
