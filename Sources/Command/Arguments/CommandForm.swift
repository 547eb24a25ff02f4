import CajalTerminal

/// What a command takes and how its help reads.
///
/// Example:
/// ```swift
/// let form = CommandForm(
///   "cajal train", "Trains a network.", [Positional("TASK", "what to learn")],
///   [Option("--epochs", .integer("N", 1...1000), "passes over the data")])
/// let arguments = try form.parse(["digits", "--epochs", "5"])
/// ```
public struct CommandForm: Sendable {
  /// The words that call it: `cajal train`.
  public let name: String
  /// One sentence.
  public let summary: String
  public let positionals: [Positional]
  public let options: [Option]
  /// Command lines to try, each with what it does.
  public let examples: [(line: String, meaning: String)]
  /// Paragraphs between the options and the examples.
  public let notes: [String]

  public init(
    _ name: String, _ summary: String, _ positionals: [Positional] = [], _ options: [Option] = [],
    notes: [String] = [], examples: [(line: String, meaning: String)] = []
  ) {
    self.name = name
    self.summary = summary
    self.positionals = positionals
    self.options = options + [Option("--help", .none, "shows this text")]
    self.notes = notes
    self.examples = examples
  }

  /// Whether the person asks for help, wherever among the words (before a `--`).
  public static func asksForHelp(_ words: some Sequence<String>) -> Bool {
    for word in words {
      if word == "--" { return false }
      if word == "--help" || word == "-h" { return true }
    }
    return false
  }

  // MARK: - Parsing

  /// Sorts words into options and positionals.
  ///
  /// An option's value follows it as the next word or after `=`; after `--` nothing is an option.
  /// Errors: `UsageError` for what the form does not have.
  public func parse(_ words: some Sequence<String>) throws(UsageError) -> Arguments {
    var arguments = Arguments()
    var rest = Array(words)[...]
    var mayBeOption = true
    while let word = rest.popFirst() {
      if mayBeOption, word == "--" {
        mayBeOption = false
      } else if mayBeOption, word.hasPrefix("-"), word.count > 1 {
        try takeOption(word, &rest, &arguments)
      } else {
        arguments.positionals.append(word)
      }
    }
    try checkPositionals(arguments.positionals)
    return arguments
  }

  private func takeOption(
    _ word: String, _ rest: inout ArraySlice<String>, _ arguments: inout Arguments
  ) throws(UsageError) {
    let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let name = parts[0]
    guard let option = options.first(where: { $0.name == name }) else {
      throw error("there is no option '\(name)'." + didYouMean(name, in: options.map(\.name)))
    }
    guard arguments.values[name] == nil else { throw error("\(name) was given twice.") }
    guard let placeholder = option.value.placeholder else {
      guard parts.count == 1 else { throw error("\(name) takes no value, but '\(parts[1])' was given.") }
      arguments.values[name] = ""
      return
    }
    let value: String
    if parts.count > 1 {
      value = parts[1]
    } else if let next = rest.first, !next.hasPrefix("--") {
      value = next
      rest.removeFirst()
    } else {
      throw error("\(name) needs a value: \(name) \(placeholder).")
    }
    if let problem = option.problem(with: value) { throw error(problem + ".") }
    arguments.values[name] = value
  }

  private func checkPositionals(_ words: [String]) throws(UsageError) {
    for (index, positional) in positionals.enumerated() where !positional.isOptional && index >= words.count {
      throw error("\(positional.name) is missing: \(positional.help).")
    }
    if positionals.last?.takesMany != true, words.count > positionals.count {
      let place = words.count == 1 || positionals.isEmpty ? "" : " after '\(words[positionals.count - 1])'"
      throw error("nothing is expected\(place), but '\(words[positionals.count])' was given.")
    }
  }

  /// A mistake in how the command was called.
  public func error(_ message: String) -> UsageError { UsageError("\(name): \(message)", helpFrom: name) }

  // MARK: - Help

  /// `cajal train TASK [--epochs N]`
  public var usage: String {
    ([name] + positionals.map(\.usage) + options.filter { $0.name != "--help" }.map { "[\($0.usage)]" })
      .joined(separator: " ")
  }

  /// The whole help text.
  public func help(for terminal: Terminal = .plain) -> String {
    var text = summary + "\n\n" + heading("Usage", terminal) + wrapped(usage, indent: 2, hanging: name.count + 1)
    if !positionals.isEmpty {
      text += "\n" + list("Arguments", positionals.map { ($0.name, $0.help) }, terminal)
    }
    text += "\n" + list("Options", options.map { ($0.usage, $0.help) }, terminal)
    for note in notes { text += "\n" + wrapped(note, indent: 0, hanging: 0) }
    if !examples.isEmpty {
      text += "\n" + list("Examples", examples.map { ($0.line, $0.meaning) }, terminal)
    }
    return text
  }

  private func list(_ title: String, _ rows: [(String, String)], _ terminal: Terminal) -> String {
    heading(title, terminal) + columns(rows)
  }
}

/// A title of a part of a help text.
public func heading(_ title: String, _ terminal: Terminal) -> String {
  Style.bold.applied(to: title + ":", in: terminal) + "\n"
}

/// Two columns of text, indented by 2, the second one starting at the same place everywhere.
public func columns(_ rows: [(String, String)]) -> String {
  let width = min(56, rows.map { $0.0.count }.max() ?? 0)
  return rows.map { first, second in
    guard first.count <= width else { return "  \(first)\n" + String(repeating: " ", count: width + 4) + second + "\n" }
    return "  " + first + String(repeating: " ", count: width - first.count + 2) + second + "\n"
  }.joined()
}

/// Words in lines of at most 96 letters; bracketed groups stay whole.
private func wrapped(_ text: String, indent: Int, hanging: Int) -> String {
  var groups: [String] = []
  var depth = 0
  for word in text.split(separator: " ") {
    if depth > 0, let last = groups.popLast() { groups.append(last + " " + word) } else { groups.append(String(word)) }
    depth += word.count { $0 == "[" } - word.count { $0 == "]" }
  }
  var lines = [String(repeating: " ", count: indent)]
  for group in groups {
    let last = lines[lines.count - 1]
    let isStart = last.allSatisfy { $0 == " " }
    if !isStart, last.count + 1 + group.count > 96 {
      lines.append(String(repeating: " ", count: indent + hanging) + group)
    } else {
      lines[lines.count - 1] += (isStart ? "" : " ") + group
    }
  }
  return lines.joined(separator: "\n") + "\n"
}
