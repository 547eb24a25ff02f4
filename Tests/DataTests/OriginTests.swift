// Messages name samples by their place in the data that a pipeline begins with.
import Cajal
import Testing

@testable import CajalData

@Suite struct OriginTests {
  private static let pipelines: [@Sendable (Dataset) throws -> Dataset] = [
    { $0 }, { $0.shuffle() }, { $0.shuffle(seed: 9).take(20) }, { $0.skip(5).shuffle() },
    { try $0.selecting([3, 1, 30, 7, 7]).cache().shuffle() }, { try $0.split(0.3, seed: 4).1.shuffle().prefetch() },
    { $0.map { _ in }.shuffle().shuffle(seed: 2).skip(3) },
  ]

  /// A sample of the numbered data set holds the place it comes from.
  @Test(arguments: pipelines.indices) func followsTheOrder(number: Int) throws {
    let data = try Self.pipelines[number](numbered(40))
    for epoch in 0..<2 {
      let places = (0..<data.count).map { data.origin(of: $0, epoch: epoch, seed: 7).map(Float.init) }
      #expect(try places == collect(data, epoch: epoch, seed: 7).values)
    }
    #expect(data.origin(of: data.count, epoch: 0, seed: 7) == nil)
  }

  @Test func trainingNamesTheSample() throws {
    var values = [Float](repeating: 0.5, count: 40)
    values[23] = .nan
    let data = try Dataset(inputs: Tensor(values, shape: [40, 1]), targets: Tensor.zeros([40, 1])).skip(10).shuffle()
    let model = try Model(Dense(1), inputShape: [1])
    model.compile(optimizer: .sgd(), loss: .mse)
    let error = #expect(throws: CajalError.self) { try model.fit(data.prefetch(), batchSize: 4, verbose: .silent) }
    #expect(error?.given.hasSuffix("because input 0 has NaN in sample 23 of the data") == true, "\(error!)")
  }
}
