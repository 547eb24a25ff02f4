/// How often each true class was taken for each other: what the metrics of overlap are made of.
struct ClassCounts {
  var classes: Int
  /// A true class whose places do not count.
  var ignoreClass: Int?

  private static let key = "total_confusion_matrix"

  /// Adds a batch of class numbers, row by true class.
  func accumulate(
    _ scope: MetricScope, _ name: String, target: Tensor, prediction: Tensor, weights: Tensor?
  ) throws {
    guard !target.shape.isPoisoned, !prediction.shape.isPoisoned else { return }
    guard target.shape.count == prediction.shape.count, target.rank > 0 else {
      throw CajalError(
        .shape, name, expected: "as many places in targets and predictions",
        given: "targets are \(target.shape) and predictions \(prediction.shape)")
    }
    let truth = target.cast(to: .int32)
    let said = prediction.cast(to: .int32).reshaped([-1])
    let flat = truth.reshaped([-1])
    func isClass(_ x: Tensor) -> Tensor { (x .>= 0).and(x .< Double(classes)) }
    var counts = isClass(flat).and(isClass(said))
    if let ignoreClass { counts = counts.and(flat .!= Double(ignoreClass)) }
    let weight = (weights?.asWeights(of: truth) ?? .ones(truth.shape)).reshaped([-1])
    let cell = counts.select(flat * Double(classes) + said, flat.filled(0))
    let matrix = counts.select(weight, weight.filled(0)).scatteredAdd(at: cell, size: classes * classes)
    scope.accumulate(Self.key, matrix)
  }

  /// The mean of TP / (TP + FP + FN) over those of the classes that occur.
  static func meanOverlap(_ accumulators: [String: [Float]], classes: Int, of chosen: [Int]) -> Double {
    guard let values = accumulators[key], values.count == classes * classes else { return 0 }
    let matrix = values.map(Double.init)
    var total = 0.0
    var count = 0.0
    for index in chosen {
      let hits = matrix[index * classes + index]
      let row = (0..<classes).reduce(0.0) { $0 + matrix[index * classes + $1] }
      let column = (0..<classes).reduce(0.0) { $0 + matrix[$1 * classes + index] }
      let union = row + column - hits
      guard union > 1e-9 else { continue }
      total += hits / (union + 1e-7)
      count += 1
    }
    return total / (count + 1e-7)
  }
}
