// Gradient descent by hand: one step on paper, then z = 2 x learned from w = 0 with rates that are right, small and large.
import Cajal
import CajalFigures

// L = ½ (6 − w x)² at x = 2, w = 5: the slope is 8, and with rate 0.1 the next w is 4.2.
let w = Tensor(5)
let slope = gradient(of: 0.5 * (6 - 2 * w).squared(), with: [w])[0]
print("slope \(slope.item), next w \((w - 0.1 * slope).item)")

// The line z = 2 x at some places; the loss is the mean of ½ (z − w x)².
let x = Tensor([0.5, 1, 1.5, 2])
let z = 2 * x

/// The weights of twenty steps from w = 0.
func descend(rate: Double) -> [Double] {
  var w = Tensor(0)
  var weights = [0.0]
  for _ in 1...20 {
    let loss = 0.5 * (z - w * x).squared().mean()
    w = w - rate * gradient(of: loss, with: [w])[0]
    weights.append(w.item)
  }
  return weights
}

var series: [Series] = []
for (name, rate) in [("too small: 0.03", 0.03), ("right: 0.5", 0.5), ("too large: 1.1", 1.1)] {
  let weights = descend(rate: rate)
  print("\(name): w after 1, 2, 5 and 20 steps is", [1, 2, 5, 20].map { Float(weights[$0]) })
  series.append(Series(name, x: weights.indices.map(Double.init), y: weights))
}
do {
  try LineChart(title: "Learning z = 2 x from w = 0", series: series, xLabel: "step", yLabel: "w", yRange: -1...5)
    .write(to: "gradient-descent.png")
  print("The steps are drawn in gradient-descent.png.")
} catch {
  guard error == .gnuplotMissing else { throw error }
  print("The steps are not drawn: gnuplot is not here.")
}
