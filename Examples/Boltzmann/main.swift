// Energy-based models on pictures so small that everything can be counted: a restricted Boltzmann machine learns bars and stripes, its
// exact likelihood stands beside the estimate for large machines, and a Hopfield network repairs a letter.
import Cajal
import Foundation

let isQuick = ProcessInfo.processInfo.environment["CAJAL_EXAMPLE_QUICK"] != nil

// All pictures of 4 x 4 pixels whose rows, or whose columns, are each of one colour: 30 of 65,536.
var pictures: [[Float]] = []
for pattern in 0..<16 {
  let bits = (0..<4).map { Float(pattern >> $0 & 1) }
  pictures.append((0..<16).map { bits[$0 / 4] })
  if pattern != 0, pattern != 15 { pictures.append((0..<16).map { bits[$0 % 4] }) }
}
let data = Tensor(pictures)

let machine = try RestrictedBoltzmannMachine(visible: 16, hidden: 20, deviation: 0.1, seed: 1)
let learning = ContrastiveDivergence(chains: 100, learningRate: 0.2, finalRate: 0.005)
print("log-likelihood before: \(try machine.logLikelihood(data)) nats")
try machine.fit(data, epochs: isQuick ? 300 : 10_000, batchSize: 30, by: learning, seed: 2)
let exact = try machine.exactLogPartition()
let annealed = try machine.annealedLogPartition(chains: 100, temperatures: 1000, base: data)
print("after: \(try machine.logLikelihood(data, logPartition: exact)) nats; \(-log(30.0)) is the best there can be")
print("log Z: \(exact) by counting, \(annealed.logPartition) by annealed importance sampling")

let dreams = try GibbsSampler(machine, chains: 6, seed: 3).run(sweeps: 1000)
print("\ndreams:")
for y in 0..<4 {
  print(
    (0..<6).map { picture in
      (0..<4).map { dreams.floats[picture * 16 + y * 4 + $0] == 1 ? "#" : "." }.joined()
    }.joined(separator: "   "))
}

// A Hopfield network remembers letters as its states of lowest energy.
let letters = ["#####..#....#....#....#..", "#...##...#######...##...#", "#....#....#....#....#####"]
let patterns = Tensor(letters.map { $0.map { $0 == "#" ? 1 : -1 } })
let memory = try HopfieldNetwork(patterns, rule: .projection)
var random = RandomSource(seed: 4)
let damaged = patterns[0..<1] * (1 - 2 * random.bernoulli([1, 25], probability: 0.2))
let repaired = try memory.recalled(damaged)
print("\ndamaged   repaired")
for y in 0..<5 {
  let rows = [damaged, repaired].map { state in
    (0..<5).map { state.floats[y * 5 + $0] > 0 ? "#" : "." }.joined()
  }
  print(rows.joined(separator: "     "))
}
