import Foundation
import Testing

@testable import Cajal

/// Every model that Tests/Conformance/keras_layers.py has made: read, computed, trained, written, read again.
///
/// `make conformance` makes them and sets CAJAL_KERAS_MODELS to their folder.
@Suite struct KerasConformanceTests {
  static let folder = ProcessInfo.processInfo.environment["CAJAL_KERAS_MODELS"]

  /// What Keras says about a model.
  private struct Row: Decodable {
    var inputs: [KerasFileTests.Values]
    var outputs: [KerasFileTests.Values]
    var targets: [KerasFileTests.Values]?
    /// Loss and metrics before training goes on, in Keras's order.
    var evaluated: [Double]?
    /// All weights after two more steps.
    var trained: [[Double]]?
    /// Of the sum of all outputs, each times cos of its number, by the number of the input or weight.
    var gradients: [String: [String: [Double]]]?
    /// How far outputs, gradients and weights after training may be away; why is said where the row is made.
    var tolerance: [String: Double]?
    func tolerance(_ what: String) -> Double { tolerance?[what] ?? Self.usual[what] ?? 0 }
    static let usual = ["outputs": 1e-5, "gradients": 1e-5, "training": 1e-4]
  }

  private struct Misfit: Error, CustomStringConvertible { let description: String }

  private func demand(_ given: [Float], _ wanted: [Double], _ what: String, _ tolerance: Double) throws -> Double {
    let distance = KerasFileTests.distance(given, wanted)
    guard distance <= tolerance else { throw Misfit(description: "\(what) differ by \(distance)") }
    return distance
  }

  private func outputs(_ model: Model, _ row: Row) throws -> Double {
    let outputs = try model.predict(row.inputs.map(\.tensor))
    guard outputs.map(\.shape.dimensions) == row.outputs.map(\.shape) else {
      throw Misfit(description: "shapes are \(outputs.map(\.shape)), not \(row.outputs.map(\.shape))")
    }
    return try zip(outputs, row.outputs).map { output, wanted in
      try demand(output.cast(to: .float32).scalars(), wanted.values, "outputs", row.tolerance("outputs"))
    }.max() ?? 0
  }

