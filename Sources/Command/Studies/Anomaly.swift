import Cajal
import CajalData
import CajalFigures
import CajalTerminal

extension Study {
  /// Heartbeats that are not normal, found by a network that has only seen normal ones.
  static let anomaly = Study(
    name: "anomaly", summary: "abnormal heartbeats, by a network that knows normal ones only",
    goal: "a ROC-AUC of 0.97", dataSet: DataSets.ecg5000, epochs: 200, batchSize: 16, learningRate: 2e-3
  ) { run in
    let ((train, labels), (test, truths)) = try run.data.inMemory()
    let classes = labels.scalars(as: Int32.self)
    let normal = classes.indices.filter { classes[$0] == 0 }
    let x = train.rows(normal)
    let isAbnormal = truths.scalars(as: Int32.self).map { $0 != 0 }
    run.note(
      "\n\(Format.count(normal.count)) normal beats to learn from; of \(Format.count(isAbnormal.count)) held out "
        + "\(Format.count(isAbnormal.count { $0 })) are not normal.")
    let network = try Autoencoder(inputShape: [140], corruption: GaussianNoise(0.1), seed: run.seed) {
      Dense(64, activation: .tanh)
      Dense(8)
    } decoder: {
      Dense(64, activation: .tanh)
      Dense(140)
    }
    try run.fit(network, x, name: "Autoencoder of 8")
    try run.save(network)

    let pca = try PrincipalComponents(of: x, count: 8, seed: run.seed)
    let scores: [(name: String, values: Tensor)] = [
      ("distance to the mean beat", (test - pca.mean).squared().mean(axes: [1])),
      ("PCA of 8", (try pca.reconstruct(test) - test).squared().mean(axes: [1])),
      ("autoencoder of 8", try network.scores(test)),
    ]
    var table = CajalTerminal.Table(["Score of a beat", "ROC-AUC"])
    var curves: [Series] = []
    for (name, values) in scores {
      let curve = try ReceiverOperatingCharacteristic(outputs: values.floats, isPositive: isAbnormal)
      table.addRow([.text(name), .number(curve.area, digits: 4, style: name.hasPrefix("auto") ? .bold : .plain)])
      run.keep(name.replacingOccurrences(of: " ", with: "_") + "_auc", curve.area)
      curves.append(Series(name, x: curve.points.map(\.falsePositiveRate), y: curve.points.map(\.truePositiveRate)))
    }
    run.show(table)

    // A threshold that needs no abnormal beat: what 95 % of the normal training beats stay below.
    let known = try network.scores(x).floats.sorted()
    let threshold = known[known.count * 95 / 100]
    let found = zip(scores[2].values.floats, isAbnormal).filter { $0.0 > threshold }
    let right = found.count { $0.1 }
    let recall = Double(right) / Double(max(1, isAbnormal.count { $0 }))
    let precision = Double(right) / Double(max(1, found.count))
    run.note(
      "\nAbove the threshold \(Format.metric(Double(threshold))): \(Format.percent(recall)) of the abnormal beats, "
        + "and \(Format.percent(precision)) of what is above is abnormal.")
    run.keep("recall_at_threshold", recall)
    run.keep("precision_at_threshold", precision)
    try run.picture("roc.png", "found against false alarms, at every threshold") { path in
      try LineChart(
        title: "Abnormal beats", series: curves, xLabel: "false alarms among normal beats", yLabel: "found",
        xRange: 0...1, yRange: 0...1
      ).write(to: path)
    }
    try drawBeats(run, network, test, isAbnormal)
  }

  /// A normal and an abnormal beat with what the network makes of them.
  private static func drawBeats(_ run: StudyRun, _ network: Autoencoder, _ test: Tensor, _ isAbnormal: [Bool]) throws {
    let chosen = [isAbnormal.firstIndex(of: false), isAbnormal.firstIndex(of: true)].compactMap { $0 }
    try run.picture("beats.png", "a normal and an abnormal beat, and what the network makes of them") { path in
      let charts = try chosen.map { index -> LineChart in
        let beat = test.slice(axis: 0, index..<index + 1)
        let series = [("beat", beat), ("given back", try network.reconstruct(beat))].map { name, values in
          Series(name, values.floats.map(Double.init))
        }
        return LineChart(title: isAbnormal[index] ? "Abnormal" : "Normal", series: series, xLabel: "sample of the beat")
      }
      try Panels(charts).write(to: path)
    }
  }
}
