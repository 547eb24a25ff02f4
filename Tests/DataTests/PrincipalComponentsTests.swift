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
