import CajalGraph

private func f(_ shape: Shape) -> TensorType { TensorType(shape, .float32) }

/// A loop's inside, made like `Tensor.scan` makes it: (carries, entries, iteration, captures) to results.
private func body(
  carries: [TensorType], entries: [TensorType], captures: [TensorType],
  _ step: (_ carry: [Tensor], _ entry: [Tensor], _ iteration: Tensor, _ capture: [Tensor]) -> [Tensor]
) -> Subgraph {
  func stand(_ type: TensorType) -> Tensor { Tensor.placeholder("stand", type, trace: nil) }
  let (carry, entry, capture) = (carries.map(stand), entries.map(stand), captures.map(stand))
  let iteration = stand(TensorType([], .int64))
  return Subgraph(parameters: carry + entry + [iteration] + capture, results: step(carry, entry, iteration, capture))
}

/// A recurrent network's step: h' = tanh(h W + x), collected twice over.
private func recurrence(_ batch: Int, _ units: Int) -> Subgraph {
  let state = f([batch, units])
  return body(carries: [state], entries: [state], captures: [f([units, units])]) { carry, entry, _, capture in
    let next = (carry[0].matmul(capture[0]) + entry[0]).tanh()
    return [next, next * entry[0], carry[0].sum(axes: [1])]
  }
}

extension Table {
  static let scans: [Row] = [recurrent(reverse: false), recurrent(reverse: true), twoCarries, nested]

  private static func recurrent(reverse: Bool) -> Row {
    let operation = Scan(body: recurrence(2, 3), carries: 1, sequences: 1, length: 4, reverse: reverse)
    let changing = body(carries: [f([2])], entries: [], captures: []) { carry, _, _, _ in [carry[0].sum()] }
    return Row(
      reverse ? "scan reverse" : "scan", Scan.self,
      errors: reverse
        ? []
        : [
          ErrorSample(
            operation, [f([2, 3]), f([5, 2, 3]), f([3, 3])],
            "scan: expected sequences of 4 steps along axis 0, but one is float32[5, 2, 3]."),
          ErrorSample(
            Scan(body: changing, carries: 1, sequences: 0, length: 3, reverse: false), [f([2])],
            "scan: expected carry 0 to keep its type float32[2], but a step makes it float32[]."),
        ]
    ) { draw in
      let (length, batch, units) = (draw.size(), draw.size(), draw.size())
      let operation = Scan(body: recurrence(batch, units), carries: 1, sequences: 1, length: length, reverse: reverse)
      return Sample(
        operation,
        [draw.numbers([batch, units]), draw.numbers([length, batch, units]), draw.numbers([units, units], -1, 1)])
    }
  }

  /// Carries that change places, no sequence, the iteration's number.
  private static let twoCarries = Row("scan of two carries", Scan.self) { draw in
    let (length, size) = (draw.size(), draw.size())
    let inside = body(carries: [f([size]), f([size])], entries: [], captures: []) { carry, _, iteration, _ in
      let weight = (iteration + 1).cast(to: .float32) * 0.25
      return [carry[1], (carry[0] * weight).sin() + carry[1], carry[0] * carry[1]]
    }
    return Sample(
      Scan(body: inside, carries: 2, sequences: 0, length: length, reverse: false),
      [draw.numbers([size]), draw.numbers([size])])
  }

  /// A loop in a loop: running sums of the rows of running sums.
  private static let nested = Row("scan in a scan", Scan.self) { draw in
    let (length, size) = (draw.size(), draw.size())
    let inside = body(carries: [f([size])], entries: [f([size])], captures: []) { carry, entry, _, _ in
      let row = entry[0].reshaped([size, 1])
      let (last, sums) = Tensor.scan([Tensor.zeros([1])], over: [row]) { inner, x, _ in
        let next = inner[0] * 0.5 + x[0].tanh()
        return ([next], [next])
      }
      return [carry[0] * last[0] + entry[0], sums[0].reshaped([size]) * carry[0]]
    }
    return Sample(
      Scan(body: inside, carries: 1, sequences: 1, length: length, reverse: false),
      [draw.numbers([size]), draw.numbers([length, size])])
  }
}
