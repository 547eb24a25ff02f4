import Cajal
import Foundation

/// Machines so small that every state can be counted, in plain Swift and in `Double`.
struct SmallMachine {
  let visible: Int
  let hidden: Int
  var w: [[Double]]
  var a: [Double]
  var b: [Double]

  init(visible: Int, hidden: Int, scale: Double, seed: UInt64) {
    self.visible = visible
    self.hidden = hidden
    var state = seed
    func next() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (Double(state >> 40) / Double(1 << 24) - 0.5) * 2 * scale
    }
    // Through Float, so that the library has the same numbers.
    func rounded() -> Double { Double(Float(next())) }
    w = (0..<visible).map { _ in (0..<hidden).map { _ in rounded() } }
    a = (0..<visible).map { _ in rounded() }
    b = (0..<hidden).map { _ in rounded() }
  }

  func machine(_ units: RestrictedEnergy.Visible = .bernoulli) throws -> RestrictedBoltzmannMachine {
    try RestrictedBoltzmannMachine(
      units: units, weights: Tensor(w.flatMap { $0.map(Float.init) }, shape: [visible, hidden]),
      visibleBias: Tensor(a.map(Float.init)), hiddenBias: Tensor(b.map(Float.init)))
  }

  static func bits(_ number: Int, _ count: Int) -> [Double] { (0..<count).map { Double(number >> $0 & 1) } }

  /// exp(−E(v, h)) of every pair of states, by the definition of the energy.
  func weights() -> [[Double]] {
    (0..<(1 << visible)).map { v in
      let v = Self.bits(v, visible)
      return (0..<(1 << hidden)).map { h in
        let h = Self.bits(h, hidden)
        var energy = 0.0
        for i in 0..<visible { energy -= a[i] * v[i] }
        for j in 0..<hidden { energy -= b[j] * h[j] }
        for i in 0..<visible { for j in 0..<hidden { energy -= v[i] * w[i][j] * h[j] } }
        return exp(-energy)
      }
    }
  }

  /// Every visible state as a row, `[2^visible, visible]`.
  static func allStates(_ count: Int) -> Tensor {
    Tensor((0..<(1 << count)).flatMap { bits($0, count).map(Float.init) }, shape: [1 << count, count])
  }
}

/// The number of the state that each row shows.
func stateNumbers(_ rows: Tensor) -> [Int] {
  let width = rows.shape[1]
  let values = rows.floats
  return (0..<rows.shape[0]).map { row in
    (0..<width).reduce(0) { $0 + (values[row * width + $1] > 0.5 ? 1 << $1 : 0) }
  }
}
