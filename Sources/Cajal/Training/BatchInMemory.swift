import CajalGraph

/// A batch as a step saw it: where its numbers lie, and which samples of the caller's data they are.
struct BatchInMemory {
  /// Types of one sample's parts: inputs, then targets, then the sample weight.
  var types: [TensorType]
  var pointers: [UnsafeMutableRawPointer]
  /// How many of the parts are inputs, and how many targets.
  var inputs: Int
  var targets: Int
  /// Samples in the batch.
  var count: Int
  /// The number of a row's sample in the data that the caller passed; nil where the source cannot tell.
  var sample: (Int) -> Int?

  func name(_ part: Int) -> String {
    if part < inputs { return "input \(part)" }
    return part < inputs + targets ? "target \(part - inputs)" : "the sample weight"
  }

  /// `sample 12 of the data`, or the row of the batch where the source cannot tell.
  func describe(row: Int) -> String { sample(row).map { "sample \($0) of the data" } ?? "row \(row) of the batch" }
}
