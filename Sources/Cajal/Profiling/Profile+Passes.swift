// What the compiler did, for people.
import CajalTerminal

extension Profile {
  /// What each pass of the compiler did: operations before and after, the time, and what went away and what came.
  public func passTable(for terminal: Terminal = .plain) -> String {
    var table = Table(["Pass", "Before", "After", "ms", "What it did"])
    for pass in passes {
      table.addRow([
        .text(pass.name), .integer(pass.before), .integer(pass.after), .number(pass.seconds * 1e3, digits: 2),
        .text(pass.summary),
      ])
    }
    let seconds = passes.reduce(0) { $0 + $1.seconds }
    table.addFooter([.text("total"), .empty, .empty, .number(seconds * 1e3, digits: 2), .empty])
    return table.rendered(for: terminal)
  }

  /// The program as a list: each kernel with its operands in order, what runs it, and its size.
  public var listing: String {
    "\(title)\n" + kernels.enumerated().map { index, kernel in "  \(index): \(kernel.line)\n" }.joined() + "\n" + totals
  }
}

extension Profile.CompilerPass {
  /// `-12 reshape, -3 add; +3 convolution + bias`, with a note.
  var summary: String {
    func list(_ counts: [String: Int], _ sign: String) -> String {
      let sorted = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      let shown = sorted.prefix(5).map { "\(sign)\($0.value) \($0.key)" }
      return shown.joined(separator: ", ") + (sorted.count > 5 ? ", … (\(sorted.count) kinds)" : "")
    }
    let imported = name == "import" ? [list(made, "")] : [list(removed, "-"), list(made, "+")]
    let parts = (imported + [note]).filter { !$0.isEmpty }
    return parts.isEmpty ? "nothing" : parts.joined(separator: "; ")
  }
}
