import Cajal
import Testing

@Suite struct CollectedMetricTests {
  @Test func confusionMatrixCounts() throws {
    let matrix = try ConfusionMatrix(
      targets: [0, 0, 1, 1, 2, 2], answers: [0, 1, 1, 1, 2, 0], classes: ["cat", "dog", "ox"])
    #expect(matrix.counts == [[1, 1, 0], [0, 2, 0], [1, 0, 1]])
    #expect(matrix.accuracy == 4.0 / 6)
    #expect(
      matrix.description == """
             cat  dog  ox
        cat    1    1   0
        dog    0    2   0
        ox     1    0   1
        """)
    #expect(
      message { _ = try ConfusionMatrix(targets: [0, 3], answers: [0, 0], classes: ["a", "b"]) }
        == "ConfusionMatrix: expected classes in 0 ..< 2, but sample 1 has 3.")
    #expect(
      message { _ = try ConfusionMatrix(targets: [0], answers: []) }
        == "ConfusionMatrix: expected an answer for each target, but there are 1 targets and 0 answers.")
    #expect(message { _ = try ConfusionMatrix(targets: [-1], answers: [0]) }.contains("sample 0 has -1"))
    #expect(message { _ = try ConfusionMatrix(targets: [1 << 40], answers: [0]) }.contains("class numbers below"))
  }

  @Test func reportAgreesWithItsDefinition() throws {
    let report = ClassificationReport(
      try ConfusionMatrix(targets: [0, 0, 1, 1, 2, 2], answers: [0, 1, 1, 1, 2, 0], classes: ["a", "b", "c"]))
    #expect(report.scores[0].precision == 0.5)
    #expect(report.scores[0].recall == 0.5)
    #expect(report.scores[1].precision == 2.0 / 3)
    #expect(report.scores[1].f1 == 0.8)
    #expect(report.scores[2].recall == 0.5)
    expectClose([report.macroAverage.precision], [(0.5 + 2.0 / 3 + 1) / 3], tolerance: 1e-12)
    #expect(report.weightedAverage.support == 6)
    #expect(report.description.split(separator: "\n").count == 7)
  }

  @Test func areaIsTheChanceOfTheRightOrder() throws {
    let outputs: [Float] = [0.9, 0.8, 0.8, 0.4, 0.4, 0.1, 0.7]
    let labels = [true, false, true, true, false, false, false]
    var wins = 0.0
    for (high, isHigh) in zip(outputs, labels) where isHigh {
      for (low, isLow) in zip(outputs, labels) where !isLow { wins += high > low ? 1 : high == low ? 0.5 : 0 }
    }
    let curve = try ReceiverOperatingCharacteristic(outputs: outputs, isPositive: labels)
    expectClose([curve.area], [wins / 12], tolerance: 1e-12)
    #expect(curve.points.first?.truePositiveRate == 0)
    #expect(curve.points.last?.falsePositiveRate == 1)
    #expect(curve.bestThreshold == 0.8)
    // A weight of 2 counts as two samples.
    let weighted = try ReceiverOperatingCharacteristic(
      outputs: outputs, isPositive: labels, weights: [2, 1, 1, 1, 1, 1, 1])
    let repeated = try ReceiverOperatingCharacteristic(outputs: outputs + [0.9], isPositive: labels + [true])
    expectClose([weighted.area], [repeated.area], tolerance: 1e-12)
  }

  @Test func averagePrecisionOfAKnownOrder() throws {
    let curve = try PrecisionRecallCurve(outputs: [4, 3, 2, 1], isPositive: [true, false, true, false])
    expectClose([curve.averagePrecision], [0.5 * 1 + 0.5 * 2 / 3], tolerance: 1e-12)
  }

  @Test func curvesRefuseWhatTheyCannotRank() {
    #expect(
      message { _ = try ReceiverOperatingCharacteristic(outputs: [0.1, .nan], isPositive: [true, false]) }
        == "ReceiverOperatingCharacteristic: expected numbers as outputs, but output 1 is NaN.")
    #expect(
      message { _ = try ReceiverOperatingCharacteristic(outputs: [0.1], isPositive: [true]) }
        == "ReceiverOperatingCharacteristic: expected both positive and negative samples, but there is no negative one."
    )
    #expect(
      message { _ = try PrecisionRecallCurve(outputs: [], isPositive: []) }
        == "PrecisionRecallCurve: expected positive samples, but there is none.")
    #expect(
      message { _ = try PrecisionRecallCurve(outputs: [1], isPositive: [true], weights: [.nan]) }
        == "PrecisionRecallCurve: expected weights of at least 0, but weight 0 is nan.")
  }
}
