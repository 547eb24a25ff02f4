/// Positives and negatives of yes-or-no outputs in the buckets between thresholds of 0 … 1.
struct ThresholdBuckets {
  /// How many thresholds there are, from 0 to 1.
  let thresholds: Int
  /// Those between 0 and 1, rising; nil where they are evenly spaced.
  let limits: [Double]?
  /// Outputs that have buckets of their own; 1 where all count together.
  var labels = 1

  /// So many thresholds with even distances, or given ones between 0 and 1.
  init(thresholds: Int, between limits: [Double]? = nil) {
    self.thresholds = limits.map { $0.count + 2 } ?? thresholds
    self.limits = limits?.sorted()
  }

  /// Adds a batch: the weight of positives and negatives in the bucket above each threshold.
  ///
  /// - Parameter countsZeros: Whether outputs of 0 lie above the lowest threshold.
  func accumulate(
    _ scope: MetricScope, target: Tensor, outputs: Tensor, weights: Tensor?, labelWeights: [Double]? = nil,
    countsZeros: Bool = true
  ) {
    let isPositive = (target .!= 0).cast(to: .float32)
    var weights = weights?.asWeights(of: outputs) ?? .ones(outputs.shape)
    if let labelWeights { weights = weights * Tensor(labelWeights.map { Float($0) }) }
    let known = outputs.isNaN().select(outputs.filled(0), outputs).cast(to: .float32).clipped(0, 1)
    let steps = (known * Double(thresholds - 1)).ceil()
    var bucket =
      limits.map { limits in
        let above = known.expandingDimension(at: known.rank) .> Tensor(limits.map { Float($0) })
        return above.cast(to: .float32).sum(axes: [-1]).cast(to: .int32)
      } ?? (steps - 1).relu().cast(to: .int32)
    if labels > 1 {
      bucket = bucket + Tensor.indices(along: bucket.rank - 1, shape: bucket.shape) * Double(thresholds)
    }
    let place = bucket.reshaped([-1])
    let counted = countsZeros ? weights : (steps .> 0).select(weights, weights.filled(0))
    func sums(_ values: Tensor) -> Tensor { values.reshaped([-1]).scatteredAdd(at: place, size: labels * thresholds) }
    scope.accumulate("positives", sums(isPositive * counted))
    scope.accumulate("negatives", sums((1 - isPositive) * counted))
    guard !countsZeros else { return }
    scope.accumulate("all_positives", (isPositive * weights).sum())
    scope.accumulate("all_negatives", ((1 - isPositive) * weights).sum())
  }
}

/// True and false positives at each threshold, lowest first.
struct ThresholdCounts {
  var truePositives: [Double]
  var falsePositives: [Double]

  /// From the weight in each bucket above a threshold and below the next.
  init(positives: [Double], negatives: [Double]) {
    func above(_ buckets: [Double]) -> [Double] {
      var sum = 0.0
      let fromTop = buckets.reversed().map { bucket -> Double in
        sum += bucket
        return sum
      }
      return fromTop.reversed()
    }
    truePositives = above(positives)
    falsePositives = above(negatives)
  }

  /// What `ThresholdBuckets` has added up; nil before the first batch.
  init?(_ accumulators: [String: [Float]]) {
    guard let positives = accumulators["positives"], let negatives = accumulators["negatives"],
      positives.count == negatives.count, !positives.isEmpty
    else { return nil }
    self.init(positives: positives.map(Double.init), negatives: negatives.map(Double.init))
  }

  /// What `ThresholdBuckets` has added up for each of its labels; none before the first batch.
  static func labels(_ accumulators: [String: [Float]], thresholds: Int) -> [ThresholdCounts] {
    guard let positives = accumulators["positives"], let negatives = accumulators["negatives"], thresholds > 0,
      positives.count == negatives.count, positives.count % thresholds == 0
    else { return [] }
    return stride(from: 0, to: positives.count, by: thresholds).map { start in
      func own(_ values: [Float]) -> [Double] { values[start..<start + thresholds].map(Double.init) }
      return ThresholdCounts(positives: own(positives), negatives: own(negatives))
    }
  }
}
