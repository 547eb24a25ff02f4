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

  /// The same mistake, told of a sample of the caller's data instead of a place in the batch.
  func located(_ error: CajalError) -> CajalError {
    guard let outside = error.indexOutside else { return error }
    for (part, type) in types.enumerated() where type.shape.count * count == outside.count {
      guard let value = whole(part, outside.position), !(0..<outside.size).contains(value) else { continue }
      let each = max(type.shape.count, 1)
      var located = error
      located.given = "\(name(part)) is \(value) in \(describe(row: outside.position / each))"
      if each > 1 { located.given += ", at its place \(outside.position % each)" }
      return located
    }
    return error
  }

  /// A number of a part, cut to a whole one; nil where the type has none.
  private func whole(_ part: Int, _ place: Int) -> Int? {
    let memory = UnsafeRawPointer(pointers[part])
    func load<Number>(_ type: Number.Type) -> Number {
      memory.load(fromByteOffset: place * MemoryLayout<Number>.size, as: type)
    }
    switch types[part].dtype {
    case .int32: return Int(load(Int32.self))
    case .int64: return Int(load(Int64.self))
    case .uint8: return Int(load(UInt8.self))
    case .int8: return Int(load(Int8.self))
    case .float32: return Int(exactly: load(Float.self).rounded(.towardZero))
    case .float64: return Int(exactly: load(Double.self).rounded(.towardZero))
    default: return nil
    }
  }
}
