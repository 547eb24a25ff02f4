// A node of the graph: an operation on inputs. Lazy values and traces of models share this one form.
import Synchronization

/// An operation applied to tensors, with the types of its results.
public final class Node: Sendable {
  /// What is done.
  public let operation: any Operation
  /// What it is done to.
  public let inputs: [Tensor]
  /// Shape and element type of each result.
  public let types: [TensorType]
  /// Path of the layer that made the node; empty outside a model.
  public let path: String
  /// The trace the node was made in; nil for a lazy value.
  let traceBox: TraceBox?
  /// Longest way back to a node without inputs, and the bytes on it: what lazy evaluation bounds.
  let depth: Int
  let historyBytes: Int
  private let cell: Mutex<[Storage]?>

  init(_ operation: any Operation, _ inputs: [Tensor], _ types: [TensorType], trace: Trace?, storages: [Storage]? = nil)
  {
    self.operation = operation
    self.inputs = inputs
    self.types = types
    self.traceBox = trace?.box
    self.path = trace?.path ?? ""
    self.depth = 1 + (inputs.map(\.node.depth).max() ?? 0)
    let most = 1 << 60  // sizes from a file may be any
    self.historyBytes = types.reduce(inputs.map(\.node.historyBytes).max() ?? 0) { min($0 + $1.byteCount, most) }
    self.cell = Mutex(storages)
  }

  /// The trace of a model under construction; nil for a lazy value, and when the build is over.
  public var trace: Trace? { traceBox?.trace }

  /// Whether the node stands for values of a later step.
  package var isTraced: Bool { traceBox != nil }

  /// The values, once somebody has looked.
  public var storages: [Storage]? { cell.withLock { $0 } }

  /// Keeps the values; the first to come stay.
  package func keep(_ storages: [Storage]) {
    cell.withLock { if $0 == nil { $0 = storages } }
  }

  deinit { if depth > Node.recursionLimit { ReleaseQueue.release(inputs) } }

  /// Shallower graphs are freed by plain recursion.
  private static let recursionLimit = 256
}

/// The way from a node to its trace, which owns itself: nodes and trace would otherwise keep each other alive.
final class TraceBox: @unchecked Sendable {  // read by the task that traces, never elsewhere
  weak var trace: Trace?
  init(_ trace: Trace) { self.trace = trace }
}
