import CajalGraph

/// A small seeded generator (SplitMix64: Steele, Lea and Flood, OOPSLA 2014).
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// Draws shapes and numbers for one sample of an operation.
struct Draw {
  var random: SeededGenerator
  var dtype: DType
  /// The sizes that axes get.
  var sizes: ClosedRange<Int>

  init(seed: UInt64, dtype: DType = .float32, sizes: ClosedRange<Int> = 2...4) {
    random = SeededGenerator(seed)
    self.dtype = dtype
    self.sizes = sizes
  }

  mutating func size() -> Int { Int.random(in: sizes, using: &random) }
  mutating func shape(rank: Int) -> [Int] { (0..<rank).map { _ in size() } }
  mutating func integer(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
  mutating func bool() -> Bool { Bool.random(using: &random) }

  /// Numbers between bounds, as the dtype holds them; whole ones for integers.
  mutating func numbers(_ shape: [Int], _ lower: Double = -2, _ upper: Double = 2, dtype: DType? = nil) -> Values {
    let dtype = dtype ?? self.dtype
    let data = (0..<shape.reduce(1, *)).map { _ -> Double in
      if dtype == .bool { return Bool.random(using: &random) ? 1 : 0 }
      if !dtype.isFloating {
        let whole = Double(Int.random(in: Int(lower.rounded(.up))...Int(upper.rounded(.down)), using: &random))
        return dtype == .uint8 ? abs(whole) : whole
      }
      return store(Double.random(in: lower...upper, using: &random), as: dtype)
    }
    return Values(shape, dtype, data)
  }

  /// Numbers at least a quarter away from 0: for functions with a kink there.
  mutating func away(_ shape: [Int], _ upper: Double = 2) -> Values {
    var values = numbers(shape, 0.25, upper)
    for index in values.data.indices where bool() { values.data[index] = -values.data[index] }
    return values
  }

  /// Numbers of which no two are closer than an eighth: for maxima and orders.
  mutating func distinct(_ shape: [Int]) -> Values {
    let count = shape.reduce(1, *)
    let step = dtype.isFloating ? 0.125 : 1.0
    let data = (0..<count).shuffled(using: &random).map { (Double($0) - Double(count / 2)) * step }
    return Values(shape, dtype, data)
  }

  mutating func indices(_ shape: [Int], below count: Int, dtype: DType = .int32) -> Values {
    Values(
      shape, dtype, (0..<shape.reduce(1, *)).map { _ in Double(Int.random(in: 0..<max(count, 1), using: &random)) })
  }
}
