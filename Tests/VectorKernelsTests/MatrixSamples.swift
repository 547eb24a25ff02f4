// What the tests of the kernels share: reproducible numbers, and memory that notices writes beside it.

/// Reproducible random numbers (SplitMix64).
struct SampleNumbers: RandomNumberGenerator {
  var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func floats(_ count: Int, in range: ClosedRange<Float> = -1...1) -> [Float] {
    (0..<count).map { _ in Float.random(in: range, using: &self) }
  }

  /// Few distinct values, so that ties happen.
  mutating func coarse(_ count: Int) -> [Float] {
    (0..<count).map { _ in Float(Int.random(in: -4...4, using: &self)) }
  }
}

/// Memory for one kernel argument, with a margin on both sides that must not change.
final class SampleMemory<Element: BitwiseCopyable & Equatable> {
  let count: Int
  let base: UnsafeMutablePointer<Element>
  private let margin = 64
  private let mark: Element

  init(_ values: [Element], mark: Element) {
    count = values.count
    self.mark = mark
    base = UnsafeMutablePointer<Element>.allocate(capacity: count + 2 * margin)
    base.initialize(repeating: mark, count: count + 2 * margin)
    for (i, value) in values.enumerated() { base[margin + i] = value }
  }
  convenience init(repeating value: Element, count: Int, mark: Element) {
    self.init([Element](repeating: value, count: count), mark: mark)
  }
  deinit { base.deallocate() }

  var start: UnsafeMutablePointer<Element> { base + margin }
  var values: [Element] { (0..<count).map { base[margin + $0] } }
  var isIntact: Bool {
    (0..<margin).allSatisfy { base[$0] == mark && base[margin + count + $0] == mark }
  }
}

/// Float memory for inputs and results; results start as a value that no kernel writes.
typealias FloatMemory = SampleMemory<Float>
extension SampleMemory where Element == Float {
  convenience init(_ values: [Float]) { self.init(values, mark: -12345) }
  convenience init(count: Int) { self.init(repeating: -54321, count: count, mark: -12345) }
}

/// The largest |a - b| / (1 + |b|); infinite where one is NaN and the other is not.
func distance(_ a: [Float], _ b: [Double]) -> Double {
  guard a.count == b.count else { return .infinity }
  var worst = 0.0
  for (x, y) in zip(a, b) where !(x.isNaN && y.isNaN) {
    let difference = abs(Double(x) - y) / (1 + abs(y))
    worst = max(worst, difference.isNaN ? .infinity : difference)
  }
  return worst
}
