import Cajal
import Foundation
import Testing

@testable import CajalData

/// The folder with public data sets, where there is one: $CAJAL_DATA, or `shared/datasets` in or beside a folder above.
let sharedData: String? = {
  if let given = ProcessInfo.processInfo.environment["CAJAL_DATA"], isFolder(given) { return given }
  var folder = FileManager.default.currentDirectoryPath
  while !folder.isEmpty {
    if isFolder("\(folder)/shared/datasets") { return "\(folder)/shared/datasets" }
    folder = String(folder[..<(folder.lastIndex(of: "/") ?? folder.startIndex)])
  }
  return nil
}()

let noData: Comment = "no data sets: set CAJAL_DATA or put them in shared/datasets beside the checkout"

/// A folder of its own that goes with the test.
func withTemporaryFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
  let path = "\(NSTemporaryDirectory())/cajal-data-\(UInt64.random(in: 0..<UInt64.max))"
  try makeFolder(path)
  defer { try? FileManager.default.removeItem(atPath: path) }
  return try body(path)
}

/// All batches of one epoch: the first input and target slot as floats, with the batch sizes.
func collect(
  _ dataset: Dataset, epoch: Int = 0, seed: Int = 0, skipping: Int = 0, capacity: Int = 4
) throws -> (values: [Float], sizes: [Int]) {
  let types = dataset.stage.slots
  let memory = types.map { UnsafeMutableRawPointer.allocate(byteCount: max(1, $0.byteCount * capacity), alignment: 64) }
  defer { for block in memory { block.deallocate() } }
  let iterator = try dataset.batches(epoch: epoch, seed: seed, skipping: skipping)
  var values: [Float] = []
  var sizes: [Int] = []
  while true {
    let count = try iterator.next(into: memory, capacity: capacity)
    if count == 0 { return (values, sizes) }
    sizes.append(count)
    let reading = try NumberReading(types[0].dtype, asking: "test")
    for i in 0..<(count * types[0].shape.count) { values.append(Float(reading.double(memory[0], i))) }
  }
}

/// A data set whose inputs are 0, 1, …
func numbered(_ count: Int) throws -> Dataset {
  try Dataset(
    inputs: Tensor((0..<count).map { Float($0) }, shape: [count, 1]),
    targets: Tensor((0..<count).map { Int32($0 % 3) }, shape: [count]))
}

func failure(_ body: () throws -> Void) -> CajalError? {
  do {
    try body()
    return nil
  } catch {
    return error as? CajalError
  }
}
