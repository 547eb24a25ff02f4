import Cajal

/// A compiled step of one's own with what it is given each time.
struct BoundStep {
  var step: CompiledStep
  var inputs: [Tensor]

  /// The best of many runs; the first result of the step is a loss.
  func time(_ watch: Stopwatch, name: String) throws -> Stopwatch.Result {
    var loss = Double.nan
    let result = try watch.time { times in
      for _ in 0..<times { loss = try step.run(inputs)[0].item }
    }
    guard loss.isFinite else {
      throw CajalError(.value, name, expected: "a finite loss", given: "it is \(loss)")
    }
    return result
  }
}
