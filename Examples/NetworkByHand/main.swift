// Backpropagation on paper: a network of 2 inputs, 2 hidden and 1 output sigmoid units, one step with rate 1.
import Cajal

let x = Tensor([[0.35, 0.7]])  // one sample
let target = Tensor([[0.5]])
var hidden = Tensor([[0.2, 0.3], [0.2, 0.3]])  // [w11 w12; w21 w22]
var output = Tensor([[0.3], [0.9]])  // [w13; w23]

/// The hidden units' values and the answer.
func forward(_ hidden: Tensor, _ output: Tensor) -> (hidden: Tensor, answer: Tensor) {
  let values = x.matmul(hidden).sigmoid()
  return (values, values.matmul(output).sigmoid())
}

func show(_ name: String, _ tensor: Tensor) { print(name, tensor.floats.map(\.description).joined(separator: "  ")) }

let (values, answer) = forward(hidden, output)
let net = values.matmul(output)
show("y3, y4        ", values)  // 0.552308  0.578105
show("y5            ", answer)  // 0.665074

// δ = −∂L/∂net of each unit, for L = ½ (t − y)².
let loss = (0.5 * (target - answer).squared()).sum()
let slopes = gradient(of: loss, with: [hidden, output, values, answer])
show("delta of 5    ", 0 - slopes[3] * answer * (1 - answer))  // -0.0367703
show("delta of 3, 4 ", 0 - slopes[2] * values * (1 - values))  // -0.00272759  -0.00807143

let rate = 1.0
hidden = hidden - rate * slopes[0]
output = output - rate * slopes[1]
show("w13, w23      ", output)  // 0.279691  0.878743
show("w11 w12 w21 w22", hidden)  // 0.199045  0.297175  0.198091  0.294350
let second = forward(hidden, output).answer
show("y5 afterwards ", second)  // 0.659554
show("error         ", target - second)  // -0.159554