  /// Gradients of one number with respect to inputs and weights.
  private func gradients(_ model: Model, _ row: Row) throws -> Double {
    guard let wanted = row.gradients else { return 0 }
    let weights = try self.weights(model)
    let trained = Set(
      try wanted["weights", default: [:]].keys.map { key in
        guard let index = Int(key), weights.indices.contains(index) else {
          throw Misfit(description: "there is no weight \(key) for a gradient")
        }
        return weights[index].name
      })
    let places = wanted["inputs", default: [:]].keys.compactMap(Int.init).sorted()
    let variables = weights.filter { trained.contains($0.name) }
    let step = CompiledStep { step in
      let outputs = model(step.inputs, training: false)
      let parts = outputs.map { y in
        let factors = (0..<y.shape.count).map { Float(cos(Double($0))) }
        return (y * Tensor(factors, shape: y.shape)).sum()
      }
      let scalar = parts.dropFirst().reduce(parts[0], +)
      return gradient(of: scalar, with: places.map { step.inputs[$0] } + variables.map { step[$0] })
    }
    let given = try step.run(row.inputs.map(\.tensor))
    let all =
      try places.map { try #require(wanted["inputs"]?["\($0)"]) }
      + weights.indices.filter { trained.contains(weights[$0].name) }.map { try #require(wanted["weights"]?["\($0)"]) }
    // Sums that cancel are small beside the others, and as inexact.
    let largest = all.joined().map(abs).max() ?? 0
    var worst = 0.0
    for (slope, wanted) in zip(given, all) {
      guard slope.shape.count == wanted.count else { throw Misfit(description: "a gradient has \(slope.shape)") }
      let scale = max(wanted.map(abs).max() ?? 0, 1e-2 * largest, 1e-6)
      let distance = (zip(slope.floats, wanted).map { abs(Double($0) - $1) }.max() ?? 0) / scale
      guard distance <= row.tolerance("gradients") else { throw Misfit(description: "gradients differ by \(distance)") }
      worst = max(worst, distance)
    }
    return worst
  }

  /// The weights in Keras's order; a file may name one twice.
  private func weights(_ model: Model) throws -> [Variable] {
    var met: Set<String> = []
    return try model.kerasConfiguration(including: false).node.weights(of: model.variables)
      .map(\.variable).filter { met.insert($0.name).inserted }
  }

  private func training(_ model: Model, _ row: Row) throws -> Double {
    guard let targets = row.targets else { return 0 }
    let source = try ArraySource(inputs: row.inputs.map(\.tensor), targets: targets.map(\.tensor), shuffles: false)
    let count = row.inputs[0].shape[0]
    var worst = 0.0
    if let evaluated = row.evaluated {
      let logs = try model.evaluate(source, batchSize: count)
      let names =
        try ["loss"]
        + model.settings().metricNames.flatMap { name in
          let values = logs.names.filter { $0.hasPrefix(name + "[") }
          return values.isEmpty ? [name] : values
        }
      guard names.count == evaluated.count else {
        throw Misfit(description: "there are \(names), but \(evaluated.count) values")
      }
      for (name, wanted) in zip(names, evaluated) {
        worst = max(worst, try demand([Float(logs[name] ?? .nan)], [wanted], name, 1e-4))
      }
    }
    guard let trained = row.trained else { return worst }
    try model.fit(source, epochs: 2, batchSize: count, verbose: .silent)
    let weights = try self.weights(model)
    guard weights.count == trained.count else {
      throw Misfit(description: "there are \(weights.count) weights, not \(trained.count)")
    }
    for (weight, wanted) in zip(weights, trained) where weight.type.dtype == .float32 {
      worst = max(
        worst,
        try demand(weight.value.scalars(), wanted, weight.name, row.tolerance("training")))
    }
    return worst
  }

  /// Reads, computes, writes to a folder, reads again and trains on with every model of a folder.
  private func compare(_ folder: String, written: String) throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder)
      .filter { $0.hasSuffix(".keras") && !$0.hasPrefix("back-") }.map { String($0.dropLast(6)) }.sorted()
    #expect(!names.isEmpty, "no models in \(folder)")
    // The worst of the rows with the usual tolerance, and what is true of the others.
    var worst = ["outputs": (0.0, "none"), "gradients": (0.0, "none"), "training": (0.0, "none")]
    var (trainedCount, derivedCount) = (0, 0)
    var wider: [String] = []
    var failures: [String] = []
    for name in names {
      do {
        let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name).json"))
        let row = try JSONDecoder().decode(Row.self, from: data)
        let model = try Model.load(from: "\(folder)/\(name).keras")
        guard model.notes.isEmpty else { throw Misfit(description: "\(model.notes)") }
        let deviation = try outputs(model, row)
        try model.save(to: "\(written)/back-\(name).keras")
        let again = try Model.load(from: "\(written)/back-\(name).keras")
        guard again.notes.isEmpty else { throw Misfit(description: "written: \(again.notes)") }
        _ = try outputs(again, row)
        let slopes = try gradients(model, row)
        let trained = try max(training(model, row), training(again, row))
        trainedCount += row.trained == nil ? 0 : 1
        derivedCount += row.gradients == nil ? 0 : 1
        for (what, value) in ["outputs": deviation, "gradients": slopes, "training": trained] {
          if row.tolerance(what) > Row.usual[what] ?? 0 {
            wider.append("\(name) \(what) \(String(format: "%.2g", value))")
          } else if value > worst[what]?.0 ?? 0 {
            worst[what] = (value, name)
          }
        }
      } catch {
        failures.append("\(name): \(error)")
      }
    }
    let parts = [("outputs", names.count), ("gradients", derivedCount), ("training", trainedCount)].map { what, count in
      let (value, name) = worst[what] ?? (0, "none")
      return "\(what) of \(count) within \(String(format: "%.2g", value)) (\(name))"
    }.joined(separator: ", ")
    print(
      "Keras to Cajal: \(names.count) rows, \(failures.count) differ; \(parts); with a wider tolerance "
        + "\(wider.sorted().joined(separator: ", "))")
    #expect(failures.isEmpty, "\(failures.count) of \(names.count) models differ: \(failures.joined(separator: "\n"))")
  }

  @Test(.enabled(if: folder != nil, "CAJAL_KERAS_MODELS names no folder: make conformance fills one"))
  func modelsOfKerasComputeAndTrainTheSame() throws {
    let folder = try #require(Self.folder)
    try compare(folder, written: folder)
  }

  /// A few rows of the table are committed.
  @Test func committedModelsOfKerasComputeAndTrainTheSame() throws {
    let folder = ScratchFolder()
    try compare(KerasFileTests.folder + "/rows", written: folder.path)
  }
}
