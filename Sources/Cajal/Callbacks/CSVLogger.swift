import Foundation

/// Writes a line of each epoch's logs to a file of separated values: `epoch` (from 0), then the logs in their order.
///
/// The columns are those of the first epoch, or those of the file that is appended to. An epoch without one of them
/// gets `NA`; a log without a column is an error. Text with separators or quotes is quoted. Each line is written whole.
/// Missing folders are made. With `append` an existing file is continued, as Keras's `CSVLogger` does; without, it is
/// begun anew. In a run that `BackupAndRestore` lets go on, the file is continued either way, from the line of the
/// backup's epoch, so that each epoch has one line.
/// Example: `CSVLogger("runs/log.csv", append: true)`
public final class CSVLogger: Callback {
  /// The file.
  public let path: String
  /// What stands between two values.
  public let separator: Character
  /// Whether an existing file is continued.
  public let append: Bool

  private var file: FileHandle?
  private var columns: [String]?
  /// The file is to be emptied when the first epoch begins, unless the run turns out to be a resumed one.
  private var isFresh = false
  private var resumptionError: (any Error)?

  /// A logger to a file, which is made when training begins.
  public init(_ path: String, separator: Character = ",", append: Bool = false) {
    self.path = path
    self.separator = separator
    self.append = append
  }

  public func trainBegin(_ training: TrainingContext) throws {
    try? file?.close()
    (file, columns, resumptionError) = (nil, nil, nil)
    try makeFolder()
    if append { try readColumns() }
    // Opened in place: making the file anew would put a plain one where a link or a device stood.
    let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_APPEND, 0o644)
    guard descriptor >= 0 else { throw refused(String(cString: strerror(errno))) }
    file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    isFresh = !append
    if append { try endLastLine() }
  }

  public func epochBegin(_ training: TrainingContext) throws { try begin() }

  /// The size of the file, at which a run goes on.
  public var state: CallbackState { CallbackState(numbers: file == nil ? [:] : ["bytes": Double(size)]) }

  public func restore(_ state: CallbackState) {
    isFresh = false
    do {
      // Lines written after the backup are of epochs that come again.
      if let bytes = state.numbers["bytes"].flatMap({ Int(exactly: $0) }), bytes >= 0, bytes < size {
        _ = file.map { ftruncate($0.fileDescriptor, off_t(bytes)) }
      }
      try readColumns()
      try endLastLine()
    } catch {
      resumptionError = error
    }
  }

  /// What waits until it is known whether the run is a resumed one.
  private func begin() throws {
    if let resumptionError { throw resumptionError }
    guard isFresh else { return }
    isFresh = false
    // A device cannot be cut and need not be.
    _ = file.map { ftruncate($0.fileDescriptor, 0) }
  }

  private var size: Int { file.map { max(Int(lseek($0.fileDescriptor, 0, SEEK_END)), 0) } ?? 0 }

  private func makeFolder() throws {
    guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return }
    let folder = String(path[..<slash])
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw CajalError(
        .system, "CSVLogger", expected: "a folder \(folder)",
        given: "it cannot be made: \(error.localizedDescription)")
    }
  }

  /// The columns of the file that is continued, if it has any.
  private func readColumns() throws {
    guard FileManager.default.fileExists(atPath: path) else { return }
    var old = Data()
    try reporting { old = try Data(contentsOf: URL(fileURLWithPath: path)) }
    columns = old.isEmpty ? nil : try header(of: old)
  }

  /// A line that was cut off is ended, so that the next one stands by itself.
  private func endLastLine() throws {
    guard size > 0 else { return }
    var old = Data()
    try reporting { old = try Data(contentsOf: URL(fileURLWithPath: path)) }
    if let last = old.last, last != UInt8(ascii: "\n") { try write("\n") }
  }

  public func epochEnd(_ training: TrainingContext) throws {
    let names: [String]
    if let columns {
      names = columns
    } else {
      names = ["epoch"] + training.logs.names
      try write(line(names))
      columns = names
    }
    if let stranger = training.logs.names.first(where: { !names.contains($0) }) {
      throw CajalError(
        .format, "CSVLogger \(path)", expected: "the columns \(names.joined(separator: ", "))",
        given: "epoch \(training.epoch + 1) also has \(stranger)", advice: "Log to a new file.")
    }
    let cells = names.map { name in
      name == "epoch" ? String(training.epoch) : training.logs[name].map { "\($0)" } ?? "NA"
    }
    try write(line(cells))
  }

  public func trainEnd(_ training: TrainingContext) throws {
    try begin()
    try reporting { try file?.close() }
    file = nil
  }

  private func line(_ cells: [String]) -> String { cells.map(quoted).joined(separator: String(separator)) + "\n" }

  private func quoted(_ cell: String) -> String {
    guard cell.contains(where: { $0 == separator || $0 == "\"" || $0.isNewline }) else { return cell }
    return "\"" + cell.replacingOccurrences(of: "\"", with: "\"\"") + "\""
  }

  /// The columns named in a file's first line.
  private func header(of data: Data) throws -> [String] {
    let end = data.firstIndex(of: UInt8(ascii: "\n")) ?? data.endIndex
    guard let first = String(data: data[..<end], encoding: .utf8) else { throw refused("its first line is no text") }
    var cells = [""]
    var isQuoted = false
    var last: Character?
    for character in first where character != "\r" {
      defer { last = character }
      switch character {
      case "\"":
        // A quote right after a closing one stands for itself.
        if !isQuoted, last == "\"" { cells[cells.count - 1].append(character) }
        isQuoted.toggle()
      case separator where !isQuoted: cells.append("")
      default: cells[cells.count - 1].append(character)
      }
    }
    guard cells.first == "epoch" else { throw refused("its first line is \(first.prefix(60))") }
    return cells
  }

  private func write(_ text: String) throws { try reporting { try file?.write(contentsOf: Data(text.utf8)) } }

  private func reporting(_ body: () throws -> Void) throws {
    do {
      try body()
    } catch {
      throw CajalError(.system, "CSVLogger", expected: "to write \(path)", given: "\(error.localizedDescription)")
    }
  }

  private func refused(_ reason: String) -> CajalError {
    CajalError(
      .system, "CSVLogger", expected: "a log file at \(path)", given: reason,
      advice: "Choose another path, or append: false to begin a new file.")
  }
}
