import CajalModels
import Foundation
import Testing

@testable import Cajal

/// Names, shapes and counts of the architectures, without values.
@Suite struct ArchitectureTests {
  @Test(arguments: Architectures.all.map(\.name))
  func hasThePublishedNumberOfParameters(name: String) throws {
    let architecture = try Architectures.named(name)
    let model = try outline(architecture.make(), architecture.inputShape)
    #expect(model.parameterCount == architecture.parameterCount)
    let classes = name.hasPrefix("lenet5") ? 10 : 1000
    #expect(model.outputTypes == [TensorType([classes], .float32)])
  }

  @Test func publishedCountsAreThoseOfTheCourse() {
    let counts = Dictionary(uniqueKeysWithValues: Architectures.all.map { ($0.name, $0.parameterCount) })
    #expect(
      counts == [
        "lenet5": 61_706, "lenet5-original": 60_000, "alexnet": 62_378_344, "alexnet-two-groups": 60_965_224,
        "vgg16": 138_357_544, "resnet50": 25_636_712, "mobilenet": 4_253_864,
      ])
  }

  @Test func unknownNameListsTheKnownOnes() {
    let error = #expect(throws: CajalError.self) { try Architectures.named("resnet") }
    #expect(error?.description.contains("resnet50") == true)
  }

  @Test(arguments: ["VGG16", "ResNet50", "MobileNet"])
  func weightsAreKerasOnesInKerasOrder(name: String) throws {
    let rows = try goldenLines("application_weights.txt").filter { $0[0] == name }
    #expect(rows.count > 30)
    let architecture = try Architectures.named(name)
    let model = try outline(architecture.make(), architecture.inputShape)
    let ours = model.variables.map { [$0.name, $0.type.shape.dimensions.map(String.init).joined(separator: ",")] }
    #expect(ours == rows.map { [$0[1], $0[2]] })
  }

  @Test func resNetWithoutBiases() throws {
    let model = try outline(ResNet50(useBias: false), [224, 224, 3])
    #expect(model.trainableParameterCount == 25_557_032)
    #expect(model.parameterCount == 25_557_032 + 53_120)  // and the moving statistics
  }

  @Test func leNetShapes() throws {
    for side in [28, 32] {
      let shapes = try outputShapes(LeNet5(), [side, side, 1])
      #expect(
        shapes == [
          "c1": [28, 28, 6], "s2": [14, 14, 6], "c3": [10, 10, 16], "s4": [5, 5, 16], "c5": [1, 1, 120],
          "flatten": [120], "f6": [84], "output": [10],
        ])
    }
  }

  @Test func originalLeNetCounts() throws {
    let model = try outline(OriginalLeNet5(), [32, 32, 1])
    let counts = Dictionary(grouping: model.variables) { String($0.name.split(separator: "/")[0]) }
      .mapValues { $0.reduce(0) { $0 + $1.type.shape.count } }
    #expect(counts == ["c1": 156, "s2": 12, "c3": 1_516, "s4": 32, "c5": 48_120, "f6": 10_164])
    #expect(OriginalLeNet5.connections.reduce(0) { $0 + $1.count } == 60)
  }

  @Test func partialConnectionsIgnoreTheOtherChannels() throws {
    let model = try Model(PartiallyConnectedConv2D([[0], [1, 2]], kernelSize: 2), inputShape: [3, 3, 3], seed: 1)
    var values = (0..<27).map { Float($0 % 5) - 1 }
    let before = try model.predict(Tensor(values, shape: [1, 3, 3, 3])).floats
    for place in 0..<9 { values[place * 3] += 1 }  // channel 0 alone
    let after = try model.predict(Tensor(values, shape: [1, 3, 3, 3])).floats
    for place in 0..<4 {
      #expect(before[place * 2] != after[place * 2])
      #expect(before[place * 2 + 1] == after[place * 2 + 1])
    }
  }

  @Test func originalLeNetGivesProbabilities() throws {
    let model = try Model(OriginalLeNet5(), inputShape: [32, 32, 1])
    let p = try model.predict(Tensor((0..<2048).map { Float($0 % 7) / 7 }, shape: [2, 32, 32, 1])).floats
    #expect(abs(p[0..<10].reduce(0, +) - 1) < 1e-5 && p.allSatisfy { $0 >= 0 })
  }

  @Test func alexNetShapes() throws {
    for groups in [1, 2] {
      let shapes = try outputShapes(AlexNet(groups: groups), [227, 227, 3])
      #expect(shapes["conv1"] == [55, 55, 96])
      #expect(shapes["pool1"] == [27, 27, 96])
      #expect(shapes["conv2"] == [27, 27, 256])
      #expect(shapes["pool2"] == [13, 13, 256])
      #expect(shapes["conv3"] == [13, 13, 384])
      #expect(shapes["conv5"] == [13, 13, 256])
      #expect(shapes["pool5"] == [6, 6, 256])
      #expect(shapes["fc6"] == [4096])
    }
  }

  @Test func withoutTheTop() throws {
    #expect(try outline(VGG16(includeTop: false), [224, 224, 3]).outputTypes[0].shape == [7, 7, 512])
    #expect(try outline(ResNet50(includeTop: false), [224, 224, 3]).outputTypes[0].shape == [7, 7, 2048])
    #expect(try outline(MobileNet(alpha: 0.5, includeTop: false), [224, 224, 3]).outputTypes[0].shape == [7, 7, 512])
  }

  @Test func tooSmallAnInputNamesTheLayer() {
    let error = #expect(throws: CajalError.self) { _ = try outline(AlexNet(), [20, 20, 3]) }
    #expect(error?.subject.hasPrefix("pool2") == true)
  }

  @Test func aMisfitInTheMiddleIsReportedOnce() {
    let error = #expect(throws: CajalError.self) { _ = try outline(OriginalLeNet5(), [8, 8, 1]) }
    #expect(error?.subject.hasPrefix("c3") == true)
  }

  private func outputShapes(_ layer: some Layer<Tensor, Tensor>, _ inputShape: Shape) throws -> [String: [Int]] {
    let model = try outline(layer, inputShape)
    return Dictionary(
      uniqueKeysWithValues: model.calls.map { ($0.path, Array($0.outputs[0].shape.dimensions.dropFirst())) })
  }
}
