// Golden values from Tests/Golden, made there by training_parts.py.
import Cajal
import Foundation
import Testing

/// One row of a golden file: an object of numbers, arrays of numbers and arrays of those.
struct GoldenRow: Sendable, CustomTestStringConvertible {
  let name: String
  let testDescription: String
  private let values: [String: [Double]]
  private let tables: [String: [[Double]]]

  static func rows(_ file: String) throws -> [GoldenRow] {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let data = try Data(contentsOf: folder.appendingPathComponent("Golden/\(file)"))
    let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let rows = try #require(object["rows"] as? [[String: Any]])
    return try rows.enumerated().map { try GoldenRow($1, number: $0) }
  }

  private init(_ object: [String: Any], number: Int) throws {
    name = try #require(object["name"] as? String)
    testDescription = "\(name) (row \(number))"
    var values: [String: [Double]] = [:]
    var tables: [String: [[Double]]] = [:]
    for (key, value) in object {
      if let number = value as? NSNumber {
        values[key] = [number.doubleValue]
      } else if let list = value as? [NSNumber] {
        values[key] = list.map(\.doubleValue)
      } else if let table = value as? [[NSNumber]] {
        tables[key] = table.map { $0.map(\.doubleValue) }
      }
    }
    self.values = values
    self.tables = tables
  }

  func numbers(_ key: String) throws -> [Double] { try #require(values[key], "\(testDescription) has no \(key)") }
  func table(_ key: String) throws -> [[Double]] { try #require(tables[key], "\(testDescription) has no \(key)") }
  func floats(_ key: String) throws -> [Float] { try numbers(key).map { Float($0) } }
  func shape(_ key: String) throws -> Shape { Shape(try numbers(key).map { Int($0) }) }

  /// The prediction, and the target as int32 where the row has class numbers.
  func prediction() throws -> Tensor { Tensor(try floats("prediction"), shape: try shape("shape")) }
  func target(isSparse: Bool) throws -> Tensor {
    let target = Tensor(try floats("target"), shape: try shape("target_shape"))
    return isSparse ? target.cast(to: .int32) : target
  }
}

/// |a - b| ≤ tolerance · (1 + |b|), element by element.
func expectClose(
  _ given: [Double], _ expected: [Double], tolerance: Double, _ what: String = "",
  sourceLocation: SourceLocation = #_sourceLocation
) {
  guard given.count == expected.count else {
    Issue.record("\(what): expected \(expected.count) values, given \(given.count)", sourceLocation: sourceLocation)
    return
  }
  let misses = given.indices.filter { !(abs(given[$0] - expected[$0]) <= tolerance * (1 + abs(expected[$0]))) }
  if let first = misses.first {
    Issue.record(
      "\(what): \(misses.count) of \(given.count) differ; value \(first) is \(given[first]), expected \(expected[first])",
      sourceLocation: sourceLocation)
  }
}

/// The message of the error a body throws.
func message(_ body: () throws -> Void) -> String {
  do {
    try body()
    return "nothing was thrown"
  } catch {
    return "\(error)"
  }
}
