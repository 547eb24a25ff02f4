// A slow, plain interpreter of graphs: every operation straight from its formula, in Double, nothing shared with the engine.
import CajalGraph

/// The reference cannot evaluate something.
struct ReferenceError: Error, CustomStringConvertible {
  var description: String
}

/// Evaluates tensors node by node.
struct Interpreter {
  private var known: [TensorKey: Values] = [:]
  /// Values of variables, by identity.
  var variables: [ObjectIdentifier: Values] = [:]

  /// - Parameter given: Values of placeholders.
  init(_ given: [(Tensor, Values)] = []) {
    for (tensor, values) in given { known[tensor.key] = values }
  }

  mutating func evaluate(_ tensors: [Tensor]) throws -> [Values] {
    let leaves = Set(known.keys)
    for node in Node.topologicalOrder(tensors, stopAt: { leaves.contains(Tensor($0, 0).key) }) {
      let results = node.types.indices.map { Tensor(node, $0) }
      if results.allSatisfy({ known[$0.key] != nil }) { continue }
      let inputs = try node.inputs.map { input -> Values in
        guard let values = known[input.key] else { throw ReferenceError(description: "no value for \(input.type)") }
        return values
      }
      let values = try Self.evaluate(node.operation, inputs, variables)
      for (result, value) in zip(results, values) { known[result.key] = value }
    }
    return try tensors.map {
      guard let values = known[$0.key] else { throw ReferenceError(description: "no value for \($0.type)") }
      return values
    }
  }

  /// The results of one operation.
  static func evaluate(
    _ operation: any Operation, _ inputs: [Values], _ variables: [ObjectIdentifier: Values] = [:]
  ) throws -> [Values] {
    switch operation {
    case let operation as Elementwise: return [elementwise(operation.function, inputs)]
    case let operation as Clip:
      return [inputs[0].map { $0 < operation.lower ? operation.lower : $0 > operation.upper ? operation.upper : $0 }]
    case let operation as Cast: return [cast(inputs[0], operation.dtype)]
    case is StopGradient: return inputs

    case let operation as Constant: return [Values(operation.storage, shape: operation.shape)]
    case let operation as Fill: return [fill(operation)]
    case let operation as Iota:
      return [Values(operation.type.shape.dimensions, operation.type.dtype) { Double($0[operation.axis]) }]
    case let operation as ReadVariable:
      return [
        variables[ObjectIdentifier(operation.variable)]
          ?? Values(operation.variable.value, shape: operation.variable.type.shape)
      ]
    case let operation as RandomValues: return [try random(operation, inputs)]

    case let operation as Broadcast: return [stretch(inputs[0], operation.shape.dimensions)]
    case let operation as Reshape: return [Values(operation.shape.dimensions, inputs[0].dtype, inputs[0].data)]
    case let operation as Transpose: return [transpose(inputs[0], operation.permutation)]
    case let operation as Reverse: return [reverse(inputs[0], operation.axes)]
    case let operation as Slice: return [slice(operation, inputs[0])]
    case let operation as Pad: return [pad(operation, inputs[0])]
    case let operation as Concatenate: return [concatenate(inputs, operation.axis)]
    case let operation as Gather: return [try gather(operation, inputs[0], inputs[1])]
    case let operation as ScatterAdd: return [try scatter(operation, inputs[0], inputs[1])]

    case let operation as Reduce: return [reduce(operation, inputs[0])]
    case let operation as Cumulative: return [cumulate(operation, inputs[0])]
    case let operation as ArgExtreme: return [argExtreme(operation, inputs[0])]
    case let operation as Sort: return sort(operation, inputs[0])
    case is Softmax: return [softmax(inputs[0])]
    case is LogSoftmax: return [logSoftmax(inputs[0])]
    case is SoftmaxCrossEntropy: return crossEntropy(inputs[0], inputs[1])

    case let operation as Contraction: return [multiply(operation, inputs[0], inputs[1])]
    case let operation as Convolution: return [convolve(operation, inputs[0], inputs[1])]
    case let operation as ConvolutionInputGradient: return [convolutionInput(operation, inputs[0], inputs[1])]
    case let operation as ConvolutionKernelGradient: return [convolutionKernel(operation, inputs[0], inputs[1])]
    case let operation as Pooling: return [pool(operation, inputs[0])]
    case let operation as MaxPoolingGradient: return [maxPoolGradient(operation.pooling, inputs[0], inputs[2])]
    case let operation as MaxPoolingSelection: return [maxPoolSelect(operation.pooling, inputs[0], inputs[2])]
    case let operation as AveragePoolingGradient: return [averagePoolGradient(operation, inputs[0])]
    case let operation as BatchNormalization: return batchNormalize(operation, inputs)
    case let operation as BatchNormalizationGradient: return batchNormalizeGradient(operation, inputs)
    case let operation as LocalResponseNormalization: return [localResponse(operation, inputs[0])]
    case let operation as LocalResponseNormalizationGradient:
      return [localResponseGradient(operation, inputs[0], inputs[1])]
    case let operation as RecurrentSequence: return recurrent(operation, inputs)
    case let operation as RecurrentSequenceGradient: return recurrentGradient(operation, inputs)
    case let operation as Scan: return try scan(operation, inputs)
    default: throw ReferenceError(description: "\(type(of: operation)) has no reference")
    }
  }
}

