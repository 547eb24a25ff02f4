extension Model {
  /// Names of outputs by the layers that have made them, each once.
  static func names(of outputs: [Tensor], madeBy calls: [ModelTrace.LayerCall]) -> [String] {
    var names: [String] = []
    for output in outputs {
      let makers = calls.filter { $0.outputs.contains { $0.key == output.key } }
      let depth = makers.map(\.depth).min()
      let maker = makers.last { $0.depth == depth }
      let base = maker?.path.split(separator: "/").last.map(String.init) ?? "output"
      let taken = names.filter { $0 == base || $0.hasPrefix(base + "_") && Int($0.dropFirst(base.count + 1)) != nil }
        .count
      names.append(taken == 0 ? base : "\(base)_\(taken)")
    }
    return names
  }

  /// A model that gives what layers of this one give, with the same weights: training either changes both.
  ///
  /// Keras's `Model(model.inputs, model.get_layer(name).output)`. Of a layer that is called more than once it is the last
  /// result. What the outputs do not need is not computed. The model takes over which layers are frozen now.
  ///
  /// Errors: `.missing` for a path that is no layer.
  /// Example: `let features = try model.intermediate("conv3", "conv4").predict([images])`
  public func intermediate(_ paths: String...) throws -> Model { try intermediate(paths) }

  /// A model that gives what the layers at some paths give, with the same weights.
  public func intermediate(_ paths: [String]) throws -> Model {
    for path in paths { _ = try layer(path) }
    return try lock.withLock {
      try Model(inputs: inputTypes, seed: store.seed, architecture: nil, values: .initialized, sharing: self) {
        [self] inputs in
        let outputs = try applied(to: inputs)
        guard let trace = inputs.lazy.compactMap(\.modelTrace).first else { return outputs }
        return paths.flatMap { path in trace.calls.last { $0.path == path }?.outputs ?? [] }
      }
    }
  }
}
