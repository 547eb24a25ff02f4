import CajalGraph

/// An operation on tensors as a layer: what `x * 2 + y` between layers is recorded as.
///
/// Shapes: tensors that stretch to one shape → that shape.
/// Example: `TensorOperation(.multiply, constants: [nil, 2])([x])` is 2x.
public struct TensorOperation: Layer {
  /// The functions of one or two operands.
  public enum Function: String, Hashable, Sendable, Codable, CaseIterable {
    /// Of two operands.
    case add, subtract, multiply, divide, power, maximum, minimum
    /// Of one operand.
    case negate, absolute, sign, square, sqrt, exp, log, tanh, sigmoid, relu, sin, cos, floor, ceil

    init?(_ function: ElementwiseFunction) { self.init(rawValue: function.rawValue) }

    /// How many operands it takes.
    public var operands: Int {
      switch self {
      case .add, .subtract, .multiply, .divide, .power, .maximum, .minimum: return 2
      default: return 1
      }
    }
  }

  /// What is computed.
  public var function: Function
  /// For each operand a number, or nil where it is the next input.
  public var constants: [Double?]
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(_ function: Function, constants: [Double?] = [], name: String? = nil) {
    self.function = function
    self.constants = constants.isEmpty ? Array(repeating: nil, count: function.operands) : constants
    self.name = LayerName(name)
  }

  public func forward(_ inputs: [Tensor]) throws -> Tensor {
    let missing = constants.filter { $0 == nil }.count
    try demand(
      constants.count == function.operands && missing == inputs.count && missing > 0,
      expected: "\(function.operands) operands of \(function.rawValue), at least one of them an input",
      given: "there are \(inputs.count) inputs and constants \(constants)")
    var rest = inputs[...]
    let operands = constants.map { constant -> Tensor in
      guard let constant else { return rest.removeFirst() }
      return Tensor(Float(constant)).cast(to: inputs[0].dtype)
    }
    let a = operands[0]
    switch function {
    case .add: return a + operands[1]
    case .subtract: return a - operands[1]
    case .multiply: return a * operands[1]
    case .divide: return a / operands[1]
    case .power: return a.power(operands[1])
    case .maximum: return a.maximum(operands[1])
    case .minimum: return a.minimum(operands[1])
    case .negate: return -a
    case .absolute: return a.absolute()
    case .sign: return a.sign()
    case .square: return a.squared()
    case .sqrt: return a.sqrt()
    case .exp: return a.exp()
    case .log: return a.log()
    case .tanh: return a.tanh()
    case .sigmoid: return a.sigmoid()
    case .relu: return a.relu()
    case .sin: return a.sin()
    case .cos: return a.cos()
    case .floor: return a.floor()
    case .ceil: return a.ceil()
    }
  }
}
