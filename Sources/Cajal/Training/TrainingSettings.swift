// What `compile` fixes: optimizer, loss, metrics, and the variables that belong to them.
import CajalCompiler

/// The settings of `compile`, with the variables they need between steps.
final class TrainingSettings {
  let optimization: Optimization
  let losses: [any Loss]
  let lossWeights: [Float]
  let metrics: [any Metric]
  let metricNames: [String]
  /// Sums of the loss and of the metrics.
  private(set) var accumulators: [[String: Variable]] = []
  private(set) var accumulatorList: [Variable] = []
  let lossSum = Variable("loss/total", TensorType([], .float32), role: .metric, value: Storage([Float(0)]))
  let sampleCount = Variable("loss/count", TensorType([], .float32), role: .metric, value: Storage([Float(0)]))

  init(optimizer: any Optimizer, losses: [any Loss], lossWeights: [Float], metrics: [any Metric]) {
    optimization = Optimization(optimizer)
    self.losses = losses
    self.lossWeights = lossWeights
    self.metrics = metrics
    var names: [String] = []
    for metric in metrics {
      let taken = names.filter { $0 == metric.name || $0.hasPrefix(metric.name + "_") }.count
      names.append(taken == 0 ? metric.name : "\(metric.name)_\(taken)")
    }
    metricNames = names
    accumulators = metrics.map { _ in [:] }
    accumulatorList = [lossSum, sampleCount]
  }

  var optimizer: any Optimizer { optimization.optimizer }
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
    for (index, metric) in metrics.enumerated() {
      logs[metricNames[index]] = metric.result(accumulators[index].mapValues { $0.value.scalars(as: Float.self) })
    }
    return logs
  }
}

extension Variable {
  /// The value of a variable with one float, read in place.
  var scalar: Float { storage.withBytes { $0.load(as: Float.self) } }

  /// Sets a variable with one float, in place.
  func setScalar(_ value: Float) { storage.withMutableBytes { $0.storeBytes(of: value, as: Float.self) } }
}
