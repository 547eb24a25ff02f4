import Foundation
import Testing

@testable import Cajal

@Suite struct TensorBoardTests {
  @Test func checksumsAreThoseOfTheStandard() {
    // RFC 3720, B.4: 32 bytes of 0, of 255, and rising ones.
    #expect(CRC32C.checksum([UInt8](repeating: 0, count: 32)) == 0x8a91_36aa)
    #expect(CRC32C.checksum([UInt8](repeating: 255, count: 32)) == 0x62a8_ab43)
    #expect(CRC32C.checksum((0..<32).map { UInt8($0) }) == 0x46dd_794e)
    #expect(CRC32C.masked([UInt8](repeating: 0, count: 32)) == 0x0fd7_fffa)
  }

  @Test func messagesAreEncodedByField() {
    var message = ProtocolBuffer()
    message.add(1, 300)
    message.add(2, "ab")
    message.add(3, Float(1))
    #expect(message.bytes == [0x08, 0xac, 0x02, 0x12, 0x02, 0x61, 0x62, 0x1d, 0, 0, 0x80, 0x3f])
  }

  @Test func histogramsCountEveryFiniteValue() {
    let histogram = Histogram([-1, 0, 1, .nan, 1, .infinity], buckets: 4)
    #expect(histogram.counts == [1, 0, 1, 2])
    #expect(histogram.limits.last == 1)
    #expect((histogram.least, histogram.most, histogram.count, histogram.sum) == (-1, 1, 4, 1))
    #expect(Histogram([]).counts.isEmpty)
  }

  /// The records of a file, checked as a reader does.
  static func events(_ path: String) throws -> [[UInt8]] {
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    func number(_ start: Int, _ count: Int) -> UInt64 {
      (0..<count).reduce(0) { $0 | UInt64(bytes[start + $1]) << (8 * UInt64($1)) }
    }
    var (events, place) = ([[UInt8]](), 0)
    while place < bytes.count {
      let length = Int(number(place, 8))
      #expect(UInt32(number(place + 8, 4)) == CRC32C.masked(bytes[place..<place + 8]))
      let event = Array(bytes[place + 12..<place + 12 + length])
      #expect(UInt32(number(place + 12 + length, 4)) == CRC32C.masked(event))
      events.append(event)
      place += length + 16
    }
    return events
  }

  @Test func filesHoldEpochsAndBatches() throws {
    let folder = try ScratchFolder()
    let model = try Model(Dense(1), inputShape: [2])
    model.compile(optimizer: .sgd(), loss: .meanSquaredError, metrics: [.mae])
    let (x, y) = (Tensor.ones([8, 2]), Tensor.ones([8, 1]))
    try model.fit(
      x, y, epochs: 2, batchSize: 4, validationData: (x, y),
      callbacks: [TensorBoard(folder / "run", histogramFreq: 1, writeStepsPerSecond: true, updateFreq: .batch)],
      verbose: .silent)
    func file(_ part: String) throws -> String {
      let names = try FileManager.default.contentsOfDirectory(atPath: folder / "run/\(part)")
      #expect(names.count == 1)
      return folder / "run/\(part)/\(try #require(names.first))"
    }
    let train = try Self.events(try file("train"))
    // The version, then two batches and the epoch, twice.
    #expect(train.count == 7)
    func texts(_ events: [[UInt8]]) -> String { String(decoding: events.joined(), as: UTF8.self) }
    for tag in [
      "brain.Event:2", "batch_loss", "batch_mae", "epoch_loss", "epoch_mae", "epoch_learning_rate",
      "epoch_steps_per_second", "kernel/histogram", "bias/histogram",
    ] {
      #expect(texts(train).contains(tag), "\(tag)")
    }
    let validation = try Self.events(try file("validation"))
    #expect(validation.count == 3)
    #expect(texts(validation).contains("epoch_mae"))
    #expect(!texts(validation).contains("val_"))
  }
}
