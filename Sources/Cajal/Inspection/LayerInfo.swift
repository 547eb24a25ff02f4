/// What is known of a layer of a model, found by its path.
public struct LayerInfo: Sendable {
  /// Names from the outermost layer inwards: `encoder/conv1`.
  public let path: String
  /// The class: `Conv2D`.
  public let className: String
  /// Types of one sample of what goes in, without the batch axis.
  public let inputTypes: [TensorType]
  /// Types of one sample of what comes out, without the batch axis.
  public let outputTypes: [TensorType]
  /// The variables of the layer and of those inside it.
  public let variables: [Variable]
  /// Whether training changes its parameters.
  public let isTrainable: Bool

  /// The last component of the path.
  public var name: String { path.split(separator: "/").last.map(String.init) ?? path }
  /// The number of trained and kept values.
  public var parameterCount: Int { variables.reduce(0) { $0 + $1.type.shape.count } }
}

extension Model {
  /// The layers in the order they are called; layers inside others follow them. One called more than once is there once.
  public var layers: [LayerInfo] {
    lock.withLock {
      var seen: Set<String> = []
      return calls.filter { seen.insert($0.path).inserted }.map(info)
    }
  }

  /// A layer by its path (`encoder/conv1`), or by its name where only one has it.
  ///
  /// Errors: `.missing` for an unknown path, or a name that several layers have.
  /// Example: `try model.layer("conv1").parameterCount`
  public func layer(_ path: String) throws -> LayerInfo {
    let all = layers
    if let found = all.first(where: { $0.path == path }) { return found }
    let named = all.filter { $0.name == path }
    if named.count == 1 { return named[0] }
    let known = (named.isEmpty ? all : named).map(\.path)
    throw CajalError(
      .missing, "Model", expected: named.isEmpty ? "the path of a layer" : "the whole path of a layer",
      given: "it is '\(path)'",
      advice: "Layers are \(known.prefix(8).joined(separator: ", "))\(known.count > 8 ? ", …" : "").")
  }

  /// The number of trained and kept values: Keras's `count_params`.
  public func countParameters() -> Int { parameterCount }

  private func info(_ call: ModelTrace.LayerCall) -> LayerInfo {
    func samples(_ tensors: [Tensor]) -> [TensorType] {
      tensors.map { TensorType(Shape(Array($0.shape.dimensions.dropFirst())), $0.dtype) }
    }
    return LayerInfo(
      path: call.path, className: call.className, inputTypes: samples(call.inputs), outputTypes: samples(call.outputs),
      variables: store.variables.filter { $0.name.hasPrefix(call.path + "/") }, isTrainable: isTrainable(call.path))
  }
}
