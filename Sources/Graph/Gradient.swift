// Reverse-mode differentiation: graph to larger graph, closed under itself.

/// The gradient of a scalar with respect to tensors, as new tensors of the same shapes.
///
/// gᵢ = ∂ loss / ∂ parametersᵢ, built in reverse order from each operation's own gradient. The result is an ordinary
/// graph: it can be differentiated again. A tensor the loss does not depend on has gradient zero. A loss with more than
/// one element is an error; sum it first.
///
/// Example: `let w = Tensor(5); let slope = gradient(of: 0.5 * (6 - 2 * w).squared(), with: [w])[0]   // 8`
public func gradient(of loss: Tensor, with parameters: [Tensor]) -> [Tensor] {
  guard loss.count == 1 || loss.shape.isPoisoned else {
    let error = CajalError(
      .shape, "gradient", expected: "a loss of one element", given: "it has shape \(loss.shape)",
      advice: "Take its sum() or mean() first.")
    let poisoned = Tensor.misfit(error, trace: loss.node.trace)
    return parameters.map { _ in poisoned }
  }
  return gradient(of: [loss], seeds: [Tensor.fill(1, type: loss.type)], with: parameters)
}

/// The product of given output gradients with the Jacobian: Σⱼ seedsⱼ · ∂ outputsⱼ / ∂ parametersᵢ.
public func gradient(of outputs: [Tensor], seeds: [Tensor], with parameters: [Tensor]) -> [Tensor] {
  gradient(of: outputs, seeds: seeds, with: parameters, independent: false)
}

/// With `independent` the parameters count as sources, even where one is computed from another.
func gradient(of outputs: [Tensor], seeds: [Tensor], with parameters: [Tensor], independent: Bool) -> [Tensor] {
  let wanted = Set(parameters.map(\.key))
  let sources = independent ? Set(parameters.map { ObjectIdentifier($0.node) }) : []
  let order = Node.topologicalOrder(outputs) { sources.contains(ObjectIdentifier($0)) }
  let dependent = nodes(order, dependingOn: wanted)
  var arrived: [TensorKey: [Tensor]] = [:]
  for (output, seed) in zip(outputs, seeds) { arrived[output.key, default: []].append(seed) }

  for node in order.reversed() where dependent.contains(ObjectIdentifier(node)) {
    let results = node.types.indices.map { Tensor(node, $0) }
    guard results.contains(where: { arrived[$0.key] != nil }) else { continue }
    guard !sources.contains(ObjectIdentifier(node)) else { continue }
    let needed = node.inputs.map { wanted.contains($0.key) || dependent.contains(ObjectIdentifier($0.node)) }
    guard needed.contains(true) else { continue }
    let gradients = results.map { arrived[$0.key].map(total) }
    let context = GradientContext(inputs: node.inputs, outputs: results, gradients: gradients, needed: needed)
    let backward = inPath(of: node) { node.operation.gradient(context) }
    for (index, gradient) in backward.enumerated() where needed[index] {
      if let gradient { arrived[node.inputs[index].key, default: []].append(gradient) }
    }
  }
  return parameters.map { parameter in arrived[parameter.key].map(total) ?? parameter.filled(0) }
}

/// The nodes through which the wanted tensors reach the outputs.
private func nodes(_ order: [Node], dependingOn wanted: Set<TensorKey>) -> Set<ObjectIdentifier> {
  var dependent: Set<ObjectIdentifier> = []
  for node in order where node.types.first?.dtype.isFloating == true || node.types.count > 1 {
    if node.inputs.contains(where: { wanted.contains($0.key) || dependent.contains(ObjectIdentifier($0.node)) }) {
      dependent.insert(ObjectIdentifier(node))
    }
  }
  return dependent
}

private func total(_ terms: [Tensor]) -> Tensor { terms.dropFirst().reduce(terms[0]) { $0 + $1 } }

/// Backward nodes carry the path of the layer they belong to.
private func inPath<Result>(of node: Node, _ body: () -> Result) -> Result {
  guard let trace = node.trace else { return body() }
  return trace.standing(at: node.path, body)
}

extension Trace {
  /// Runs `body` at a path of its own, wherever the trace stands.
  package func standing<Result>(at place: String, _ body: () -> Result) -> Result {
    let outer = path
    path = place
    defer { path = outer }
    return body()
  }
}

extension Node {
  /// Every node the tensors depend on, inputs before users; without recursion.
  package static func topologicalOrder(_ roots: [Tensor], stopAt isLeaf: (Node) -> Bool = { _ in false }) -> [Node] {
    var order: [Node] = []
    var state: [ObjectIdentifier: Bool] = [:]  // false: entered, true: done
    var stack: [(node: Node, next: Int)] = []
    for root in roots where state[ObjectIdentifier(root.node)] == nil {
      stack.append((root.node, 0))
      state[ObjectIdentifier(root.node)] = false
      while let (node, next) = stack.last {
        let inputs = isLeaf(node) ? [] : node.inputs
        if next < inputs.count {
          stack[stack.count - 1].next += 1
          let input = inputs[next].node
          if state[ObjectIdentifier(input)] == nil {
            state[ObjectIdentifier(input)] = false
            stack.append((input, 0))
          }
        } else {
          state[ObjectIdentifier(node)] = true
          order.append(node)
          stack.removeLast()
        }
      }
    }
    return order
  }
}
