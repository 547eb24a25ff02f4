// 0 and -0 are two numbers: no pass and no store of programs may take one for the other.
import CajalCPU
import CajalCompiler
import CajalGraph
import Foundation
import Testing

@Suite struct ZeroTests {
  private static let passes = [[], ["fuse-elementwise"], ["simplify"], ["share"]]

  @Test(arguments: passes) func signsOfZeroSurvive(off: [String]) throws {
    var problem = Problem()
    let x = problem.input(Values([2], .float32, [3, -2]))
    // 1 / ±0 tells them apart.
    problem.outputs =
      [0.0, -0.0].map { (x .> 0).select(x.filled($0), x).reciprocal() }
      + [x.clipped(0, 0), x.clipped(-0.0, -0.0)].map { $0.reciprocal() }
    let results = try problem.compiled(PassSettings(off: Set(off))).map(\.data)
    let infinity = Double.infinity
    #expect(results == [[infinity, -0.5], [-infinity, -0.5], [infinity, infinity], [-infinity, -infinity]])
  }

  @Test func updatesBySignsOfZeroAreNotMerged() throws {
    var problem = Problem()
    let variables = (0..<2).map {
      Variable("v\($0)", TensorType([2], .float32), role: .parameter, value: Storage([Float(1), 2]))
    }
    problem.updates = zip(variables, [0.0, -0.0]).map { ($0, $0.read(in: nil).minimum(Tensor.full([2], $1))) }
    problem.isTraining = true
    _ = try problem.compiled()
    #expect(variables.map { $0.tensor.floats.map(\.sign) } == [[.plus, .plus], [.minus, .minus]])
  }

  @Test func lazyProgramsAreKeptBySign() {
    let x = Tensor([1, 2])
    #expect(x.minimum(x.filled(0.0)).reciprocal().floats == [.infinity, .infinity])
    #expect(x.minimum(x.filled(-0.0)).reciprocal().floats == [-.infinity, -.infinity])
  }

  @Test func operationsAreToldApartByBits() {
    let type = TensorType([2], .float64)
    let payloads = [Double.nan, Double(nan: 5, signaling: false)]
    #expect(Fill(value: 0, type: type) != Fill(value: -0.0, type: type))
    #expect(Fill(value: payloads[0], type: type) == Fill(value: payloads[0], type: type))
    #expect(Fill(value: payloads[0], type: type) != Fill(value: payloads[1], type: type))
    #expect(Set([0.0, -0.0, 0.0].map { FusedMap.Step.Kind.fill($0) }).count == 2)
    #expect(Set([0.0, -0.0].map { Pad(low: [1], high: [1], interior: [0], value: $0) }).count == 2)
  }
}
