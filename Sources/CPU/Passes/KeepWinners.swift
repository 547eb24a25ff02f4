// Max pooling in training notes where each maximum was, so that its gradient reads neither x nor y.
import CajalCompiler
import CajalGraph

/// Max pooling that keeps each window's winner. Results: y, and the winners' positions in their windows as bytes.
struct MaxPoolingWithWinners: Operation {
  static let name = "max pooling with winners"
  static let differentiability = Differentiability.none("it is made after differentiation")
  /// The winner of windows without one.
  static let none = 255
  var pooling: Pooling
  /// Windows whose maximum is not above 0 have no winner: the gradient of a `relu` before the pooling, in the same bytes.
  var winsAboveZero: Bool

  func result(_ inputs: [TensorType]) throws -> [TensorType] {
    let y = try pooling.result(inputs)[0]
    return [y, TensorType(y.shape, .uint8)]
  }
  func gradient(_ context: GradientContext) -> [Tensor?] { [] }
}

/// Each window's gradient at its winner's place, zeros elsewhere. Inputs: winners, dy; result: as the pooling's input.
struct MaxPoolingWinnersGradient: Operation {
  static let name = "max pooling gradient by winners"
  static let differentiability = Differentiability.none("it is made after differentiation")
  var pooling: Pooling
  var inputShape: Shape

  func result(_ inputs: [TensorType]) throws -> [TensorType] { [TensorType(inputShape, inputs[1].dtype)] }
  func gradient(_ context: GradientContext) -> [Tensor?] { [] }
}

/// Pairs max pooling with its gradients in the same program.
struct KeepWinners: Pass {
  static let name = "keep-winners"

  func run(_ code: inout Code) throws {
    let producers = code.producers()
    for index in code.instructions.indices {
      let instruction = code.instructions[index]
      guard let pooling = instruction.operation as? Pooling, pooling.kind == .maximum,
        pooling.size.reduce(1, *) <= MaxPoolingWithWinners.none
      else { continue }
      let (x, y) = (instruction.inputs[0], instruction.outputs[0])
      let gradients = code.instructions.indices.filter {
        (code.instructions[$0].operation as? MaxPoolingGradient)?.pooling == pooling
          && code.instructions[$0].inputs.prefix(2) == [x, y]
      }
      guard !gradients.isEmpty else { continue }
      let incoming = gradients.map { code.instructions[$0].inputs[2] }
      let unmasked = incoming.compactMap { maskedSource($0, y, code, producers) }
      let winsAboveZero = unmasked.count == gradients.count
      let winners = code.newValue(TensorType(code.type(y).shape, .uint8))
      code.instructions[index].operation = MaxPoolingWithWinners(pooling: pooling, winsAboveZero: winsAboveZero)
      code.instructions[index].outputs = [y, winners]
      for (gradient, dy) in zip(gradients, winsAboveZero ? unmasked : incoming) {
        code.instructions[gradient].operation = MaxPoolingWinnersGradient(
          pooling: pooling, inputShape: code.type(x).shape)
        code.instructions[gradient].inputs = [winners, dy]
      }
    }
    code.removeDeadInstructions()
  }

  /// dy of select(y > 0, dy, 0).
  private func maskedSource(_ value: Int, _ y: Int, _ code: Code, _ producers: [Int]) -> Int? {
    func inputs(_ value: Int, _ function: ElementwiseFunction) -> [Int]? {
      guard producers[value] >= 0 else { return nil }
      let instruction = code.instructions[producers[value]]
      return (instruction.operation as? Elementwise)?.function == function ? instruction.inputs : nil
    }
    guard let select = inputs(value, .select), code.isZero(select[2], producers),
      let greater = inputs(select[0], .greater), greater[0] == y, code.fill(greater[1], producers) == 0
    else { return nil }
    return select[1]
  }
}
