// What data a machine of units that are 0 or 1 takes, and the words for what it does not.
import CajalGraph

/// Errors: `.argument` naming the first size below 1.
func demandSizes(_ subject: String, _ sizes: [(what: String, count: Int)]) throws {
  for (what, count) in sizes where count < 1 || count > 1 << 24 {
    throw CajalError(.argument, subject, expected: "\(what) from 1 to 2^24", given: "there are \(count)")
  }
}

/// Errors: `.argument` for a negative number of epochs.
func demandEpochs(_ subject: String, _ epochs: Int) throws {
  guard epochs >= 0 else {
    throw CajalError(.argument, subject, expected: "0 epochs or more", given: "there are \(epochs)")
  }
}

/// Errors: `.shape` unless the data is rows of so many numbers, `.dtype` unless they are float32.
func demandRows(_ subject: String, _ data: Tensor, width: Int) throws {
  guard data.rank == 2, data.shape[1] == width else {
    throw CajalError(
      .shape, subject, expected: "rows of \(width) numbers, one for each visible unit",
      given: "the data is \(data.shape)",
      advice: data.rank > 2 ? "Flatten pictures: x.reshaped([rows, \(width)])." : "")
  }
  guard data.dtype == .float32 else {
    throw CajalError(
      .dtype, subject, expected: "float32", given: "the data is \(data.dtype.rawValue)",
      advice: "Use cast(to: .float32).")
  }
  guard data.shape[0] > 0 else {
    throw CajalError(.shape, subject, expected: "one row at least", given: "there is none")
  }
}

func demandFinite(_ subject: String, _ data: Tensor, what: String) throws {
  try demandValues(
    subject, data, "\(what) that are finite numbers", "Look for NaN and infinite values.", all: { $0.isFinite() },
    \.isFinite)
}

func demandProbabilities(_ subject: String, _ data: Tensor) throws {
  try demandValues(
    subject, data, "values from 0 to 1",
    "Scale the data: pixels of 0…255 by 1/255; use Gaussian units for real numbers.",
    all: { ($0 .>= 0).and($0 .<= 1) }, { $0 >= 0 && $0 <= 1 })
}

func demandBinary(_ subject: String, _ data: Tensor) throws {
  try demandValues(
    subject, data, "values that are 0 or 1, because the visible units are Bernoulli's",
    "Make them binary (`x.binarized()` or `x.binarized(seed:)`), or use Gaussian units for real numbers.",
    all: { ($0 .== 0).or($0 .== 1) }, { $0 == 0 || $0 == 1 })
}

/// Looks at whole data sets in one pass over memory, and then, if something is wrong, for the place.
private func demandValues(
  _ subject: String, _ data: Tensor, _ expected: String, _ advice: String, all areRight: (Tensor) -> Tensor,
  _ isRight: (Float) -> Bool
) throws {
  guard try areRight(data).all().evaluated().item == 0 else { return }
  guard let wrong = data.floats.enumerated().first(where: { !isRight($0.element) }) else { return }
  let width = max(1, data.shape.last)
  let place = data.rank == 2 ? "row \(wrong.offset / width), column \(wrong.offset % width)" : "element \(wrong.offset)"
  throw CajalError(.value, subject, expected: expected, given: "\(place) is \(wrong.element)", advice: advice)
}

extension Tensor {
  /// 1 where a value reaches the threshold, else 0.
  public func binarized(threshold: Double = 0.5) -> Tensor { (self .>= threshold).cast(to: .float32) }

  /// 1 with the value as probability, else 0: the binary pictures of Salakhutdinov and Murray (2008).
  public func binarized(seed: Int) -> Tensor {
    var random = RandomSource(seed: seed)
    return (random.uniform(shape) .< self).cast(to: .float32)
  }
}
