// Values outside models: graphs compiled once per structure, run with their known values as inputs.
import CajalCompiler
import CajalGraph
import Synchronization

/// Computes lazy tensors; called from any thread.
package final class LazyEvaluator: Evaluator {
  private let programs = Mutex<Programs>(Programs())
  private static let mostPrograms = 256

  /// Compiled structures, the least recently used first to go.
  private struct Programs: @unchecked Sendable {  // reached under the lock only
    var known: [[AnyHashable]: (program: Program, lastUse: Int)] = [:]
    var clock = 0
  }

  package init() {}

  package func evaluate(_ tensors: [Tensor]) throws {
    var roots: [Node] = []
    for tensor in tensors where !roots.contains(where: { $0 === tensor.node }) { roots.append(tensor.node) }
    let wanted = roots.flatMap { node in node.types.indices.map { Tensor(node, $0) } }
    let order = Node.topologicalOrder(wanted) { $0.storages != nil }
    let structure = Structure(order, wanted)
    try programs.withLock { programs in
      programs.clock += 1
      let program: Program
      if let known = programs.known[structure.key] {
        program = known.program
      } else {
        let inputs = structure.leaves.map { Tensor.placeholder("value", $0.type, trace: nil) }
        let outputs = Tensor.substituting(zip(structure.leaves, inputs).map { ($0, $1) }, in: wanted)
        program = try Program(Request(inputs: inputs, outputs: outputs))
        if programs.known.count >= Self.mostPrograms,
          let oldest = programs.known.min(by: { $0.value.lastUse < $1.value.lastUse })
        {
          programs.known[oldest.key] = nil
        }
      }
      programs.known[structure.key] = (program, programs.clock)
      let results = wanted.map { Storage($0.dtype, count: $0.count) }
      try program.run(structure.leaves.map(\.storage), into: results)
      var next = 0
      for node in roots {
        node.keep(Array(results[next..<(next + node.types.count)]))
        next += node.types.count
      }
    }
  }

  /// A graph without its values: operations, edges and types in order.
  private struct Structure {
    var key: [AnyHashable] = []
    var leaves: [Tensor] = []

    init(_ order: [Node], _ wanted: [Tensor]) {
      var number: [TensorKey: Int] = [:]
      for node in order {
        for index in node.types.indices { number[Tensor(node, index).key] = number.count }
        if node.storages != nil {
          for index in node.types.indices {
            leaves.append(Tensor(node, index))
            key.append(node.types[index])
          }
          continue
        }
        key.append(ObjectIdentifier(type(of: node.operation)))
        key.append(AnyHashable(node.operation))
        key.append(node.inputs.map { number[$0.key] ?? -1 })
      }
      key.append(wanted.map { number[$0.key] ?? -1 })
    }
  }
}
