import Foundation
import Testing
import VectorKernels

@Suite struct RandomTests {
  /// Published known answers of Philox 4x32 with ten rounds.
  @Test func knownAnswers() {
    func words(_ counter: [UInt32], _ key: [UInt32]) -> [UInt32] {
      var result = [UInt32](repeating: 0, count: 4)
      vk_philox(counter, key, &result)
      return result
    }
    #expect(words([0, 0, 0, 0], [0, 0]) == [0x6627_E8D5, 0xE169_C58D, 0xBC57_AC4C, 0x9B00_DBD8])
    let ones = [UInt32](repeating: .max, count: 4)
    #expect(words(ones, [.max, .max]) == [0x408F_276D, 0x41C8_3B0E, 0xA20B_C7C6, 0x6D54_51FD])
    #expect(
      words([0x243F_6A88, 0x85A3_08D3, 0x1319_8A2E, 0x0370_7344], [0xA409_3822, 0x299F_31D0])
        == [0xD16C_FE09, 0x94FD_CCEB, 0x5001_E420, 0x2412_6EA1])
  }

  static func draw(
    _ kind: vk_random_kind, count: Int, seed: UInt64 = 7, step: Int64 = 3, stream: UInt64 = 0xFEED_0000_BEEF,
    threads: Int = 1,
    low: Double = 0, high: Double = 1, type: vk_dtype = VK_F32
  ) -> Storage {
    let storage = Storage(kind == VK_RANDOM_BITS || kind == VK_RANDOM_INTEGER ? VK_I32 : type, count: count)
    withUnsafePointer(to: seed) { key in
      withUnsafePointer(to: step) { step in
        var args = vk_random_args(
          key: key, step: step, stream: stream, count: Int64(count), out: storage.start, kind: Int32(kind.rawValue),
          out_type: Int32(type.rawValue), threads: Int32(threads), low: low, high: high, probability: nil)
        vk_random(&args)
      }
    }
    return storage
  }

  @Test func bitsAreTheGenerators() {
    let bits = Self.draw(VK_RANDOM_BITS, count: 1000)
    for i in 0..<1000 {
      var words = [UInt32](repeating: 0, count: 4)
      vk_philox([UInt32(i / 64 * 16 + i % 16), 3, 0x0000_BEEF, 0xFEED], [7, 0], &words)
      #expect(bits.at(i).load(as: UInt32.self) == words[i % 64 / 16])
    }
  }

  static let kinds = [
    VK_RANDOM_BITS, VK_RANDOM_UNIFORM, VK_RANDOM_NORMAL, VK_RANDOM_TRUNCATED_NORMAL, VK_RANDOM_BERNOULLI,
    VK_RANDOM_INTEGER,
  ]

  @Test(arguments: kinds) func threadsAndLengthsDoNotMatter(kind: vk_random_kind) {
    let long = Self.draw(kind, count: 5000, low: 0.5, high: 9)
    for (count, threads) in [(1, 1), (63, 1), (777, 4), (5000, 4)] {
      let short = Self.draw(kind, count: count, threads: threads, low: 0.5, high: 9)
      #expect((0..<count).allSatisfy { short[$0] == long[$0] })
      #expect(short.marginsIntact)
    }
    #expect(long.marginsIntact)
  }

  @Test func everyPartOfTheAddressMatters() {
    let base = Self.draw(VK_RANDOM_BITS, count: 64)
    let others = [
      Self.draw(VK_RANDOM_BITS, count: 64, seed: 8), Self.draw(VK_RANDOM_BITS, count: 64, seed: 7 | 1 << 40),
      Self.draw(VK_RANDOM_BITS, count: 64, step: 4), Self.draw(VK_RANDOM_BITS, count: 64, stream: 1),
      Self.draw(VK_RANDOM_BITS, count: 64, stream: 0xBEEF),
    ]
    for other in others { #expect((0..<64).filter { base[$0] == other[$0] }.isEmpty) }
  }

  /// Mean, variance and fourth moment within five standard errors or so.
  @Test func moments() {
    let count = 200_000
    func moments(_ x: Storage) -> (mean: Double, variance: Double, fourth: Double, least: Double, most: Double) {
      let v = (0..<count).map { x[$0] }, mean = v.reduce(0, +) / Double(count)
      let centred = v.map { $0 - mean }
      return (
        mean, centred.reduce(0) { $0 + $1 * $1 } / Double(count), centred.reduce(0) { $0 + pow($1, 4) } / Double(count),
        v.min() ?? .nan, v.max() ?? .nan
      )
    }
    let uniform = moments(Self.draw(VK_RANDOM_UNIFORM, count: count, low: -2, high: 4))
    #expect(abs(uniform.mean - 1) < 0.02 && abs(uniform.variance - 3) < 0.03)
    #expect(uniform.least >= -2 && uniform.most < 4 && uniform.least < -1.99 && uniform.most > 3.99)
    let normal = moments(Self.draw(VK_RANDOM_NORMAL, count: count, low: 1, high: 2))
    #expect(abs(normal.mean - 1) < 0.025 && abs(normal.variance - 4) < 0.08 && abs(normal.fourth - 48) < 2.5)
    let truncated = moments(Self.draw(VK_RANDOM_TRUNCATED_NORMAL, count: count, low: 0, high: 1))
    #expect(abs(truncated.mean) < 0.01 && abs(truncated.variance - 0.7737) < 0.01)
    #expect(truncated.least > -2.0001 && truncated.most < 2.0001 && truncated.most > 1.99)
    let coin = moments(Self.draw(VK_RANDOM_BERNOULLI, count: count, low: 0.3, type: VK_BOOL))
    #expect(abs(coin.mean - 0.3) < 0.006 && coin.least == 0 && coin.most == 1)
    let die = moments(Self.draw(VK_RANDOM_INTEGER, count: count, low: -1, high: 6))
    #expect(abs(die.mean - 2) < 0.03 && die.least == -1 && die.most == 5)
  }

  @Test func probabilityIsReadWhenRun() {
    let out = Storage(VK_F32, count: 1000)
    var probability: Float = 0
    withUnsafePointer(to: UInt64(1)) { key in
      withUnsafePointer(to: &probability) { p in
        var args = vk_random_args(
          key: key, step: nil, stream: 1, count: 1000, out: out.start, kind: Int32(VK_RANDOM_BERNOULLI.rawValue),
          out_type: Int32(VK_F32.rawValue), threads: 1, low: 0.5, high: 1, probability: p)
        vk_random(&args)
      }
    }
    #expect((0..<1000).allSatisfy { out[$0] == 0 })
  }
}
