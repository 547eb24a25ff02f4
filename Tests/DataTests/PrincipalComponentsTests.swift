import Cajal
import CajalData
import Testing

@Suite struct PrincipalComponentsTests {
  private func normal(_ shape: Shape, seed: Int) -> Tensor {
    var random = RandomSource(seed: seed)
    let values = random.normal(shape)
    _ = values.storage
    return values
  }

  @Test func eigenvaluesOfSmallMatrices() throws {
    let (values, vectors) = try SymmetricMatrix.eigen([2, 1, 1, 2], size: 2)
    #expect(abs(values[0] - 3) < 1e-12 && abs(values[1] - 1) < 1e-12)
    #expect(abs(abs(vectors[0][0]) - 0.5.squareRoot()) < 1e-12 && vectors[0][0] * vectors[0][1] > 0)
    #expect(try SymmetricMatrix.eigen([5], size: 1).values == [5])
    // A v = λ v, and the vectors are at right angles.
    let size = 12
    let random = normal([size, size], seed: 1).floats.map(Double.init)
    let matrix = (0..<size * size).map { random[$0] + random[$0 % size * size + $0 / size] }
    let found = try SymmetricMatrix.eigen(matrix, size: size)
    for (value, vector) in zip(found.values, found.vectors) {
      for row in 0..<size {
        let product = (0..<size).reduce(0.0) { $0 + matrix[row * size + $1] * vector[$1] }
        #expect(abs(product - value * vector[row]) < 1e-9)
      }
    }
    let product = zip(found.vectors[0], found.vectors[5]).reduce(0) { $0 + $1.0 * $1.1 }
    #expect(abs(product) < 1e-10)
    #expect(throws: CajalError.self) { try SymmetricMatrix.eigen([1, 2], size: 2) }
    #expect(throws: CajalError.self) { try SymmetricMatrix.eigen([.nan], size: 1) }
  }

  @Test func componentsLoseWhatTheOtherVariancesHold() throws {
    let scales = Tensor((0..<20).map { Float(10) / Float($0 + 1) })
    let x = (normal([500, 20], seed: 2) * scales).matmul(normal([20, 20], seed: 3)) + 3
    let pca = try PrincipalComponents(of: x, count: 6)
    let all = try PrincipalComponents(of: x, count: 20)
    #expect(zip(pca.variances, all.variances).allSatisfy { abs($0 - $1) < 1e-4 * all.variances[0] })
    #expect(abs(all.variances.reduce(0, +) - all.totalVariance) < 1e-3 * all.totalVariance)
    let lost = (try pca.reconstruct(x) - x).squared().sum(axes: [1]).mean().item
    #expect(abs(lost - all.variances.dropFirst(6).reduce(0, +)) < 1e-3 * all.totalVariance)
    let products = pca.components.matmul(pca.components, transposeOther: true)
    #expect((products - Tensor.identity(6)).absolute().max().item < 1e-4)
    let codes = try pca.encode(x)
    #expect(codes.mean(axes: [0]).absolute().max().item < 1e-2)
    #expect((try all.reconstruct(x) - x).absolute().max().item < 2e-2)
  }

  @Test func shapesAndRefusals() throws {
    let pictures = normal([30, 4, 4, 1], seed: 4)
    let pca = try PrincipalComponents(of: pictures, count: 3)
    #expect(try pca.encode(pictures).shape == [30, 3] && pca.reconstruct(pictures).shape == pictures.shape)
    #expect(throws: CajalError.self) { try PrincipalComponents(of: pictures, count: 17) }
    #expect(throws: CajalError.self) { try PrincipalComponents(of: pictures, count: 0) }
    #expect(throws: CajalError.self) { try PrincipalComponents(of: Tensor.zeros([0, 4]), count: 1) }
    #expect(throws: CajalError.self) { try pca.encode(normal([3, 5], seed: 1)) }
    #expect(throws: CajalError.self) { try pca.decode(normal([3, 5], seed: 1)) }
    let constant = try PrincipalComponents(of: Tensor.ones([10, 4]), count: 2)
    #expect(constant.variances.allSatisfy { $0 < 1e-6 })
  }
}
