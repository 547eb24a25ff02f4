/// The number of the bin that each value lies in; bins are given by their bounds, or found in data by `adapt`.
///
/// Value x lies in bin i for boundaryᵢ₋₁ ≤ x < boundaryᵢ.
/// Shapes: x `[batch, …]` → `int32` of the same shape, or rows of bins as in `CategoryEncoding`.
/// Errors: neither boundaries nor a number of bins; use before `adapt`.
/// Example: `Discretization(binBoundaries: [0, 1, 2])`
public struct Discretization: Layer {
  /// The bounds between bins, rising.
  public var binBoundaries: [Double]?
  /// How many bins `adapt` makes.
  public var numBins: Int?
  /// How exact the bins of `adapt` are, as a part of the data.
  public var epsilon: Double
  /// What is given for the bins.
  public var outputMode: CategoryOutput
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(
    binBoundaries: [Double]? = nil, numBins: Int? = nil, epsilon: Double = 0.01, outputMode: CategoryOutput = .int,
    name: String? = nil
  ) {
    self.binBoundaries = binBoundaries
    self.numBins = numBins
    self.epsilon = epsilon
    self.outputMode = outputMode
    self.name = LayerName(name)
  }

  /// Finds the bounds of `numBins` bins that hold about as many of the data each, by Keras's summary of quantiles.
  ///
  /// Errors: no number of bins, no data.
  public mutating func adapt(_ data: Tensor) throws {
    let values: [Float] = data.cast(to: .float32).scalars()
    guard let numBins, numBins > 0, !values.isEmpty, epsilon > 0 else {
      throw CajalError(
        .argument, Self.className, expected: "a number of bins and data", given: "\(numBins ?? 0) and \(values.count)")
    }
    // Values at even distances in their order stand for as many of their neighbours.
    let sorted = values.sorted()
    let step = max(Double(sorted.count) * epsilon, 1)
    let picked = stride(from: Int(step - 1), to: sorted.count, by: Int(step)).map { Double(sorted[$0]) }
    let coarse = Self.compressed(picked, picked.map { _ in step }, epsilon)
    binBoundaries = Self.compressed(coarse.values, coarse.weights, 1 / Double(numBins)).values.dropLast().map {
      Double(Float($0))
    }
  }

  /// Values at even parts of the whole weight, interpolated.
  private static func compressed(
    _ values: [Double], _ weights: [Double], _ epsilon: Double
  ) -> (values: [Double], weights: [Double]) {
    guard Double(values.count) * epsilon >= 1 else { return (values, weights) }
    var sums: [Double] = []
    for weight in weights { sums.append((sums.last ?? 0) + weight) }
    let total = sums.last ?? 1
    let parts = stride(from: 0.0, to: 1.0, by: epsilon).map { $0 + epsilon }
    let places = sums.map { $0 / total }
    let news = parts.map { interpolated($0, places, values) }
    let newSums = parts.map { interpolated($0, places, sums) }
    return (news, newSums.indices.map { newSums[$0] - ($0 > 0 ? newSums[$0 - 1] : 0) })
  }

  private static func interpolated(_ x: Double, _ xs: [Double], _ ys: [Double]) -> Double {
    guard let after = xs.firstIndex(where: { $0 >= x }) else { return ys.last ?? 0 }
    guard after > 0, xs[after] > x else { return ys[after] }
    let share = (x - xs[after - 1]) / (xs[after] - xs[after - 1])
    return ys[after - 1] + share * (ys[after] - ys[after - 1])
  }

  public func forward(_ input: Tensor) throws -> Tensor {
    guard let binBoundaries else {
      throw CajalError(
        .argument, Self.className, expected: "boundaries of bins", given: "there are none",
        advice: "Give binBoundaries, or call adapt(data) before the model is made.")
    }
    let x = input.dtype.isFloating ? input : input.cast(to: .float32)
    let bounds = Tensor(binBoundaries.map(Float.init), shape: [binBoundaries.count])
    let isAbove = x.expandingDimension(at: -1) .>= bounds
    let numbers = isAbove.cast(to: .int32).sum(axes: [-1])
    return numbers.encoded(outputMode, depth: binBoundaries.count + 1)
  }
}
