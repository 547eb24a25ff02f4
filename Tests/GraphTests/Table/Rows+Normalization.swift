import CajalGraph

private func f(_ shape: Shape) -> TensorType { TensorType(shape, .float32) }

extension Table {
  static let normalizations: [Row] =
    [2, 3, 4, 5].flatMap { rank in [batch(rank), batchGradient(rank)] }
    + [3, 5].flatMap { size in [response(size), responseGradient(size)] }

  private static func batch(_ rank: Int) -> Row {
    Row(
      "batch normalization of rank \(rank)", BatchNormalization.self, tolerance: 1e-5, gradientTolerance: 2e-4,
      dtypes: [.float32, .float64],
      errors: [
        ErrorSample(
          BatchNormalization(epsilon: 1e-3), [f([4, 3]), f([4]), f([3])],
          "batch normalization: expected x [batch, …, channels] with γ and β [channels], but they are float32[4, 3], float32[4] "
            + "and float32[3].")
      ]
    ) { draw in
      let shape = draw.shape(rank: rank)
      let channels = [shape[rank - 1]]
      return Sample(
        BatchNormalization(epsilon: 0.01),
        [draw.numbers(shape), draw.numbers(channels, 0.5, 2), draw.numbers(channels)])
    }
  }

  /// The adjoint is a function of x, γ and dy; its other inputs come from the normalization itself.
  private static func batchGradient(_ rank: Int) -> Row {
    Row(
      "batch normalization gradient of rank \(rank)", BatchNormalizationGradient.self, tolerance: 2e-5,
      gradientTolerance: 5e-4,
      dtypes: [.float32, .float64],
      errors: [
        ErrorSample(
          BatchNormalizationGradient(epsilon: 1e-3),
          [f([4, 3]), f([3]), f([3]), f([4, 3]), f([3]), f([3]), f([4, 4])],
          "batch normalization gradient: expected a gradient float32[4, 3], but it is float32[4, 4].")
      ]
    ) { draw in
      let shape = draw.shape(rank: rank)
      let channels = [shape[rank - 1]]
      let inputs = [draw.numbers(shape), draw.numbers(channels, 0.5, 2), draw.numbers(channels)]
      let forward = BatchNormalization(epsilon: 0.01)
      let outputs = (try? Interpreter.evaluate(forward, inputs)) ?? inputs
      return Sample(
        BatchNormalizationGradient(epsilon: 0.01), inputs + outputs + [draw.numbers(shape)], differentiable: [0, 1, 6]
      ) { tensors in
        let made = Array(Tensor.apply(forward, Array(tensors[..<3])).prefix(3))
        let adjoint = BatchNormalizationGradient(epsilon: 0.01)
        return Array(Tensor.apply(adjoint, Array(tensors[..<3]) + made + [tensors[6]]).prefix(3))
      }
    }
  }

  private static func response(_ size: Int) -> Row {
    Row(
      "local response normalization over \(size)", LocalResponseNormalization.self, tolerance: 5e-6,
      dtypes: [.float32, .float64],
      errors: [
        ErrorSample(
          LocalResponseNormalization(size: 4, alpha: 1e-4, beta: 0.75, k: 2), [f([2, 3])],
          "local response normalization: expected a floating input [batch, …, channels] and an odd window, but they are "
            + "float32[2, 3] and 4.")
      ]
    ) { draw in
      let shape = draw.shape(rank: draw.integer(2...4))
      return Sample(LocalResponseNormalization(size: size, alpha: 0.5, beta: 0.75, k: 2), [draw.numbers(shape)])
    }
  }

  private static func responseGradient(_ size: Int) -> Row {
    let operation = LocalResponseNormalization(size: size, alpha: 0.5, beta: 0.75, k: 2)
    return Row(
      "local response normalization gradient over \(size)", LocalResponseNormalizationGradient.self, tolerance: 5e-6,
      dtypes: [.float32, .float64],
      errors: [
        ErrorSample(
          LocalResponseNormalizationGradient(normalization: operation), [f([2, 3]), f([3, 3])],
          "local response normalization gradient: expected a gradient float32[2, 3], but it is float32[3, 3].")
      ]
    ) { draw in
      let shape = draw.shape(rank: draw.integer(2...4))
      return Sample(
        LocalResponseNormalizationGradient(normalization: operation), [draw.numbers(shape), draw.numbers(shape)])
    }
  }
}
