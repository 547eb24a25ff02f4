// Batch normalization against its definition: both ways to lie, limits, an addend, edges of chunks and shares.
import Foundation
import Testing
import VectorKernels

struct BatchNormalizationTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var samples = 3, places = 35, channels = 48, isBlocked = false
    var limits = VK_LIMITS_NONE
    var adds = false
    var threads: Int32 = 1
    /// The values' distance from 0, in which small variances could drown.
    var offset: Float = 0
    var testDescription: String {
      "\(samples) x \(places) x \(channels)\(isBlocked ? " in blocks" : ""), limits \(limits.rawValue), "
        + "\(adds ? "addend, " : "")\(threads) threads, offset \(offset)"
    }
  }

  static let cases = [
    Case(), Case(isBlocked: true, limits: VK_LIMITS_LOW, threads: 2),
    Case(samples: 1, places: 1, channels: 5, limits: VK_LIMITS_BOTH, threads: 3),
    Case(samples: 7, places: 10, channels: 1040, limits: VK_LIMITS_BOTH, threads: 2),
    Case(samples: 2, places: 3000, channels: 32, isBlocked: true, limits: VK_LIMITS_BOTH, adds: true, threads: 3),
    Case(samples: 2, places: 901, channels: 20, limits: VK_LIMITS_LOW, adds: true, threads: 2),
    Case(samples: 300, places: 1, channels: 16, adds: true, threads: 4),
    Case(samples: 2, places: 500, channels: 32, isBlocked: true, threads: 2, offset: 1000),
    Case(samples: 1, places: 264_000, channels: 16, isBlocked: true, limits: VK_LIMITS_LOW, threads: 2),
  ]

  private func lies(_ c: Case) -> vk_channels {
    vk_channels(
      samples: Int64(c.samples), places: Int64(c.places), channels: Int64(c.channels),
      sample: Int64(c.places * c.channels), place: Int64(c.isBlocked ? 16 : c.channels),
      block: Int64(c.isBlocked ? c.places * 16 : 16))
  }

  @Test(arguments: cases) func followsItsDefinition(c: Case) {
    var numbers = SampleNumbers(seed: UInt64(c.places * 7 + c.channels))
    let count = c.samples * c.places * c.channels
    let x = FloatMemory(numbers.floats(count).map { $0 + c.offset }), addend = FloatMemory(numbers.floats(count))
    let dy = FloatMemory(numbers.floats(count))
    let gamma = FloatMemory(numbers.floats(c.channels)), beta = FloatMemory(numbers.floats(c.channels))
    let y = FloatMemory(count: count), dx = FloatMemory(count: count)
    let small = (0..<4).map { _ in FloatMemory(count: c.channels) }
    let scratch = FloatMemory(count: Int(vk_batch_normalization_scratch(Int64(c.channels), c.threads)) / 4 + 16)
    let aligned = scratch.start + (16 - Int(bitPattern: scratch.start) / 4 % 16) % 16
    let (low, high): (Float, Float) = (0.1, 0.8)
    var forward = vk_batch_normalization_arguments(
      x: x.start, gamma: gamma.start, beta: beta.start, addend: c.adds ? UnsafePointer(addend.start) : nil,
      y: y.start, mean: small[0].start, variance: small[1].start, scratch: aligned, threads: c.threads,
      limits: Int32(c.limits.rawValue), epsilon: 1e-3, lowest: low, highest: high, lies: lies(c))
    vk_batch_normalization(&forward)
    var backward = vk_batch_normalization_gradient_arguments(
      x: x.start, gamma: gamma.start, beta: beta.start, mean: small[0].start, variance: small[1].start,
      dy: dy.start, dx: dx.start, dgamma: small[2].start, dbeta: small[3].start, scratch: aligned,
      threads: c.threads, limits: Int32(c.limits.rawValue), epsilon: 1e-3, lowest: low, highest: high, lies: lies(c))
    vk_batch_normalization_gradient(&backward)
    let memories = small + [x, addend, dy, gamma, beta, y, dx, scratch]
    let damaged = memories.filter { !$0.isIntact }
    #expect(damaged.isEmpty, "nothing beside the results is written")

    let form = lies(c)
    let total = Double(c.samples * c.places)
    var worst = [String: Double]()
    func note(_ what: String, _ given: Float, _ expected: Double, scale: Double = 1) {
      let distance = abs(Double(given) - expected) / scale
      worst[what] = max(worst[what] ?? 0, distance.isNaN ? .infinity : distance)
    }
    for channel in 0..<c.channels {
      let places = (0..<c.samples).flatMap { sample in
        (0..<c.places).map { place in
          sample * Int(form.sample) + place * Int(form.place) + channel / 16 * Int(form.block) + channel % 16
        }
      }
      let mean = places.reduce(0) { $0 + Double(x.start[$1]) } / total
      let variance = places.reduce(0) { $0 + pow(Double(x.start[$1]) - mean, 2) } / total
      note("mean", small[0].start[channel], mean, scale: 1 + abs(mean))
      note("variance", small[1].start[channel], variance, scale: 1 + Double(c.offset) / 500)
      let inverse = 1 / (variance + 1e-3).squareRoot()
      let (g, b) = (Double(gamma.start[channel]), Double(beta.start[channel]))
      let roomy = 1e-5 * (1 + Double(c.offset))
      var sums = (plain: 0.0, weighted: 0.0)
      var isNearEdge = false
      for place in places {
        let z = (Double(x.start[place]) - mean) * inverse * g + b
        var result = z + (c.adds ? Double(addend.start[place]) : 0)
        if c.limits != VK_LIMITS_NONE { result = max(result, Double(low)) }
        if c.limits == VK_LIMITS_BOTH { result = min(result, Double(high)) }
        note("y", y.start[place], result, scale: 1 + Double(c.offset) / 10)
        // Where rounding decides whether a value is at a limit, both answers are right.
        if c.limits != VK_LIMITS_NONE, min(abs(z - Double(low)), abs(z - Double(high))) < roomy { isNearEdge = true }
        let passes = (c.limits == VK_LIMITS_NONE || z > Double(low)) && (c.limits != VK_LIMITS_BOTH || z < Double(high))
        guard passes else { continue }
        sums.plain += Double(dy.start[place])
        sums.weighted += Double(dy.start[place]) * (Double(x.start[place]) - mean) * inverse
      }
      guard !isNearEdge else { continue }
      let size = total.squareRoot()
      note("dβ", small[3].start[channel], sums.plain, scale: size)
      note("dγ", small[2].start[channel], sums.weighted, scale: size * (1 + Double(c.offset)))
      for place in places {
        let normalized = (Double(x.start[place]) - mean) * inverse
        let z = normalized * g + b
        let passes = (c.limits == VK_LIMITS_NONE || z > Double(low)) && (c.limits != VK_LIMITS_BOTH || z < Double(high))
        let slope = passes ? Double(dy.start[place]) : 0
        let expected = g * inverse * (slope - sums.plain / total - normalized * sums.weighted / total)
        note("dx", dx.start[place], expected, scale: (1 + inverse) * (1 + Double(c.offset)))
      }
    }
    for (what, distance) in worst { #expect(distance < 1e-5, "\(what)") }
  }
}
