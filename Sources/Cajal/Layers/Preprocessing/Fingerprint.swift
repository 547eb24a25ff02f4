// Numbers of texts that are the same on every machine and in every library that Keras runs on.
// Sources: FarmHash's 64-bit fingerprint (Pike and Alakuijala); SipHash-2-4, Aumasson and Bernstein, 2012.

enum Fingerprint {
  private static let k0: UInt64 = 0xc3a5_c85c_97cb_3127
  private static let k1: UInt64 = 0xb492_b66f_be98_f273
  private static let k2: UInt64 = 0x9ae1_6a3b_2f90_404f

  /// FarmHash's fingerprint of the bytes.
  static func farm(_ text: String) -> UInt64 { farm(Array(text.utf8)) }

  static func farm(_ s: [UInt8]) -> UInt64 {
    switch s.count {
    case 0...16: return upTo16(s)
    case 17...32: return upTo32(s)
    case 33...64: return upTo64(s)
    default: return long(s)
    }
  }

  /// The number of two numbers, as TensorFlow crosses features.
  static func joined(_ first: UInt64, _ second: UInt64) -> UInt64 {
    let factor: UInt64 = 0xc6a4_a793_5bd1_e995
    var result = first ^ factor
    result ^= mixed(second &* factor) &* factor
    result = result &* factor
    return mixed(mixed(result) &* factor)
  }

  private static func word(_ s: [UInt8], _ at: Int, bytes: Int = 8) -> UInt64 {
    (0..<bytes).reduce(0) { $0 | UInt64(s[at + $1]) << UInt64(8 * $1) }
  }
  private static func turned(_ x: UInt64, _ bits: UInt64) -> UInt64 { x >> bits | x << (64 - bits) }
  private static func mixed(_ x: UInt64) -> UInt64 { x ^ x >> 47 }

  private static func pair(_ u: UInt64, _ v: UInt64, _ factor: UInt64) -> UInt64 {
    let a = mixed((u ^ v) &* factor)
    return mixed((v ^ a) &* factor) &* factor
  }

  private static func upTo16(_ s: [UInt8]) -> UInt64 {
    let length = UInt64(s.count)
    if s.count >= 8 {
      let factor = k2 &+ length &* 2
      let (a, b) = (word(s, 0) &+ k2, word(s, s.count - 8))
      return pair(turned(b, 37) &* factor &+ a, (turned(a, 25) &+ b) &* factor, factor)
    }
    if s.count >= 4 {
      return pair(length &+ word(s, 0, bytes: 4) << 3, word(s, s.count - 4, bytes: 4), k2 &+ length &* 2)
    }
    guard !s.isEmpty else { return k2 }
    let y = UInt64(s[0]) &+ UInt64(s[s.count / 2]) << 8
    let z = length &+ UInt64(s[s.count - 1]) << 2
    return mixed(y &* k2 ^ z &* k0) &* k2
  }

  private static func upTo32(_ s: [UInt8]) -> UInt64 {
    let factor = k2 &+ UInt64(s.count) &* 2
    let (a, b) = (word(s, 0) &* k1, word(s, 8))
    let (c, d) = (word(s, s.count - 8) &* factor, word(s, s.count - 16) &* k2)
    return pair(
      turned(a &+ b, 43) &+ turned(c, 30) &+ d, a &+ turned(b &+ k2, 18) &+ c, factor)
  }

  private static func upTo64(_ s: [UInt8]) -> UInt64 {
    let (factor, n) = (k2 &+ UInt64(s.count) &* 2, s.count)
    let (a, b) = (word(s, 0) &* k2, word(s, 8))
    let (c, d) = (word(s, n - 8) &* factor, word(s, n - 16) &* k2)
    let y = turned(a &+ b, 43) &+ turned(c, 30) &+ d
    let z = pair(y, a &+ turned(b &+ k2, 18) &+ c, factor)
    let (e, f) = (word(s, 16) &* factor, word(s, 24))
    let (g, h) = ((y &+ word(s, n - 32)) &* factor, (z &+ word(s, n - 24)) &* factor)
    return pair(turned(e &+ f, 43) &+ turned(g, 30) &+ h, e &+ turned(f &+ a, 18) &+ g, factor)
  }

