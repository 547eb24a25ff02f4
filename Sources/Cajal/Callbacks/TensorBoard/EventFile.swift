import Foundation
import Synchronization

/// A file of events as TensorBoard reads them: each a length, the event, and checksums of both.
final class EventFile {
  let path: String
  private let handle: FileHandle
  /// Files that this process has made, which tells those of one second apart.
  private static let made = Atomic<Int>(0)

  /// A new file in a folder, which is made where it is missing.
  init(folder: String) throws {
    let number = Self.made.add(1, ordering: .relaxed).oldValue
    let time = Date().timeIntervalSince1970
    let host = ProcessInfo.processInfo.hostName
    let process = ProcessInfo.processInfo.processIdentifier
    path = "\(folder)/events.out.tfevents.\(Int(time)).\(host).\(process).\(number).v2"
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try Data().write(to: URL(fileURLWithPath: path), options: .withoutOverwriting)
      handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    } catch {
      throw CajalError(
        .system, "TensorBoard", expected: "a new file \(path)",
        given: "it cannot be made: \(error.localizedDescription)")
    }
    var first = ProtocolBuffer()
    first.add(1, time)
    first.add(3, "brain.Event:2")
    try write(first)
  }

  /// Numbers and histograms by their tags, at a step.
  func add(_ values: [(tag: String, value: Value)], step: Int) throws {
    guard !values.isEmpty else { return }
    var summary = ProtocolBuffer()
    for (tag, value) in values {
      var entry = ProtocolBuffer()
      entry.add(1, tag)
      switch value {
      case .scalar(let number): entry.add(2, Float(number))
      case .histogram(let histogram): entry.add(5, histogram.message)
      }
      summary.add(1, entry)
    }
    var event = ProtocolBuffer()
    event.add(1, Date().timeIntervalSince1970)
    event.add(2, step)
    event.add(5, summary)
    try write(event)
  }

  /// What an event tells of a tag.
  enum Value {
    case scalar(Double)
    case histogram(Histogram)
  }

  func close() throws { try reporting { try handle.close() } }

  private func write(_ message: ProtocolBuffer) throws {
    func little(_ value: some FixedWidthInteger) -> [UInt8] { withUnsafeBytes(of: value.littleEndian) { Array($0) } }
    let length = little(UInt64(message.bytes.count))
    let record =
      length + little(CRC32C.masked(length)) + message.bytes + little(CRC32C.masked(message.bytes))
    try reporting { try handle.write(contentsOf: Data(record)) }
  }

  private func reporting(_ body: () throws -> Void) throws {
    do {
      try body()
    } catch {
      throw CajalError(.system, "TensorBoard", expected: "to write \(path)", given: "\(error.localizedDescription)")
    }
  }
}

/// How numbers are spread over buckets of equal width.
struct Histogram {
  var least = 0.0
  var most = 0.0
  var count = 0.0
  var sum = 0.0
  var squares = 0.0
  /// The upper end of each bucket.
  var limits: [Double] = []
  var counts: [Double] = []

  /// Of the finite ones among some values.
  init(_ values: [Float], buckets: Int = 30) {
    let known = values.lazy.filter(\.isFinite).map(Double.init)
    guard let first = known.first else { return }
    (least, most) = known.reduce((first, first)) { (min($0.0, $1), max($0.1, $1)) }
    let width = max(most - least, 1e-12)
    limits = (1...buckets).map { least + width * Double($0) / Double(buckets) }
    counts = Array(repeating: 0, count: buckets)
    for value in known {
      counts[min(Int((value - least) / width * Double(buckets)), buckets - 1)] += 1
      count += 1
      sum += value
      squares += value * value
    }
  }

  var message: ProtocolBuffer {
    var message = ProtocolBuffer()
    message.add(1, least)
    message.add(2, most)
    message.add(3, count)
    message.add(4, sum)
    message.add(5, squares)
    message.add(6, limits)
    message.add(7, counts)
    return message
  }
}
