import CajalTerminal
import Synchronization
import Testing

@Suite struct ProgressBarTests {
  /// A clock that a test turns by hand.
  private final class Clock: Sendable {
    private let seconds = Mutex(100.0)
    func now() -> Double { seconds.withLock { $0 } }
    func advance(_ by: Double) { seconds.withLock { $0 += by } }
  }

  private func bar(_ output: MemoryOutput, _ clock: Clock, total: Int? = 1_000, unit: ProgressBar.Unit = "samples")
    -> ProgressBar
  {
    ProgressBar(title: "Epoch 1/2", total: total, unit: unit, output: output, clock: { clock.now() })
  }

  private let clear = "\u{1B}[K"

  @Test func plainOutputGetsOneLine() {
    let (output, clock) = (MemoryOutput(), Clock())
    var progress = bar(output, clock)
    for step in 1...100 {
      clock.advance(0.02)
      progress.update(step * 10, fields: [("loss", 1)])
    }
    #expect(output.text == "")
    progress.finish(fields: [("loss", 0.25), ("accuracy", 0.9375)])
    #expect(output.text == "Epoch 1/2  loss 0.2500  accuracy 0.9375  2.0 s  500 samples/s\n")
  }

  @Test func liveLine() {
    let output = MemoryOutput(terminal: Terminal(isInteractive: true, width: 120))
    let clock = Clock()
    var progress = bar(output, clock)
    clock.advance(1)
    progress.update(250, fields: [("loss", 0.5)])
    #expect(
      output.text
        == "\rEpoch 1/2  ━━━━━━──────────────────  250/1,000  loss 0.5000  ETA 3.0 s  250 samples/s\(clear)")
    progress.finish()
    #expect(output.text.hasSuffix("\r\(clear)Epoch 1/2  1.0 s  1,000 samples/s\n"))
  }

  @Test func drawsTenTimesPerSecondAndFormatsOnlyThen() {
    let output = MemoryOutput(terminal: Terminal(isInteractive: true))
    let clock = Clock()
    var progress = bar(output, clock)
    var looks = 0
    func fields() -> [ProgressBar.Field] {
      looks += 1
      return [("loss", 1)]
    }
    for step in 1...1_000 {
      clock.advance(0.001)
      progress.update(step, fields: fields())
    }
    #expect(looks == 10)
    #expect(output.text.split(separator: "\r").count == 10)
  }

  @Test func fitsTheTerminal() {
    for width in 20...140 {
      let output = MemoryOutput(
        terminal: Terminal(isInteractive: true, width: width, allowsUnicode: width.isMultiple(of: 2)))
      let clock = Clock()
      var progress = bar(output, clock)
      clock.advance(0.5)
      progress.update(333, fields: [("loss", 0.123), ("accuracy", 0.9)])
      let line = output.text.dropFirst().dropLast(clear.count)
      #expect(String(line).displayWidth < width, "width \(width): \(line)")
    }
  }

  @Test func asciiBar() {
    let output = MemoryOutput(terminal: Terminal(isInteractive: true, width: 120, allowsUnicode: false))
    let clock = Clock()
    var progress = bar(output, clock)
    clock.advance(1)
    progress.update(500)
    #expect(output.text == "\rEpoch 1/2  ============>...........  500/1,000  ETA 1.0 s  500 samples/s\(clear)")
  }

  @Test func unknownTotalAndBytes() {
    let output = MemoryOutput(terminal: Terminal(isInteractive: true, width: 120))
    let clock = Clock()
    var progress = bar(output, clock, total: nil, unit: .bytes)
    clock.advance(2)
    progress.update(5_000_000)
    #expect(output.text == "\rEpoch 1/2  5.00 MB  2.50 MB/s\(clear)")
    progress.note("resumed")
    #expect(output.text.hasSuffix("\r\(clear)resumed\n"))
    progress.cancel()
    #expect(output.text.hasSuffix("resumed\n"))
  }

  @Test func nothingDoneInNoTime() {
    let output = MemoryOutput()
    var progress = bar(output, Clock(), total: 0)
    progress.update(0)
    progress.finish(fields: [("loss", .nan)])
    #expect(output.text == "Epoch 1/2  loss NaN  0 s\n")
  }
}
