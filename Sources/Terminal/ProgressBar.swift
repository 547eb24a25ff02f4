/// How far a long piece of work has come: one live line for a person who watches, one closing line otherwise.
///
///     Epoch 3/10  ━━━━━━━━━━━╸────────────  768/1,437  loss 0.1234  accuracy 0.9812  ETA 2 s  5,120 samples/s
///
/// `update` is cheap enough for every step: it reads the clock, and looks at its fields only when the line is due, at most ten times
/// per second. The closing line says what the fields came to and how long it took. It never prints by itself but to `output`.
public struct ProgressBar: Sendable {
  /// What is counted.
  public enum Unit: Hashable, Sendable, ExpressibleByStringLiteral {
    /// Things with a name in the plural, such as `samples`.
    case items(String)
    /// Bytes, shown as kB, MB or GB.
    case bytes

    public init(stringLiteral value: String) { self = .items(value) }
  }

  /// A name and its value, such as `("loss", 0.1234)`.
  public typealias Field = (name: String, value: Double)

  public let title: String
  /// How many units there are in all; `nil` where nobody knows, then there is no bar and no ETA.
  public let total: Int?
  public let unit: Unit

  private let output: any TextOutput
  private let clock: @Sendable () -> Double
  private let isLive: Bool
  private let started: Double
  private var done = 0
  private var nextDue: Double
  private var rateSince: (time: Double, done: Int)
  private var smoothedRate: Double?
  private var shownLine = false

  /// Seconds between two drawings of the line.
  static let interval = 0.1

  /// - Parameters:
  ///   - title: what the line starts with.
  ///   - total: units in all, if known.
  ///   - unit: what is counted, for the rate.
  ///   - output: where the line goes.
  ///   - clock: seconds from any fixed moment; for tests.
  public init(
    title: String, total: Int?, unit: Unit = "samples", output: any TextOutput = .standardOutput,
    clock: (@Sendable () -> Double)? = nil
  ) {
    self.title = title.onOneLine
    self.total = total
    self.unit = unit
    self.output = output
    let clock = clock ?? Self.secondsSinceStart
    self.clock = clock
    isLive = output.terminal.isInteractive
    started = clock()
    nextDue = started
    rateSince = (started, 0)
  }

  /// Says that `done` units are ready. The fields are looked at only if the line is due.
  public mutating func update(_ done: Int, fields: @autoclosure () -> [Field] = []) {
    self.done = done
    guard isLive else { return }
    let now = clock()
    if now < nextDue { return }
    nextDue = now + Self.interval
    updateRate(now)
    draw(fields: fields())
  }

  /// Closes the line: the title, what the fields came to, how long it took and how fast it was.
  public mutating func finish(fields: [Field] = []) {
    let elapsed = max(clock() - started, 0)
    let amount = total.map { max($0, done) } ?? done
    var parts = [title] + fields.map { "\($0.name.onOneLine) \(Format.metric($0.value))" }
    parts.append(Format.duration(elapsed))
    if elapsed > 0 && amount > 0 { parts.append(rateText(Double(amount) / elapsed)) }
    clear()
    output.writeLine(parts.joined(separator: "  "))
  }

  /// Takes the line away without a closing line, for work that stops before its end.
  public mutating func cancel() {
    clear()
  }

  /// Writes a line of text above the live line, which is drawn again at the next update.
  public mutating func note(_ line: String) {
    clear()
    output.writeLine(line)
    nextDue = clock()
  }

  private mutating func clear() {
    if shownLine { output.write("\r\u{1B}[K") }
    shownLine = false
  }

  /// The rate of the last seconds, smoothed with a time constant of three seconds, so that a slow first step is soon forgotten.
  private mutating func updateRate(_ now: Double) {
    let seconds = now - rateSince.time
    guard seconds > 0, done > rateSince.done else { return }
    let rate = Double(done - rateSince.done) / seconds
    let weight = seconds / (seconds + 3)
    smoothedRate = smoothedRate.map { $0 + (rate - $0) * max(weight, 0.02) } ?? rate
    rateSince = (now, done)
  }

  private mutating func draw(fields: [Field]) {
    let terminal = output.terminal
    var parts: [String] = [amountText]
    parts += fields.map { "\($0.name.onOneLine) \(Format.metric($0.value))" }
    if let rate = smoothedRate {
      if let total, rate > 0, total > done { parts.append("ETA " + Format.duration(Double(total - done) / rate)) }
      parts.append(rateText(rate))
    }
    // The bar takes what the text leaves, from 8 to 24 columns; where that is too little it goes, then the text is cut.
    let room = terminal.width - 1
    let text = parts.joined(separator: "  ")
    var line = title
    let barWidth = min(24, room - title.displayWidth - text.displayWidth - 4)
    if let total, total > 0, barWidth >= 8 {
      line += "  " + bar(part: Double(done) / Double(total), width: barWidth, in: terminal)
    }
    line += "  " + text
    if line.displayWidth > room && barWidth < 8 {
      line = line.truncated(to: room, mark: terminal.allowsUnicode ? "…" : "~")
    }
    output.write("\r" + line + "\u{1B}[K")
    shownLine = true
  }

  private func bar(part: Double, width: Int, in terminal: Terminal) -> String {
    let halves = Int((min(1, max(0, part)) * Double(2 * width)).rounded(.down))
    let full = halves / 2
    let isHalf = !halves.isMultiple(of: 2)
    if terminal.allowsUnicode {
      let done = String(repeating: "━", count: full) + (isHalf ? "╸" : "")
      let rest = String(repeating: "─", count: width - full - (isHalf ? 1 : 0))
      return Style.green.applied(to: done, in: terminal) + Style.dim.applied(to: rest, in: terminal)
    }
    let done = String(repeating: "=", count: full) + (full < width ? ">" : "")
    return Style.green.applied(to: done, in: terminal) + String(repeating: ".", count: max(0, width - full - 1))
  }

  private var amountText: String {
    switch unit {
    case .items: return total.map { "\(Format.count(done))/\(Format.count($0))" } ?? Format.count(done)
    case .bytes: return total.map { "\(Format.bytes(done)) of \(Format.bytes($0))" } ?? Format.bytes(done)
    }
  }

  private func rateText(_ rate: Double) -> String {
    switch unit {
    case .items(let name): return "\(Format.rate(rate)) \(name)/s"
    case .bytes: return rate < 1e15 ? Format.bytes(Int(rate)) + "/s" : "?"
    }
  }

  private static let epoch = ContinuousClock.now

  private static func secondsSinceStart() -> Double {
    let (seconds, attoseconds) = (ContinuousClock.now - epoch).components
    return Double(seconds) + Double(attoseconds) * 1e-18
  }
}