extension Values {
  func map(_ function: (Double) -> Double) -> Values { Values(shape, dtype, data.map(function)) }
}

extension Interpreter {
  private static func fill(_ operation: Fill) -> Values {
    let (type, value) = (operation.type, operation.value)
    return Values(type.shape.dimensions, type.dtype) { _ in type.dtype.isFloating ? value : store(value, as: type.dtype)
    }
  }

  /// Between floats nothing changes here: the reference keeps full precision. Whole numbers wrap around, floats stop at the
  /// ends of the range.
  private static func cast(_ x: Values, _ dtype: DType) -> Values {
    if dtype.isFloating { return Values(x.shape, dtype, x.data) }
    guard x.dtype.isInteger, dtype.isInteger else { return Values(x.shape, dtype, x.data.map { store($0, as: dtype) }) }
    let data = x.data.map { value -> Double in
      switch dtype {
      case .int8: return Double(Int8(truncatingIfNeeded: Int(value)))
      case .uint8: return Double(UInt8(truncatingIfNeeded: Int(value)))
      case .int32: return Double(Int32(truncatingIfNeeded: Int(value)))
      default: return value
      }
    }
    return Values(x.shape, dtype, data)
  }

  private static func scan(_ operation: Scan, _ inputs: [Values]) throws -> [Values] {
    let (carries, sequences) = (operation.carries, operation.sequences)
    let collected = operation.body.results.count - carries
    var carry = Array(inputs[..<carries])
    let captures = Array(inputs[(carries + sequences)...])
    var outputs = [[Int: Values]](repeating: [:], count: collected)
    var starts = [[Int: Values]](repeating: [:], count: carries)
    for step in 0..<operation.length {
      let t = operation.reverse ? operation.length - 1 - step : step
      for index in 0..<carries { starts[index][t] = carry[index] }
      let entries = inputs[carries..<(carries + sequences)].map { entry($0, t) }
      let arguments = carry + entries + [Values([], .int64, [Double(t)])] + captures
      var inside = Interpreter(Array(zip(operation.body.parameters, arguments)))
      let results = try inside.evaluate(operation.body.results)
      carry = Array(results[..<carries])
      for index in 0..<collected { outputs[index][t] = results[carries + index] }
    }
    func overTime(_ entries: [Int: Values], _ type: TensorType) -> Values {
      let data = (0..<operation.length).flatMap { entries[$0]?.data ?? [] }
      return Values([operation.length] + type.shape.dimensions, type.dtype, data)
    }
    return carry + outputs.enumerated().map { overTime($1, operation.body.results[carries + $0].type) }
      + starts.enumerated().map { overTime($1, inputs[$0].type) }
  }

  private static func entry(_ x: Values, _ t: Int) -> Values {
    let shape = Array(x.shape.dropFirst())
    let size = shape.reduce(1, *)
    return Values(shape, x.dtype, Array(x.data[(t * size)..<((t + 1) * size)]))
  }
}
