import Cajal
import Foundation
import Testing

@testable import CajalData

/// Thousands of damaged files of every format: each gives a value or a `CajalError`, never a crash, a hang or much
/// memory.
@Suite(.serialized) struct FuzzTests {
  /// Cuts, flips, overwrites, repeats and inserts.
  private static func mutated(_ bytes: [UInt8], _ random: inout SampleRandom) -> [UInt8] {
    var bytes = bytes
    for _ in 0...random.below(3) {
      let place = bytes.isEmpty ? 0 : random.below(bytes.count)
      switch bytes.isEmpty ? 3 : random.below(7) {
      case 0: bytes.removeLast(bytes.count - place)
      case 1: bytes[place] ^= 1 << UInt8(random.below(8))
      case 2: bytes[place] = [0, 1, 0x7F, 0x80, 0xFF, 0x22, 0x0A, 0x2C][random.below(8)]
      case 3: bytes.insert(UInt8(random.below(256)), at: place)
      case 4:
        for i in place..<min(place + 4, bytes.count) { bytes[i] = 0xFF }
      case 5: bytes.removeSubrange(place..<min(place + 1 + random.below(16), bytes.count))
      default:
        let near = random.below(min(64, bytes.count))  // headers are where it hurts
        bytes[near] = UInt8(random.below(256))
      }
    }
    return bytes
  }

  private func fuzz(_ seeds: [[UInt8]], count: Int, _ decode: ([UInt8]) throws -> Void) {
    var refused = 0
    let before = peakKilobytes()
    for round in 0..<count {
      var random = SampleRandom(seed: 7, index: round)
      let bytes = Self.mutated(seeds[round % seeds.count], &random)
      do {
        try decode(bytes)
      } catch let error as CajalError {
        refused += 1
        if error.kind != .format && error.kind != .unsupported && error.kind != .shape && error.kind != .value
          && error.kind != .argument && error.kind != .missing
        {
          Issue.record("round \(round): \(error)")
        }
      } catch {
        Issue.record("round \(round): \(error)")
      }
    }
    #expect(refused > count / 20)
    // Other suites run beside this one; a header that was believed would claim gigabytes.
    #expect(peakKilobytes() - before < 1 << 20)
  }

  private func peakKilobytes() -> Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss
  }

  @Test func png() throws {
    let seeds = try [1, 3, 4].map { try PNG.encode(try testPicture(13, 11, $0)) }
    fuzz(seeds, count: 6000) { _ = try Image.decode($0) }
  }

  @Test func jpeg() throws {
    let seeds = try [1, 3].map { try JPEG.encode(try testPicture(24, 17, $0), quality: 80) }
    fuzz(seeds, count: 6000) { _ = try Image.decode($0) }
  }

  @Test func idx() throws {
    let plain: [UInt8] = [0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0, 2] + Array(0..<12)
    fuzz([plain, try Gzip.compress(plain)], count: 6000) { _ = try IDX.decode($0) }
  }

  @Test func npyAndNpz() throws {
    let tensor = Tensor((0..<24).map { Float($0) }, shape: [4, 6])
    fuzz([NPY.encode(tensor)], count: 6000) { _ = try NPY.decode($0) }
    let archives = try [true, false].map { try NPZ.encode(["a": tensor, "b": Tensor([1, 2])], compressed: $0) }
    fuzz(archives, count: 6000) { _ = try NPZ.decode($0) }
  }

  @Test func csv() throws {
    let text = "name,\"si\"\"ze\",price\r\n\"a\nb\",1.5,2\r\nc,,3e4\r\nd,7,\r\n"
    fuzz([Array(text.utf8), try Gzip.compress(Array(text.utf8))], count: 6000) { bytes in
      let table = try Table(csv: bytes)
      _ = try TableEncoder(fitting: table, target: nil, missing: .drop).dataset(table)
    }
  }

  @Test func gzip() throws {
    let packed = try Gzip.compress((0..<2000).map { UInt8(truncatingIfNeeded: $0 * $0) })
    fuzz([packed], count: 6000) { _ = try Gzip.decompress($0, limit: 1 << 20) }
  }

  @Test func cifar() throws {
    fuzz([try Gzip.compress(cifarArchive(records: 2))], count: 2000) {
      _ = try Cifar.decode(try openStream($0, name: "cifar"))
    }
  }

  @Test func encoderFile() throws {
    try withTemporaryFolder { folder in
      let table = try Table(csv: Array("a,b\nx,1\ny,2\n".utf8))
      let path = "\(folder)/e.json"
      try TableEncoder(fitting: table, target: "b").write(to: path)
      let bytes = try FileStream(path).readAll(limit: 1 << 20)
      fuzz([bytes], count: 500) {
        try writeFile(path, $0)
        _ = try TableEncoder.read(path).dataset(table)
      }
    }
  }
}

/// A tar archive as CIFAR-10's, with few records.
func cifarArchive(records: Int) -> [UInt8] {
  var archive: [UInt8] = []
  for file in ["data_batch_1.bin", "readme.html", "test_batch.bin"] {
    var content: [UInt8] = []
    for record in 0..<records {
      content.append(UInt8(record))
      content += (0..<3072).map { UInt8($0 / 1024 * 100 + record) }
    }
    if file == "readme.html" { content = Array("hello".utf8) }
    var header = [UInt8](repeating: 0, count: 512)
    func put(_ text: String, _ place: Int) { for (i, byte) in text.utf8.enumerated() { header[place + i] = byte } }
    put("cifar-10-batches-bin/\(file)", 0)
    put(String(content.count, radix: 8), 124)
    put("        ", 148)
    let sum = header.reduce(0) { $0 + Int($1) }
    put(String(sum, radix: 8) + "\0 ", 148)
    archive += header + content + [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
  }
  return archive + [UInt8](repeating: 0, count: 1024)
}
