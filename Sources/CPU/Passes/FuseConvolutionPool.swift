// The first layers of an image network in one kernel: convolution of few channels, bias, ReLU and 2 x 2 max pooling.
import CajalCompiler
import CajalGraph

/// max over 2 x 2 windows of relu(convolution + bias). Inputs: x, kernel, bias; results: y and each window's winner.
struct ConvolutionPool: Operation {
  static let name = "convolution + bias + relu + max pooling"
  static let differentiability = Differentiability.none("it is made after differentiation")
  var convolution: Convolution
  var pooling: Pooling

  func result(_ inputs: [TensorType]) throws -> [TensorType] {
    let y = try pooling.result(convolution.result(inputs))[0]
    return [y, TensorType(y.shape, .uint8)]
  }
  func gradient(_ context: GradientContext) -> [Tensor?] { [] }
}

/// The gradients of kernel and bias through all of it. Inputs: x, winners, dy; results: as the kernel, [filters].
struct ConvolutionPoolGradient: Operation {
  static let name = "convolution + pooling kernel gradient"
  static let differentiability = Differentiability.none("it is made after differentiation")
  var kernelShape: Shape

  func result(_ inputs: [TensorType]) throws -> [TensorType] {
    [TensorType(kernelShape, .float32), TensorType([kernelShape.last], .float32)]
  }
  func gradient(_ context: GradientContext) -> [Tensor?] { [] }
}

/// Finds a convolution whose result is only pooled, and whose input needs no gradient.
struct FuseConvolutionPool: Pass {
  static let name = "fuse-pooling"

  func run(_ code: inout Code) throws {
    while let match = firstMatch(code) { match.apply(&code) }
    code.removeDeadInstructions()
  }

  private func firstMatch(_ code: Code) -> Match? {
    guard code.instructions.contains(where: { $0.operation is Pooling }) else { return nil }
    var users = [[Int]](repeating: [], count: code.values.count)
    for (index, instruction) in code.instructions.enumerated() {
      for input in instruction.inputs { users[input].append(index) }
    }
    let leaving = Set(code.outputs + code.updates.map(\.value))
    return code.instructions.indices.lazy.compactMap { Match($0, code, users, leaving) }.first
  }

  private struct Match {
    let first: Int
    let pool: Int
    let gradient: Int?
    let incoming: Int?
    let operation: ConvolutionPool

    init?(_ index: Int, _ code: Code, _ users: [[Int]], _ leaving: Set<Int>) {
      let instruction = code.instructions[index]
      guard let fused = instruction.operation as? FusedEpilogue, case .convolution(let convolution) = fused.base,
        fused.hasBias,
        fused.activation == .relu, !leaving.contains(instruction.outputs[0])
      else { return nil }
      let y = instruction.outputs[0]
      guard let pool = users[y].first(where: { code.instructions[$0].operation is Pooling }),
        let pooling = code.instructions[pool].operation as? Pooling
      else { return nil }
      operation = ConvolutionPool(convolution: convolution, pooling: pooling)
      guard operation.isLowerable(instruction.inputs.map(code.type)) else { return nil }
      first = index
      self.pool = pool
      let others = users[y].filter { $0 != pool }
      guard !others.isEmpty else {
        (gradient, incoming) = (nil, nil)
        return
      }
      // y → max pooling gradient → where y > 0 → kernel and bias gradient, and nothing else.
      guard others.count == 2, operation.isTrainable(instruction.inputs.map(code.type)),
        let back = others.first(where: { code.instructions[$0].operation is MaxPoolingGradient }),
        let mask = others.first(where: { (code.instructions[$0].operation as? Elementwise)?.function == .greater }),
        code.instructions[back].inputs[0] == y, code.instructions[back].inputs[1] == code.instructions[pool].outputs[0],
        let select = Match.onlyUser(of: back, code, users), select == Match.onlyUser(of: mask, code, users),
        (code.instructions[select].operation as? Elementwise)?.function == .select,
        let last = Match.onlyUser(of: select, code, users),
        let kernel = code.instructions[last].operation as? FusedKernelGradient,
        case .convolution(let adjoint) = kernel.base,
        adjoint.convolution == convolution, code.instructions[last].inputs[0] == instruction.inputs[0]
      else { return nil }
      gradient = last
      incoming = code.instructions[back].inputs[2]
    }

    private static func onlyUser(of index: Int, _ code: Code, _ users: [[Int]]) -> Int? {
      let results = users[code.instructions[index].outputs[0]]
      return results.count == 1 ? results[0] : nil
    }

    func apply(_ code: inout Code) {
      let pooled = code.instructions[pool].outputs[0]
      let winners = code.newValue(TensorType(code.type(pooled).shape, .uint8))
      code.instructions[first].operation = operation
      code.instructions[first].outputs = [pooled, winners]
      code.instructions[pool].outputs = [code.newValue(code.type(pooled))]
      if let gradient, let incoming {
        code.instructions[gradient].operation = ConvolutionPoolGradient(
          kernelShape: code.type(code.instructions[first].inputs[1]).shape)
        code.instructions[gradient].inputs = [code.instructions[first].inputs[0], winners, incoming]
      }
      // What stood between feeds on a value nobody makes any more.
      let made = Set(code.instructions.flatMap(\.outputs) + code.inputs)
      var missing = Set(code.instructions.flatMap(\.inputs).filter { !made.contains($0) })
      code.instructions.removeAll { instruction in
        guard instruction.inputs.contains(where: missing.contains) else { return false }
        missing.formUnion(instruction.outputs)
        return true
      }
    }
  }
}
