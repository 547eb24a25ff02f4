/// Connectionist temporal classification: -ln of the probability that a sequence of labels comes out of longer outputs.
///
/// Outputs name a class at each time, class 0 for none; labels come out where repetitions are joined and zeros dropped.
/// The probability is the sum over all ways, by the forward algorithm in logarithms, stepped over time.
///
/// Shapes: class numbers [batch, most labels] as target, filled up with 0; logits [batch, time, classes] → [batch].
/// Infinite where the labels do not fit into the time. Unit: nats.
/// Errors: `.shape` unless target and prediction have two and three axes.
/// Example: `model.compile(optimizer: .adam(), loss: CTC())`. Source: Graves et al., ICML 2006.
public struct CTC: Loss, Hashable {
  /// The loss.
  public init() {}

  /// Stands for the logarithm of 0; sums of it stay finite.
  private static let impossible = -1e30

  public func callAsFunction(target: Tensor, prediction: Tensor) throws -> Tensor {
    guard !target.shape.isPoisoned, !prediction.shape.isPoisoned else { return target }
    guard target.rank == 2, prediction.rank == 3, target.shape[0] == prediction.shape[0], prediction.shape[1] > 0 else {
      throw CajalError(
        .shape, Self.className, expected: "targets [batch, labels] and predictions [batch, time, classes]",
        given: "they are \(target.shape) and \(prediction.shape)")
    }
    let (batch, most, time) = (target.shape[0], target.shape[1], prediction.shape[1])
    let places = 2 * most + 1
    let labels = target.cast(to: .int32)
    let count = (labels .!= 0).cast(to: .int32).sum(axes: [1], keepsDimensions: true)

    // A place for none before, between and after the labels: 0 a 0 b 0.
    let pairs = Tensor.stack([labels.filled(0), labels], axis: 2).reshaped([batch, 2 * most])
    let path = Tensor.concatenate([pairs, .zeros([batch, 1], dtype: .int32)], axis: 1)
    let logarithms = prediction.cast(to: .float32).logSoftmax()
    let known = logarithms.gatheredAlong(
      axis: 2, path.expandingDimension(at: 1).broadcast(to: [batch, time, places])
    ).transposed([1, 0, 2])

    // From one label to another none may be left out.
    let before = path.padded([(0, 0), (2, 0)]).slice(axis: 1, 0..<places)
    let maySkip = (path .!= 0).and(path .!= before)
    let place = Tensor.indices(along: 1, shape: [batch, places])
    let impossible = Tensor.full([batch, places], Self.impossible)
    let first = known.slice(axis: 0, 0..<1).squeezed(axes: [0])
    func later(_ values: Tensor, _ steps: Int) -> Tensor {
      values.padded([(0, 0), (steps, 0)], value: Self.impossible).slice(axis: 1, 0..<places)
    }
    let last = Tensor.scan([(place .< 2).select(first, impossible)], over: [known.slice(axis: 0, 1..<time)]) {
      carry, entries, _ in
      let (stay, step) = (carry[0], later(carry[0], 1))
      let skip = maySkip.select(later(carry[0], 2), impossible)
      return ([Self.logarithmOfSum([stay, step, skip]) + entries[0]], [])
    }.carry[0]

    let isEnd = (place .== 2 * count).or((place .== 2 * count - 1))
    let likelihood = isEnd.select(last, impossible).logSumExp(axes: [1])
    return (likelihood .< 0.5 * Self.impossible).select(likelihood.filled(.infinity), -likelihood)
  }

  /// ln Σ exp aᵢ, element by element.
  private static func logarithmOfSum(_ terms: [Tensor]) -> Tensor {
    let largest = terms.dropFirst().reduce(terms[0]) { $0.maximum($1) }.stoppingGradient()
    return largest + terms.dropFirst().reduce((terms[0] - largest).exp()) { $0 + ($1 - largest).exp() }.log()
  }
}

extension Loss where Self == CTC {
  /// ``CTC``
  public static var ctc: CTC { CTC() }
}
