/// A graph with parameters: what a loop runs each time round.
package final class Subgraph: Sendable {
  package let parameters: [Tensor]
  package let results: [Tensor]

  package init(parameters: [Tensor], results: [Tensor]) {
    self.parameters = parameters
    self.results = results
  }

  /// The results for given arguments, as nodes of the arguments' graph.
  package func callAsFunction(_ arguments: [Tensor]) -> [Tensor] {
    Tensor.substituting(zip(parameters, arguments).map { ($0, $1) }, in: results)
  }
}

extension Tensor {
  /// The tensors with some of the nodes they depend on replaced; only what depends on the replaced ones is made again.
  package static func substituting(_ replacements: [(Tensor, Tensor)], in tensors: [Tensor]) -> [Tensor] {
    var known: [TensorKey: Tensor] = [:]
    for (old, new) in replacements { known[old.key] = new }
    let leaves = Set(replacements.map { ObjectIdentifier($0.0.node) })
    for node in Node.topologicalOrder(tensors, stopAt: { leaves.contains(ObjectIdentifier($0)) }) {
      guard !leaves.contains(ObjectIdentifier(node)), node.inputs.contains(where: { known[$0.key] != nil }) else {
        continue
      }
      let results = apply(node.operation, node.inputs.map { known[$0.key] ?? $0 })
      for index in node.types.indices { known[Tensor(node, index).key] = results[index] }
    }
    return tensors.map { known[$0.key] ?? $0 }
  }

  /// Cuts a graph at some tensors: the results as a subgraph of them, and whatever else it needs from outside.
  ///
  /// Nodes that depend on no parameter stay outside (a loop does not repeat them); they come back as captures, the last
  /// parameters of the subgraph. Fills and counters are cheap and stay inside.
  package static func closure(of results: [Tensor], over parameters: [Tensor]) -> (Subgraph, captures: [Tensor]) {
    let leaves = Set(parameters.map { ObjectIdentifier($0.node) })
    var inside: Set<ObjectIdentifier> = leaves
    var captures: [Tensor] = []
    var seen: Set<TensorKey> = []
    func capture(_ tensor: Tensor) {
      guard !inside.contains(ObjectIdentifier(tensor.node)), !(tensor.node.operation is Fill),
        !(tensor.node.operation is Iota),
        seen.insert(tensor.key).inserted
      else { return }
      captures.append(tensor)
    }
    let order = Node.topologicalOrder(results) { leaves.contains(ObjectIdentifier($0)) }
    for node in order where node.inputs.contains(where: { inside.contains(ObjectIdentifier($0.node)) }) {
      inside.insert(ObjectIdentifier(node))
    }
    for node in order where inside.contains(ObjectIdentifier(node)) && !leaves.contains(ObjectIdentifier(node)) {
      node.inputs.forEach(capture)
    }
    results.forEach(capture)
    let trace = parameters.first?.node.trace
    let stand = captures.map { placeholder("capture", $0.type, trace: trace) }
    let inner = substituting(zip(captures, stand).map { ($0, $1) }, in: results)
    return (Subgraph(parameters: parameters + stand, results: inner), captures)
  }
}
