import Synchronization

/// A value that outlives a step: a parameter, a moving average, an optimizer's slot, a metric's sum.
///
/// Programs read a variable as a node and write its next value at the end of a step. Between steps it may lie in the
/// layout its kernels want; whoever reads `value` gets the plain array.
public final class Variable: @unchecked Sendable {  // the storage changes only under the owning model's lock
  /// What a variable is for: it decides whether it is trained, saved and reset.
  public enum Role: String, Sendable, Codable {
    /// Changed by training.
    case parameter
    /// Kept between steps and not trained: a moving average.
    case state
    /// Kept by an optimizer beside a parameter.
    case slot
    /// Summed over an epoch.
    case metric
    /// Summed over some steps: accumulated gradients.
    case accumulator
    /// One number: the step, the seed, the learning rate.
    case counter
    /// Samples that go on from step to step, as in persistent contrastive divergence.
    case chain
  }

  /// Its path: `encoder/conv1/kernel`.
  public let name: String
  /// Shape and element type, fixed for good.
  public let type: TensorType
  /// What it is for.
  public let role: Role
  /// How the storage lies in memory; the first training program fixes it.
  package private(set) var layout: Layout
  package private(set) var storage: Storage
  /// Grows with every change of the value, so that derived weights know when they are stale.
  package private(set) var version = 0
  /// Programs have bound this variable's memory: the layout stays.
  package var isBound = false

  /// A variable with its first value in row-major order.
  public init(_ name: String, _ type: TensorType, role: Role, value: Storage) {
    assertUse(
      value.count == type.shape.count && value.dtype == type.dtype,
      "Variable \(name): expected \(type.shape.count) values of \(type.dtype.rawValue), but there are \(value.count) of \(value.dtype.rawValue)."
    )
    self.name = name
    self.type = type
    self.role = role
    self.layout = .rowMajor(type.shape)
    self.storage = value
  }

  /// A variable that starts as a tensor: the chain of a sampler, a running average, anything kept between steps.
  public convenience init(_ name: String, _ initial: Tensor, role: Role = .chain) {
    self.init(name, initial.type, role: role, value: initial.storage.copied())
  }

  /// The value as a tensor.
  public var tensor: Tensor {
    get { Tensor.constant(value, shape: type.shape) }
    set {
      assertUse(newValue.type == type, "Variable \(name): expected \(type), but the new value is \(newValue.type).")
      value = newValue.storage
    }
  }

  /// The value in row-major order.
  public var value: Storage {
    get { layout.isRowMajor(type.shape) ? storage.copied() : Rearrangement.toRowMajor(storage, type.shape, layout) }
    set {
      assertUse(
        newValue.count == type.shape.count && newValue.dtype == type.dtype,
        "Variable \(name): expected \(type), but the new value has \(newValue.count) elements of \(newValue.dtype.rawValue)."
      )
      if layout.isRowMajor(type.shape) {
        storage.pointer.copyMemory(from: newValue.pointer, byteCount: storage.byteCount)
      } else {
        Rearrangement.fromRowMajor(newValue, type.shape, into: storage, layout)
      }
      version += 1
    }
  }

  /// Tells that a program has written the storage.
  package func noteChange() { version += 1 }

  /// Changes the layout, keeping the value; only before a program has bound the memory.
  package func adopt(_ wanted: Layout) {
    guard wanted != layout else { return }
    let plain = layout.isRowMajor(type.shape) ? storage : value
    layout = wanted
    storage = Storage(type.dtype, count: type.shape.count)
    Rearrangement.fromRowMajor(plain, type.shape, into: storage, wanted)
  }

  /// The variable as a tensor of a graph.
  public func read(in trace: Trace?) -> Tensor { Tensor(Node(ReadVariable(variable: self), [], [type], trace: trace)) }
}

extension Storage {
  package func copied() -> Storage {
    let copy = Storage(dtype, count: count)
    copy.pointer.copyMemory(from: pointer, byteCount: byteCount)
    return copy
  }
}

/// The value of a variable at the start of a step.
package struct ReadVariable: Operation {
  package static let name = "variable"
  package static let differentiability = Differentiability.none("it is a source")
  package let variable: Variable

  package func result(_ inputs: [TensorType]) throws -> [TensorType] { [variable.type] }
  package func gradient(_ context: GradientContext) -> [Tensor?] { [] }
  package static func == (a: Self, b: Self) -> Bool { a.variable === b.variable }
  package func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(variable)) }
}