  private static func block(_ s: [UInt8], _ at: Int, _ a: UInt64, _ b: UInt64) -> (UInt64, UInt64) {
    let first = a &+ word(s, at)
    let last = word(s, at + 24)
    let sum = first &+ word(s, at + 8) &+ word(s, at + 16)
    return (sum &+ last, turned(b &+ first &+ last, 21) &+ turned(sum, 44) &+ first)
  }

  private static func long(_ s: [UInt8]) -> UInt64 {
    var x: UInt64 = 81
    var y = 81 &* k1 &+ 113
    var z = mixed(y &* k2 &+ 113) &* k2
    var (v, w): ((UInt64, UInt64), (UInt64, UInt64)) = ((0, 0), (0, 0))
    x = x &* k2 &+ word(s, 0)
    func round(_ at: Int, _ factor: UInt64, ninefold: Bool) {
      x = turned(x &+ y &+ v.0 &+ word(s, at + 8), 37) &* factor
      y = turned(y &+ v.1 &+ word(s, at + 48), 42) &* factor
      x ^= ninefold ? w.1 &* 9 : w.1
      y = y &+ (ninefold ? v.0 &* 9 : v.0) &+ word(s, at + 40)
      z = turned(z &+ w.0, 33) &* factor
      v = block(s, at, v.1 &* factor, x &+ w.0)
      w = block(s, at + 32, z &+ w.1, y &+ word(s, at + 16))
      swap(&z, &x)
    }
    let end = (s.count - 1) / 64 * 64
    for at in stride(from: 0, to: end, by: 64) { round(at, k1, ninefold: false) }
    let factor = k1 &+ (z & 0xff) << 1
    let rest = UInt64((s.count - 1) & 63)
    w.0 = w.0 &+ rest
    v.0 = v.0 &+ w.0
    w.0 = w.0 &+ v.0
    round(s.count - 64, factor, ninefold: true)
    return pair(
      pair(v.0, w.0, factor) &+ mixed(y) &* k0 &+ z, pair(v.1, w.1, factor) &+ x, factor)
  }

  /// SipHash-2-4 of the bytes with a key of two numbers.
  static func sip(_ text: String, _ key: (UInt64, UInt64)) -> UInt64 {
    let bytes = Array(text.utf8)
    var v: (UInt64, UInt64, UInt64, UInt64) = (
      key.0 ^ 0x736f_6d65_7073_6575, key.1 ^ 0x646f_7261_6e64_6f6d, key.0 ^ 0x6c79_6765_6e65_7261,
      key.1 ^ 0x7465_6462_7974_6573
    )
    func rounds(_ count: Int) {
      for _ in 0..<count {
        v.0 = v.0 &+ v.1
        v.2 = v.2 &+ v.3
        v.1 = turned(v.1, 51) ^ v.0
        v.3 = turned(v.3, 48) ^ v.2
        v.0 = turned(v.0, 32)
        v.2 = v.2 &+ v.1
        v.0 = v.0 &+ v.3
        v.1 = turned(v.1, 47) ^ v.2
        v.3 = turned(v.3, 43) ^ v.0
        v.2 = turned(v.2, 32)
      }
    }
    let whole = bytes.count / 8 * 8
    var words = stride(from: 0, to: whole, by: 8).map { word(bytes, $0) }
    words.append(word(bytes, whole, bytes: bytes.count - whole) | UInt64(bytes.count & 0xff) << 56)
    for word in words {
      v.3 ^= word
      rounds(2)
      v.0 ^= word
    }
    v.2 ^= 0xff
    rounds(4)
    return v.0 ^ v.1 ^ v.2 ^ v.3
  }
}
