/// Random numbers keyed by what they are for, the same on every machine: SplitMix64 from a mixed key.
public struct SampleRandom: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// - Parameters:
  ///   - purpose: tells streams of one seed and epoch apart.
  ///   - index: place of the sample, where each has its own stream.
  public init(seed: Int, epoch: Int = 0, purpose: UInt64 = 0, index: Int = 0) {
    var key: UInt64 = 0x4361_6a61_6c44_6174
    let seed = UInt64(bitPattern: Int64(seed))
    let epoch = UInt64(bitPattern: Int64(epoch))
    for part in [seed, epoch, purpose, UInt64(bitPattern: Int64(index))] {
      key = Self.mixed((key ^ part) &+ 0x9E37_79B9_7F4A_7C15)
    }
    state = key
  }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return Self.mixed(state)
  }

  /// Steele, Lea and Flood's finalizer ("Fast splittable pseudorandom number generators", 2014).
  private static func mixed(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Uniform in 0 ..< bound, without bias (Lemire's multiplication).
  public mutating func below(_ bound: Int) -> Int {
    let bound = UInt64(bound)
    var product = next().multipliedFullWidth(by: bound)
    if product.low < bound {
      let threshold = (0 &- bound) % bound
      while product.low < threshold { product = next().multipliedFullWidth(by: bound) }
    }
    return Int(product.high)
  }

  /// Uniform in 0 ..< 1, with 24 bits.
  public mutating func unit() -> Float { Float(next() >> 40) * 0x1p-24 }

  /// Fisher and Yates.
  public mutating func permutation(of count: Int) -> [Int] {
    var order = Array(0..<count)
    order.withUnsafeMutableBufferPointer { order in
      for last in stride(from: count - 1, to: 0, by: -1) { order.swapAt(last, below(last + 1)) }
    }
    return order
  }
}
