import Testing

@testable import Cajal

/// Sizes of windows against Keras, and the course's examples.
@Suite struct ShapeTests {
  @Test func sizesAreKerasOnes() throws {
    let rows = try goldenLines("layer_shapes.txt")
    #expect(rows.count > 300)
    for row in rows {
      let number = row.map { Int($0) ?? 0 }
      let (n, k, s, d) = (number[1], number[2], number[3], number[5])
      let padding: Padding = row[4] == "same" ? .same : row[4] == "causal" ? .causal : .valid
      let extra = row[6] == "None" ? nil : [number[6]]
      let layer: any Layer<Tensor, Tensor> =
        switch row[0] {
        case "Conv1D": Conv1D(2, kernelSize: k, strides: s, padding: padding, dilationRate: d)
        case "MaxPooling1D": MaxPooling1D(poolSize: k, strides: s, padding: padding)
        default:
          Conv1DTranspose(2, kernelSize: k, strides: s, padding: padding, outputPadding: extra, dilationRate: d)
        }
      let wrapped = Sequential([layer])
      guard number[7] > 0 else {  // Keras gives an empty output
        #expect(throws: CajalError.self, "\(row)") { try outline(wrapped, [n, 3]) }
        continue
      }
      #expect(try outline(wrapped, [n, 3]).outputTypes[0].shape[0] == number[7], "\(row)")
    }
  }

  @Test(arguments: [(Padding.valid, 6), (.same, 8), (.explicit(1), 8), (.explicit(low: [2, 2], high: [1, 1]), 9)])
  func courseConvolutionSizes(padding: Padding, size: Int) throws {
    // n - f + 1 and n + 2p - f + 1 for 8x8 with 3x3.
    let model = try outline(Conv2D(1, kernelSize: 3, padding: padding), [8, 8, 1])
    #expect(model.outputTypes[0].shape == [size, size, 1])
  }

  @Test func courseConvolutionAndPool() throws {
    let model = try outline(
      Sequential {
        Conv2D(12, kernelSize: 3, padding: .same)
        MaxPooling2D()
      }, [32, 32, 3])
    #expect(model.calls.first { $0.className == "Conv2D" }?.outputs[0].shape == [2, 32, 32, 12])
    #expect(model.outputTypes[0].shape == [16, 16, 12])
  }

  @Test func coursePools() throws {
    let x = Tensor(
      [0.1, 0, 1, 0.4, 0, 0.5, 0.4, 1.6, 0.3, 0.2, 1.7, 1.1, 0.2, 0.4, 1.1, 1.7] as [Float], shape: [1, 4, 4, 1])
    #expect(try Model(MaxPooling2D(), inputShape: [4, 4, 1]).predict(x).floats == [0.5, 1.6, 0.4, 1.7])
    #expect(agree(try Model(AveragePooling2D(), inputShape: [4, 4, 1]).predict(x).floats, [0.15, 0.85, 0.275, 1.4]))
    #expect(agree(try Model(SumPooling2D(), inputShape: [4, 4, 1]).predict(x).floats, [0.6, 3.4, 1.1, 5.6]))
    let padded = SumPooling2D(poolSize: 3, strides: 3, padding: .same)
    let sums = try Model(padded, inputShape: [4, 4, 1]).predict(x).floats
    #expect(agree([sums.reduce(0, +)], [10.7]))
  }

  @Test func mergingShapes() throws {
    let x = TensorType([3, 4], .float32), row = TensorType([1, 4], .float32)
    func shape(_ layer: some Layer<[Tensor], Tensor>, _ inputs: TensorType...) throws -> Shape {
      try Model.outline(layer, inputs: inputs).outputTypes[0].shape
    }
    #expect(try shape(Add(), x, row) == [3, 4])
    #expect(try shape(Concatenate(axis: 1), x, row) == [4, 4])
    #expect(try shape(Concatenate(), x, x, x) == [3, 12])
    #expect(try shape(Dot(axes: 1), TensorType([5], .float32), TensorType([5], .float32)) == [1])
    #expect(try shape(Dot(axes: [2, 1]), x, TensorType([4, 7], .float32)) == [3, 7])
  }

  @Test func mergingValues() throws {
    let a = Tensor([[1, -2, 3]]), b = Tensor([[4, 2, -6]])
    func value(_ layer: some Layer<[Tensor], Tensor>) throws -> [Float] {
      let type = TensorType([3], .float32)
      return try Model(layer, inputs: [type, type]).predict([a, b])[0].floats
    }
    #expect(try value(Add()) == [5, 0, -3])
    #expect(try value(Subtract()) == [-3, -4, 9])
    #expect(try value(Multiply()) == [4, -4, -18])
    #expect(try value(Average()) == [2.5, 0, -1.5])
    #expect(try value(Maximum()) == [4, 2, 3])
    #expect(try value(Minimum()) == [1, -2, -6])
    #expect(try value(Concatenate()) == [1, -2, 3, 4, 2, -6])
    #expect(try value(Dot(axes: 1)) == [-18])
    #expect(agree(try value(Dot(axes: -1, normalize: true)), [-18 / (14.0.squareRoot() * 56.0.squareRoot())]))
  }
}
