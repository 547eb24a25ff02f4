// Recurrent layers step by step, one number at a time.
import CajalGraph
import Foundation

private func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

extension Interpreter {
  static func recurrent(_ operation: RecurrentSequence, _ inputs: [Values]) -> [Values] {
    let (x, kernel) = (inputs[0], inputs[operation.kernelInput])
    let bias = inputs.count > operation.kernelInput + 1 ? inputs[operation.kernelInput + 1] : nil
    let (length, batch, units) = (x.shape[0], x.shape[1], kernel.shape[0])
    var (h, c) = (inputs[1], inputs[operation.cell == .lstm ? 2 : 1])
    func overTime(_ features: Int) -> Values { Values([length, batch, features], x.dtype) { _ in 0 } }
    var (outputs, starts, cells, gates) = (overTime(units), overTime(units), overTime(units), overTime(4 * units))
    for step in 0..<length {
      let t = operation.reverse ? length - 1 - step : step
      let before = h
      for n in 0..<batch {
        func product(_ gate: Int, _ unit: Int) -> Double {
          let column = gate * units + unit
          return (0..<units).reduce(bias?[[column]] ?? 0) { $0 + before[[n, $1]] * kernel[[$1, column]] }
        }
        for unit in 0..<units {
          func own(_ gate: Int) -> Double { x[[t, n, gate * units + unit]] }
          func keep(_ values: [Double]) { for g in 0..<4 { gates[[t, n, g * units + unit]] = values[g] } }
          starts[[t, n, unit]] = before[[n, unit]]
          switch operation.cell {
          case .tanh: h[[n, unit]] = tanh(own(0) + product(0, unit))
          case .relu: h[[n, unit]] = max(own(0) + product(0, unit), 0)
          case .lstm:
            let i = sigmoid(own(0) + product(0, unit))
            let f = sigmoid(own(1) + product(1, unit))
            let g = tanh(own(2) + product(2, unit))
            let o = sigmoid(own(3) + product(3, unit))
            c[[n, unit]] = f * c[[n, unit]] + i * g
            h[[n, unit]] = o * tanh(c[[n, unit]])
            keep([i, f, g, o])
          case .gru:
            let z = sigmoid(own(0) + product(0, unit))
            let r = sigmoid(own(1) + product(1, unit))
            let inner = product(2, unit)
            let candidate = tanh(own(2) + r * inner)
            h[[n, unit]] = z * before[[n, unit]] + (1 - z) * candidate
            keep([z, r, candidate, inner])
          }
          outputs[[t, n, unit]] = h[[n, unit]]
          cells[[t, n, unit]] = c[[n, unit]]
        }
      }
    }
    switch operation.cell {
    case .lstm: return [outputs, h, c, starts, cells, gates]
    case .gru: return [outputs, h, starts, gates]
    case .tanh, .relu: return [outputs, h, starts]
    }
  }

  static func recurrentGradient(_ operation: RecurrentSequenceGradient, _ inputs: [Values]) -> [Values] {
    let cell = operation.cell
    let kernel = inputs[0]
    let sequence = inputs[cell == .lstm ? 2 : 1]
    let (length, batch, units) = (sequence.shape[0], sequence.shape[1], sequence.shape[2])
    let columns = cell.gates * units
    var rest = Array(inputs[operation.saved...])
    let given = operation.arrives.map { $0 ? rest.removeFirst() : nil }
    let none = Values([batch, units], kernel.dtype) { _ in 0 }
    var dh = given[1] ?? none
    var dc = cell == .lstm ? given[2] ?? none : none
    var dx = Values([length, batch, columns], kernel.dtype) { _ in 0 }
    var dp = dx
    for step in (0..<length).reversed() {
      let t = operation.reverse ? length - 1 - step : step
      let before = operation.reverse ? t + 1 : t - 1
      var toStart = none
      for n in 0..<batch {
        for unit in 0..<units {
          let d = dh[[n, unit]] + (given[0]?[[t, n, unit]] ?? 0)
          func gate(_ g: Int) -> Double { inputs[operation.saved - 1][[t, n, g * units + unit]] }
          func put(_ values: [Double], _ ofProduct: [Double]) {
            for g in 0..<cell.gates {
              dx[[t, n, g * units + unit]] = values[g]
              dp[[t, n, g * units + unit]] = ofProduct[g]
            }
          }
          switch cell {
          case .tanh:
            let value = d * (1 - pow(sequence[[t, n, unit]], 2))
            put([value], [value])
          case .relu:
            let value = sequence[[t, n, unit]] > 0 ? d : 0
            put([value], [value])
          case .lstm:
            let (i, f, g, o) = (gate(0), gate(1), gate(2), gate(3))
            let now = tanh(sequence[[t, n, unit]])
            let old = step == 0 ? inputs[1][[n, unit]] : sequence[[before, n, unit]]
            let whole = dc[[n, unit]] + d * o * (1 - now * now)
            dc[[n, unit]] = whole * f
            let values = [
              whole * g * i * (1 - i), whole * old * f * (1 - f), whole * i * (1 - g * g), d * now * o * (1 - o),
            ]
            put(values, values)
          case .gru:
            let (z, r, candidate, inner) = (gate(0), gate(1), gate(2), gate(3))
            let dz = d * (sequence[[t, n, unit]] - candidate) * z * (1 - z)
            let dn = d * (1 - z) * (1 - candidate * candidate)
            let dr = dn * inner * r * (1 - r)
            toStart[[n, unit]] = d * z
            put([dz, dr, dn], [dz, dr, dn * r])
          }
        }
        for unit in 0..<units {
          toStart[[n, unit]] = (0..<columns).reduce(toStart[[n, unit]]) {
            $0 + dp[[t, n, $1]] * kernel[[unit, $1]]
          }
        }
      }
      dh = toStart
    }
    switch cell {
    case .lstm: return [dx, dh, dc]
    case .gru: return [dx, dp, dh]
    case .tanh, .relu: return [dx, dh]
    }
  }
}
