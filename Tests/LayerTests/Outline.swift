// What the tests of layers share: models without values, and golden files.
import Foundation
import Testing

@testable import Cajal

/// A model's names and shapes.
func outline<L: Layer<Tensor, Tensor>>(_ layer: L, _ inputShape: Shape, dtype: DType = .float32) throws -> Model {
  try Model.outline(layer, inputs: [TensorType(inputShape, dtype)])
}

private let golden = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .appendingPathComponent("Golden")

/// The words of each line of a golden file.
func goldenLines(_ file: String) throws -> [[String]] {
  try String(contentsOf: golden.appendingPathComponent(file), encoding: .utf8).split(separator: "\n")
    .map { $0.split(separator: " ").map(String.init) }
}

/// The rows of a golden file, decoded.
func goldenRows<Row: Decodable>(_ file: String, as type: Row.Type) throws -> [Row] {
  try JSONDecoder().decode(GoldenFile<Row>.self, from: Data(contentsOf: golden.appendingPathComponent(file))).rows
}

/// A golden file, decoded.
func goldenValue<Value: Decodable>(_ file: String, as type: Value.Type) throws -> Value {
  try JSONDecoder().decode(Value.self, from: Data(contentsOf: golden.appendingPathComponent(file)))
}

private struct GoldenFile<Row: Decodable>: Decodable { var rows: [Row] }

/// Whether all numbers agree, absolutely or relatively.
func agree(_ ours: [Float], _ theirs: [Double], tolerance: Double = 2e-5) -> Bool {
  ours.count == theirs.count
    && zip(ours, theirs).allSatisfy { abs(Double($0) - $1) <= tolerance * max(1, abs($1)) }
}
