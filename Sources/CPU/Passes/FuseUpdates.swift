// The gradient of a matrix of weights goes into the matrix's update strip by strip, and never lies in memory.
import CajalCompiler
import CajalGraph
import VectorKernels

/// xᵀ · dy, and the elementwise update that is made of it alone. Inputs: x, dy, then the map's but the product; results:
/// the map's.
struct UpdatingContraction: Operation {
  static let name = "contraction + update"
  static let differentiability = Differentiability.none("it is made after differentiation")
  var contraction: Contraction
  var map: FusedMap
  /// Which input of the map is the product.
  var product: Int

  var label: String { "\(contraction.label) + \(map.label)" }

  func result(_ inputs: [TensorType]) throws -> [TensorType] {
    var operands = Array(inputs.dropFirst(2))
    operands.insert(try contraction.result(Array(inputs.prefix(2)))[0], at: product)
    return try map.result(operands)
  }
  func gradient(_ context: GradientContext) -> [Tensor?] { [] }
}

/// Finds gradients of matrices that nothing but one update reads.
struct FuseUpdates: Pass {
  static let name = "fuse-updates"
  /// Fewer elements are in the cache anyway.
  private static let least = 1 << 14

  func run(_ code: inout Code) throws {
    guard vk_product_is_fast() != 0 else { return }
    let producers = code.producers()
    let uses = code.useCounts()
    let final = Set(code.updates.map(\.value))
    var last: [Code.Instruction] = []
    var replaced: [Int: [Code.Instruction]] = [:]
    for (index, instruction) in code.instructions.enumerated() {
      guard let map = instruction.operation as? FusedMap, suits(map, instruction, code),
        instruction.outputs.allSatisfy({ final.contains($0) && uses[$0] == 1 })
      else { continue }
      guard let (place, contraction) = product(among: instruction.inputs, code, producers, uses) else { continue }
      let producer = producers[instruction.inputs[place]]
      let gradient = code.instructions[producer]
      var others = instruction.inputs
      others.remove(at: place)
      // At the end, where nobody reads the old values any more.
      last.append(
        Code.Instruction(
          UpdatingContraction(contraction: contraction, map: map, product: place), inputs: gradient.inputs + others,
          outputs: instruction.outputs, path: gradient.path))
      replaced[index] = []
      replaced[producer] = gradient.outputs.count > 1 ? sumOfRows(gradient, &code) : []
    }
    guard !last.isEmpty else { return }
    code.instructions = code.instructions.indices.flatMap { replaced[$0] ?? [code.instructions[$0]] } + last
  }

  private func suits(_ map: FusedMap, _ instruction: Code.Instruction, _ code: Code) -> Bool {
    map.shape.rank == 2 && map.shape.count >= Self.least && map.arithmetic == .single
      && map.outputs.allSatisfy { $0.reduction == nil }
      && (instruction.inputs + instruction.outputs).allSatisfy {
        let type = code.type($0)
        return type.dtype == .float32 && (type.shape == map.shape || type.shape.count == 1)
      }
  }

  /// The first of the values that is such a gradient and has no other reader.
  private func product(
    among values: [Int], _ code: Code, _ producers: [Int], _ uses: [Int]
  ) -> (place: Int, contraction: Contraction)? {
    for (place, value) in values.enumerated() where uses[value] == 1 && producers[value] >= 0 {
      if let contraction = product(code, code.instructions[producers[value]], of: value) { return (place, contraction) }
    }
    return nil
  }

  /// xᵀ · dy with a sum that is not divided.
  private func product(_ code: Code, _ instruction: Code.Instruction, of value: Int) -> Contraction? {
    let contraction: Contraction
    switch instruction.operation {
    case let operation as Contraction: contraction = operation
    case let fused as FusedKernelGradient:
      guard case .contraction(let operation) = fused.base, instruction.outputs[0] == value else { return nil }
      contraction = operation
    default: return nil
    }
    let dy = code.type(instruction.inputs[1]).shape
    guard !contraction.choosesRows, contraction.transposesLeft, !contraction.transposesRight, dy.rank == 2,
      (1...Int(VK_PRODUCT_MAP_DEPTH)).contains(dy[0]), dy.count <= Int(VK_PRODUCT_MAP_PANEL)
    else { return nil }
    return contraction
  }

  /// What is left of a fused kernel gradient: the bias's, Σ dy over the rows.
  private func sumOfRows(_ gradient: Code.Instruction, _ code: inout Code) -> [Code.Instruction] {
    let dy = code.type(gradient.inputs[1])
    let sum = FusedMap(
      shape: dy.shape, inputTypes: [dy.dtype], steps: [], outputs: [.init(register: 0, reduction: .sum, axes: [0])],
      arithmetic: .single)
    let row = code.newValue(TensorType([1, dy.shape[1]], dy.dtype))
    return [
      Code.Instruction(sum, inputs: [gradient.inputs[1]], outputs: [row], path: gradient.path),
      Code.Instruction(
        Reshape(shape: [dy.shape[1]]), inputs: [row], outputs: [gradient.outputs[1]], path: gradient.path),
    ]
  }
}
