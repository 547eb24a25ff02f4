// Products whose left side holds nothing but 0 and 1 become sums of chosen rows.
import CajalCompiler
import CajalGraph

/// Notes of a matrix product that its left side is made of comparisons: samples of yes-or-no units, masks, one-hot rows.
///
/// Four rows of the right side are then looked up at once (`vk_choice_product`), which takes half the time of a product.
/// Where that would not pay, products stay as they are.
struct ChooseRows: Pass {
  static let name = "choose-rows"

  func run(_ code: inout Code) throws {
    var isBinary = [Bool](repeating: false, count: code.values.count)
    for index in code.instructions.indices {
      let instruction = code.instructions[index]
      if givesBinary(instruction, code, isBinary) {
        for output in instruction.outputs { isBinary[output] = true }
      }
      guard var contraction = instruction.operation as? Contraction, isBinary[instruction.inputs[0]],
        pays(contraction, code.type(instruction.inputs[0]), code.type(instruction.inputs[1]))
      else { continue }
      contraction.choosesRows = true
      code.instructions[index].operation = contraction
    }
  }

  /// Whether all results are 0 or 1 (or false or true) whatever the inputs, or because the inputs are.
  private func givesBinary(_ instruction: Code.Instruction, _ code: Code, _ isBinary: [Bool]) -> Bool {
    let areAll = { instruction.inputs.allSatisfy { isBinary[$0] } }
    switch instruction.operation {
    case let fill as Fill: return fill.value == 0 || fill.value == 1
    case let elementwise as Elementwise:
      switch elementwise.function {
      case .multiply, .maximum, .minimum: return areAll()
      case .select: return instruction.inputs.dropFirst().allSatisfy { isBinary[$0] }
      default: return elementwise.function.isPredicate
      }
    case is Cast: return areAll() || code.type(instruction.inputs[0]).dtype == .bool
    case is Reshape, is Transpose, is Broadcast, is Slice, is Concatenate: return areAll()
    default: return false
    }
  }

  private func pays(_ contraction: Contraction, _ left: TensorType, _ right: TensorType) -> Bool {
    guard left.dtype == .float32, left.shape.rank == 2 else { return false }
    let form = ProductForm(contraction, left.shape, right.shape)
    return form.m >= 48 && form.n >= 64 && form.k >= 64
  }
}
