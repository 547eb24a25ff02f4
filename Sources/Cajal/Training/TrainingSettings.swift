// What `compile` fixes: optimizer, loss, metrics, and the variables that belong to them.
import CajalCompiler

/// The settings of `compile`, with the variables they need between steps.
final class TrainingSettings {
  let optimization: Optimization
  let losses: [any Loss]
  let lossWeights: [Float]
  let metrics: [any Metric]
  /// The output each metric was given for; nil for metrics of the first output under their own names.
  let givenOutputs: [Int?]
  let metricNames: [String]
  /// Sums of each output's own loss, where there are several.
  let outputLosses: [(name: String, sum: Variable)]
  /// Sums of the loss and of the metrics.
  private(set) var accumulators: [[String: Variable]] = []
  private(set) var accumulatorList: [Variable] = []
  let lossSum = Variable("loss/total", TensorType([], .float32), role: .metric, value: Storage([Float(0)]))
  let sampleCount = Variable("loss/count", TensorType([], .float32), role: .metric, value: Storage([Float(0)]))

  /// - Parameters:
  ///   - metrics: For each metric the output it looks at; nil for the first one, under the metric's own name.
  ///   - outputNames: Names of the outputs, by which logs of several are told apart.
  init(
    optimizer: any Optimizer, losses: [any Loss], lossWeights: [Float], metrics: [(metric: any Metric, output: Int?)],
    outputNames: [String]
  ) {
    optimization = Optimization(optimizer)
    self.losses = losses
    self.lossWeights = lossWeights
    self.metrics = metrics.map(\.metric)
    givenOutputs = metrics.map(\.output)
    var names: [String] = []
    for (metric, output) in metrics {
      let name = output.map { losses.count > 1 ? "\(outputNames[$0])_\(metric.name)" : metric.name } ?? metric.name
      let taken = names.filter { $0 == name || $0.hasPrefix(name + "_") }.count
      names.append(taken == 0 ? name : "\(name)_\(taken)")
    }
    metricNames = names
    accumulators = metrics.map { _ in [:] }
    outputLosses =
      losses.count < 2
      ? []
      : outputNames.map { name in
        let sum = Variable("\(name)_loss/total", TensorType([], .float32), role: .metric, value: Storage([Float(0)]))
        return ("\(name)_loss", sum)
      }
    accumulatorList = [lossSum, sampleCount] + outputLosses.map(\.sum)
  }

  /// The output each metric looks at.
  var metricOutputs: [Int] { givenOutputs.map { $0 ?? 0 } }

  /// Names that logs can have, without those of validation.
  var logNames: [String] { ["loss"] + outputLosses.map(\.name) + metricNames }

  var optimizer: any Optimizer { optimization.given }
  var learningRate: Variable { optimization.learningRate }
  var optimizerVariables: [Variable] { optimization.variables }

  /// A sum of a metric, made on first use.
  func accumulator(_ metric: Int, _ name: String, _ type: TensorType) -> Variable {
    if let known = accumulators[metric][name] {
      if known.type == type { return known }
      accumulatorList.removeAll { $0 === known }
    }
    let storage = Storage(type.dtype, count: type.shape.count)
    storage.withMutableBytes { _ = $0.initializeMemory(as: UInt8.self, repeating: 0) }
    let variable = Variable("\(metricNames[metric])/\(name)", type, role: .metric, value: storage)
    accumulators[metric][name] = variable
    accumulatorList.append(variable)
    return variable
  }

  /// Sets all sums to zero, as at the beginning of an epoch.
  func resetAccumulators() {
    for variable in accumulatorList {
      variable.storage.withMutableBytes { _ = $0.initializeMemory(as: UInt8.self, repeating: 0) }
    }
  }

  /// Copies of all sums, and back.
  func sums() -> [(Variable, Storage)] { accumulatorList.map { ($0, $0.value) } }
  func restore(_ sums: [(Variable, Storage)]) { for (variable, value) in sums { variable.value = value } }

  /// Loss and metrics so far.
  func logs() -> Logs {
    var logs = Logs()
    logs["loss"] = Double(lossSum.scalar) / Double(sampleCount.scalar)
    for (name, sum) in outputLosses { logs[name] = Double(sum.scalar) / Double(sampleCount.scalar) }
    for (index, metric) in metrics.enumerated() {
      let sums = accumulators[index].mapValues { $0.value.scalars(as: Float.self) }
      logs[metricNames[index]] = metric.result(sums)
      let values = metric.results(sums)
      guard values.count > 1 else { continue }
      for (number, value) in values.enumerated() { logs["\(metricNames[index])[\(number)]"] = value }
    }
    return logs
  }

  /// The metric that a log belongs to, among those with names: `precision` for `precision[1]`, unless one is called that.
  static func metricName(of log: String, among names: [String]) -> String {
    names.contains(log) ? log : String(log.prefix { $0 != "[" })
  }
}

extension Variable {
  /// The value of a variable with one float, read in place.
  var scalar: Float { storage.withBytes { $0.load(as: Float.self) } }

  /// Sets a variable with one float, in place.
  func setScalar(_ value: Float) { storage.withMutableBytes { $0.storeBytes(of: value, as: Float.self) } }
}
