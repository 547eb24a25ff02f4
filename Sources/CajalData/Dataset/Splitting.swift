import Cajal

/// How a data set is cut in two.
struct Splitting {
  var fraction: Double
  var seed: Int?
  var stratified: Bool

  /// Which samples go to the first part.
  func choose(from dataset: Dataset) throws -> [Bool] {
    guard fraction >= 0, fraction <= 1 else {
      throw CajalError(.argument, "Dataset.split", expected: "a fraction in 0…1", given: "it is \(fraction)")
    }
    let count = dataset.count
    var chosen = [Bool](repeating: false, count: count)
    let order: [Int]
    if let seed {
      var random = SampleRandom(seed: seed, purpose: 0x53_504c_4954)
      order = random.permutation(of: count)
    } else {
      order = Array(0..<count)
    }
    guard stratified else {
      for place in order.prefix(Int((Double(count) * fraction).rounded())) { chosen[place] = true }
      return chosen
    }
    for members in try strata(order, of: dataset) {
      for place in members.prefix(Int((Double(members.count) * fraction).rounded())) { chosen[place] = true }
    }
    return chosen
  }

  /// The places of each class, in the given order.
  private func strata(_ order: [Int], of dataset: Dataset) throws -> [[Int]] {
    guard let type = dataset.targets.first else {
      throw CajalError(
        .argument, "Dataset.split", expected: "a target to stratify by", given: "the data set has none")
    }
    let isLabel = type.shape.count == 1
    let reading = try NumberReading(type.dtype, asking: "Dataset.split")
    var labels: [Double] = []
    try dataset.forEachBatch { memory, rows in
      for position in 0..<rows.count {
        let values = (0..<type.shape.count).map {
          reading.double(memory[dataset.inputs.count], position * type.shape.count + $0)
        }
        labels.append(isLabel ? values[0] : Double(values.indices.max { values[$0] < values[$1] } ?? 0))
      }
    }
    if isLabel, let place = labels.firstIndex(where: { $0 != $0.rounded() }) {
      throw CajalError(
        .value, "Dataset.split, sample \(place)", expected: "classes to stratify by",
        given: "the target is \(labels[place])", advice: "Split numbers without `stratified`.")
    }
    return Dictionary(grouping: order) { labels[$0] }.sorted { $0.key < $1.key }.map(\.value)
  }
}
