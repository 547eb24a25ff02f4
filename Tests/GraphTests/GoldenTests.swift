// Whole tensors from PyTorch and Keras, forward and backward; Tests/Golden/operations/make.py wrote them.
import CajalCPU
import CajalCompiler
import CajalGraph
import Foundation
import Testing

private struct GoldenTensor: Decodable, Sendable {
  var shape: [Int]
  var dtype: DType
  var data: [Double]
  var values: Values { Values(shape, dtype, data) }
}

/// A number or a list of them.
private enum Attribute: Decodable, Sendable {
  case number(Double)
  case list([Int])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let list = try? container.decode([Int].self) {
      self = .list(list)
    } else {
      self = .number(try container.decode(Double.self))
    }
  }
}

private struct GoldenCase: Decodable, Sendable, CustomTestStringConvertible {
  var operation: String
  var name: String
  var attributes: [String: Attribute]
  var tensors: [String: GoldenTensor]
  var testDescription: String { "\(operation), \(name)" }

  func number(_ key: String) -> Double { if case .number(let value)? = attributes[key] { value } else { 0 } }
  func list(_ key: String) -> [Int] { if case .list(let value)? = attributes[key] { value } else { [] } }

  var window: Window {
    let strides = list("strides")
    let dilations = attributes["dilations"] == nil ? strides.map { _ in 1 } : list("dilations")
    return Window(strides: strides, paddingLow: list("low"), paddingHigh: list("high"), dilations: dilations)
  }

  static let all: [GoldenCase] = ["torch", "keras"].flatMap { peer -> [GoldenCase] in
    struct File: Decodable { var cases: [GoldenCase] }
    let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Golden/operations/\(peer).json")
    guard let data = try? Data(contentsOf: url), let file = try? JSONDecoder().decode(File.self, from: data) else {
      return []
    }
    return file.cases
  }

  /// The result for inputs by name; nil for an operation that is not known.
  func result(_ inputs: [String: Tensor]) -> Tensor? {
    guard let x = inputs["x"] else { return nil }
    func other(_ name: String) -> Tensor { inputs[name] ?? x }
    let groups = max(Int(number("groups")), 1)
    switch operation {
    case "convolution": return x.convolved(other("kernel"), window: window, groups: groups)
    case "transposed convolution":
      guard let y = tensors["y"] else { return nil }
      return x.convolvedTransposed(other("kernel"), window: window, groups: groups, to: Shape(y.shape))
    case "max pooling": return x.maxPooled(size: list("size"), window: window)
    case "average pooling":
      return x.averagePooled(size: list("size"), window: window, countsPadding: number("countsPadding") == 1)
    case "local response normalization":
      return x.localResponseNormalized(
        size: Int(number("size")), alpha: number("alpha"), beta: number("beta"), k: number("k"))
    case "batch normalization":
      return x.batchNormalized(gamma: other("gamma"), beta: other("beta"), epsilon: number("epsilon")).y
    case "layer normalization":
      let mean = x.mean(axes: [-1], keepsDimensions: true)
      let deviation = (x.variance(axes: [-1], keepsDimensions: true) + number("epsilon")).rsqrt()
      return (x - mean) * deviation * other("gamma") + other("beta")
    case "softmax cross-entropy": return x.softmaxCrossEntropy(other("targets"))
    default: return nil
    }
  }
}

@Suite struct GoldenTests {
  @Test func filesAreThere() { #expect(GoldenCase.all.count >= 60) }

  @Test(arguments: GoldenCase.all, [false, true]) private func agreesWithPeers(_ golden: GoldenCase, isTraining: Bool)
    throws
  {
    var problem = Problem()
    problem.isTraining = isTraining
    var inputs: [String: Tensor] = [:]
    for name in ["x", "kernel", "gamma", "beta", "targets"] {
      if let tensor = golden.tensors[name] { inputs[name] = problem.input(tensor.values) }
    }
    let dy = problem.input(try #require(golden.tensors["dy"]).values)
    let y = try #require(golden.result(inputs))
    let wanted = ["x", "kernel", "gamma", "beta"].filter { golden.tensors["d" + $0] != nil }
    let gradients = gradient(of: [y], seeds: [dy], with: wanted.compactMap { inputs[$0] })
    problem.outputs = [y] + gradients
    let expected = try (["y"] + wanted.map { "d" + $0 }).map { try #require(golden.tensors[$0]).values }
    // Absolute and relative: sums of some hundred products of numbers up to 2.
    expectClose(try problem.compiled(), expected, tolerance: 2e-5, golden.testDescription)
  }
}
