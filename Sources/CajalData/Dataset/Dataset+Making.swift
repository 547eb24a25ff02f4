// Data sets from tensors, Swift arrays and functions.
import Cajal

extension Dataset {
  /// Samples along the first axis of tensors; the tensors' memory is shared, not copied.
  ///
  /// Shapes: inputs and targets `[samples, …]`, sample weights `[samples]` of `float32`.
  /// Errors: `.shape` if a tensor is a scalar or the numbers of samples differ, `.argument` if there are none.
  /// Example: `try Dataset(inputs: Tensor(rows), targets: Tensor(prices))`
  public init(inputs: [Tensor], targets: [Tensor] = [], sampleWeights: Tensor? = nil) throws {
    let tensors = inputs + targets + (sampleWeights.map { [$0] } ?? [])
    func name(_ position: Int) -> String {
      if position < inputs.count { return "input \(position)" }
      return position < inputs.count + targets.count ? "target \(position - inputs.count)" : "the sample weights"
    }
    guard let first = tensors.first, !inputs.isEmpty else {
      throw CajalError(.argument, "Dataset", expected: "at least one input", given: "there is none")
    }
    for (position, tensor) in tensors.enumerated() {
      guard tensor.rank > 0 else {
        throw CajalError(
          .shape, "Dataset", expected: "tensors with a first axis of samples", given: "\(name(position)) is a scalar")
      }
      guard tensor.shape[0] == first.shape[0] else {
        throw CajalError(
          .shape, "Dataset", expected: "as many samples everywhere as in \(name(0)) (\(first.shape[0]))",
          given: "\(name(position)) has \(tensor.shape[0])")
      }
    }
    if let sampleWeights, sampleWeights.type != TensorType([first.shape[0]], .float32) {
      throw CajalError(
        .shape, "Dataset", expected: "sample weights float32[\(first.shape[0])]",
        given: "they are \(sampleWeights.type)")
    }
    guard first.shape[0] > 0 else {
      throw CajalError(.argument, "Dataset", expected: "at least one sample", given: "the tensors are empty")
    }
    let slots = tensors.map { TensorType(Shape(Array($0.shape.dimensions.dropFirst())), $0.dtype) }
    self.init(
      MemoryStage(count: first.shape[0], slots: slots, storages: tensors.map(\.storage)), inputCount: inputs.count,
      hasSampleWeights: sampleWeights != nil)
  }

  /// One input and perhaps one target; see `init(inputs:targets:sampleWeights:)`.
  public init(inputs: Tensor, targets: Tensor? = nil, sampleWeights: Tensor? = nil) throws {
    try self.init(inputs: [inputs], targets: targets.map { [$0] } ?? [], sampleWeights: sampleWeights)
  }

  /// Rows of numbers with rows of wanted numbers.
  ///
  /// Errors: `.shape` for rows of different lengths or counts, `.argument` for none at all.
  public init(rows: [[Float]], targets: [[Float]]) throws {
    try self.init(inputs: Self.matrix(rows, "rows"), targets: Self.matrix(targets, "targets"))
  }

  /// Rows of numbers with a class 0, 1, … each (`int32`).
  public init(rows: [[Float]], labels: [Int]) throws {
    try self.init(
      inputs: Self.matrix(rows, "rows"), targets: Tensor(try Self.int32(labels), shape: [labels.count]))
  }

  /// Samples made by a function when they are needed: it fills the view's memory for the place it is asked for.
  ///
  /// Example: `Dataset(count: 1000, inputs: [TensorType([2], .float32)]) { sample in sample.floats()[0] = … }`
  public init(
    count: Int, inputs: [TensorType], targets: [TensorType] = [],
    _ make: @escaping @Sendable (inout SampleView) throws -> Void
  ) {
    let slots = inputs + targets
    let blank = BlankStage(count: max(0, count), slots: slots)
    self.init(
      MapStage(blank, slots: slots, inputCount: inputs.count, inPlace: true) { _, after in try make(&after) },
      inputCount: inputs.count, hasSampleWeights: false)
  }

  private static func matrix(_ rows: [[Float]], _ name: String) throws -> Tensor {
    guard let columns = rows.first?.count else {
      throw CajalError(.argument, "Dataset", expected: "at least one sample", given: "\(name) is empty")
    }
    if let ragged = rows.firstIndex(where: { $0.count != columns }) {
      throw CajalError(
        .shape, "Dataset, \(name)", expected: "\(columns) numbers in every row, as in row 0",
        given: "row \(ragged) has \(rows[ragged].count)")
    }
    let storage = Storage(.float32, count: rows.count * columns)
    storage.withMutableBytes { bytes in
      let all = bytes.assumingMemoryBound(to: Float.self)
      for (row, values) in rows.enumerated() {
        for (column, value) in values.enumerated() { all[row * columns + column] = value }
      }
    }
    return try Tensor(storage, shape: [rows.count, columns])
  }

  private static func int32(_ labels: [Int]) throws -> [Int32] {
    try labels.enumerated().map { row, label in
      guard let small = Int32(exactly: label), small >= 0 else {
        throw CajalError(.value, "Dataset, label \(row)", expected: "a class 0, 1, …", given: "it is \(label)")
      }
      return small
    }
  }
}

/// Places without values: where a function starts from.
private struct BlankStage: Stage {
  let count: Int
  let slots: [TensorType]
  let varies = false

  private final class Reader: StageReader {
    let slots: [TensorType]
    init(_ slots: [TensorType]) { self.slots = slots }
    func fill(_ rows: Rows, into memory: SlotPointers) {
      for (slot, type) in slots.enumerated() {
        memory[slot].initializeMemory(as: UInt8.self, repeating: 0, count: type.byteCount * rows.count)
      }
    }
  }

  func reader(epoch: Int, seed: Int) -> any StageReader { Reader(slots) }
}
