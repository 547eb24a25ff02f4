import Cajal
import Foundation
import Testing

@testable import CajalData

@Suite struct BuiltinTests {
  @Test(
    .enabled(if: sharedData != nil, noData),
    arguments: [
      ("mnist", 60000, 10000, [28, 28, 1]), ("fashion", 60000, 10000, [28, 28, 1]),
      ("cifar10", 1000, 300, [32, 32, 3]),
      ("optdigits", 3823, 1797, [8, 8, 1]), ("concrete", 824, 206, [8]), ("car", 1382, 346, [21]),
      ("iris", 120, 30, [4]),
      ("wine", 142, 36, [13]), ("breast-cancer", 456, 113, [30]),
    ])
  func loads(name: String, train: Int, test: Int, shape: [Int]) throws {
    let set = try DataSets.named(name)
    #expect(set.isPresent(folder: sharedData))
    let split = try set.load(folder: sharedData)
    #expect(split.train.count == train && split.test.count == test)
    #expect(split.train.inputs == [TensorType(Shape(shape), .float32)] && split.test.inputs == split.train.inputs)
    try split.test.validated(classes: split.classNames?.count)
    if name != "concrete" { #expect(split.train.targets == [TensorType([], .int32)]) }
    let values = try collect(split.test.take(50)).values
    if shape.count == 3 { #expect(values.allSatisfy { $0 >= 0 && $0 <= 1 } && values.max() ?? 0 > 0.5) }
  }

  @Test(.enabled(if: sharedData != nil, noData)) func knownFacts() throws {
    let concrete = try DataSets.concrete.load(folder: sharedData)
    #expect(concrete.encoder?.featureNames.first == "cement" && concrete.classNames == nil)
    #expect(try DataSets.car.load(folder: sharedData).classNames == ["acc", "good", "unacc", "vgood"])
    #expect(try DataSets.breastCancer.load(folder: sharedData).classNames == ["B", "M"])
    #expect(try DataSets.wine.load(folder: sharedData).classNames == ["1", "2", "3"])
    let text = try DataSets.shakespeare.load(folder: sharedData)
    #expect(text.classNames?.count == 65 && text.train.inputs == [TensorType([64], .int32)])
    let sample = try text.train.take(1).tensors()
    #expect(
      Array((sample.inputs[0].storage.scalars() as [Int32])[1...])
        == Array((sample.targets[0].storage.scalars() as [Int32])[..<63]))
    let labels = try DataSets.mnist.load(folder: sharedData).train.take(5).tensors().targets[0]
    #expect(labels.storage.scalars() as [Int32] == [5, 0, 4, 1, 9])
  }

  @Test(.enabled(if: sharedData != nil, noData)) func originalArrangementOfColumns() throws {
    let folder = try #require(sharedData)
    try withTemporaryFolder { copy in
      try makeFolder("\(copy)/wine")
      let moved = try String(contentsOfFile: "\(folder)/tabular/wine.csv", encoding: .utf8).split(separator: "\n")
        .map { line in
          let fields = line.split(separator: ",")
          return ([fields[13]] + fields[..<13]).joined(separator: ",") + "\n"
        }.joined()
      try writeFile("\(copy)/wine/wine.data", Array(moved.utf8))
      #expect(try SHA256.digest(ofFile: "\(copy)/wine/wine.data") == DataSets.wine.files[0].sha256)
      let a = try DataSets.wine.load(folder: copy)
      let b = try DataSets.wine.load(folder: folder)
      #expect(try collect(a.test).values == collect(b.test).values)
    }
  }

  @Test(.enabled(if: (try? Resources.path("digits.csv.gz")) != nil, "digits.csv.gz is not among the resources"))
  func digitsShipWithTheLibrary() throws {
    let split = try DataSets.digits.load()
    #expect(split.train.count + split.test.count == 1797 && split.train.inputs == [TensorType([8, 8, 1], .float32)])
  }

  @Test func cifarArchiveIsRead() throws {
    let split = try Cifar.decode(MemoryStream(cifarArchive(records: 3)[...], name: "cifar"))
    #expect(split.train.count == 3 && split.test.count == 3)
    let first = try collect(split.train).values
    #expect(first[0] == 0 && abs(first[1] - 100 / 255) < 1e-6 && abs(first[2] - 200 / 255) < 1e-6)
  }

  @Test func missingOnesSayWhatToDo() throws {
    let error = failure { _ = try BuiltinTests.absent() }
    #expect(error?.kind == .missing && error?.advice.contains("cajal data get mnist") == true)
    #expect(failure { _ = try DataSets.named("mnits") }?.kind == .missing)
    #expect(
      DataSearch(folder: "a", environment: ["CAJAL_DATA": "b", "XDG_CACHE_HOME": "/c"]).roots == ["a", "b", "/c/cajal"])
    #expect(DataSearch(environment: ["HOME": "/h"]).roots == ["/h/.cache/cajal"])
  }

  private static func absent() throws -> DataSplit {
    try DataSets.mnist.read(DataSearch(folder: "/nowhere", environment: ["HOME": "/nowhere"]))
  }

  @Test func registryIsSound() {
    #expect(Set(DataSets.all.map(\.name)).count == DataSets.all.count)
    for dataSet in DataSets.all {
      for file in dataSet.files {
        #expect(file.sha256.count == 64 && file.size > 0 && file.urls.isEmpty == (dataSet.byHand != nil))
      }
    }
  }
}
