// Philox 4x32-10 from its paper, and the distributions from its words.
import CajalGraph
import Foundation

extension Interpreter {
  /// Ten rounds of two products; the paper's constants.
  private static func philox(_ counter: [UInt32], _ key: [UInt32]) -> [UInt32] {
    var (c, k) = (counter, key)
    for _ in 0..<10 {
      let p = UInt64(0xD251_1F53) * UInt64(c[0])
      let q = UInt64(0xCD9E_8D57) * UInt64(c[2])
      c = [
        UInt32(q >> 32) ^ c[1] ^ k[0], UInt32(truncatingIfNeeded: q), UInt32(p >> 32) ^ c[3] ^ k[1],
        UInt32(truncatingIfNeeded: p),
      ]
      k = [k[0] &+ 0x9E37_79B9, k[1] &+ 0xBB67_AE85]
    }
    return c
  }

  /// Word w of lane l of group g belongs to element 64 g + 16 w + l.
  private static func word(_ element: Int, _ stream: UInt64, seed: UInt64, step: UInt64) -> UInt32 {
    let (group, rest) = (element / 64, element % 64)
    let counter: [UInt32] = [
      UInt32(group * 16 + rest % 16), UInt32(truncatingIfNeeded: step), UInt32(truncatingIfNeeded: stream),
      UInt32(truncatingIfNeeded: stream >> 32) ^ UInt32(truncatingIfNeeded: step >> 32),
    ]
    return philox(counter, [UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32)])[rest / 16]
  }

  static func random(_ operation: RandomValues, _ inputs: [Values]) throws -> Values {
    let seed = UInt64(bitPattern: Int64(inputs[0].data[0]))
    let step = UInt64(bitPattern: Int64(inputs[1].data[0]))
    func unit(_ element: Int) -> Double {
      Double(word(element, operation.stream, seed: seed, step: step) >> 8) / 16_777_216
    }
    let (lower, upper) = (operation.lower, operation.upper)
    let data = try (0..<operation.type.shape.count).map { element -> Double in
      switch operation.distribution {
      case .bits: return Double(Int32(bitPattern: word(element, operation.stream, seed: seed, step: step)))
      case .uniform: return lower + (upper - lower) * unit(element)
      case .bernoulli: return unit(element) < lower ? 1 : 0
      case .normal:
        // Box and Muller: words 0 and 1 make a pair, words 2 and 3 another.
        let isSecond = element / 16 % 2 == 1
        let first = isSecond ? element - 16 : element
        let radius = (-2 * Foundation.log(unit(first) + 0x1p-24)).squareRoot()
        let angle = 2 * Double.pi * unit(first + 16)
        return lower + upper * radius * (isSecond ? Foundation.sin(angle) : Foundation.cos(angle))
      case .truncatedNormal: throw ReferenceError(description: "no closed form; see its own test")
      }
    }
    return Values(operation.type.shape.dimensions, operation.type.dtype, data)
  }
}
