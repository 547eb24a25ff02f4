import Cajal

/// The fields of a whole file as text, and what columns they make.
struct Cells {
  private(set) var bytes: [UInt8] = []
  private var ends: [Int] = []
  private(set) var lines: [Int] = []
  private(set) var columnCount = 0

  var rowCount: Int { lines.count }

  mutating func append(_ reader: CSVReader) {
    if columnCount == 0 { columnCount = reader.ends.count }
    let base = bytes.count
    bytes += reader.bytes
    for end in reader.ends { ends.append(base + end) }
    lines.append(reader.line)
  }

  private func cell(_ row: Int, _ column: Int) -> ArraySlice<UInt8> {
    let index = row * columnCount + column
    return bytes[(index == 0 ? 0 : ends[index - 1])..<ends[index]]
  }

  private func text(_ row: Int, _ column: Int) -> String {
    var cell = cell(row, column)
    while cell.first == 0x20 { cell.removeFirst() }
    while cell.last == 0x20 { cell.removeLast() }
    return String(decoding: cell, as: UTF8.self)
  }

  func names(row: Int) -> [String] {
    (0..<columnCount).map { column in
      let name = text(row, column)
      return name.isEmpty ? "column\(column + 1)" : name
    }
  }

  /// Names are never numbers and do not come again in their column.
  func seemsToHaveHeader(_ options: CSVOptions) -> Bool {
    guard rowCount > 1 else { return false }
    for column in 0..<columnCount {
      if parsedNumber(cell(0, column)) != nil { return false }
    }
    for column in 0..<columnCount where !cell(0, column).isEmpty {
      let name = cell(0, column)
      if (1..<min(rowCount, 1000)).contains(where: { cell($0, column) == name }) { return false }
    }
    return true
  }

  func column(_ index: Int, name: String, firstRow: Int, _ options: CSVOptions) -> Column {
    var column = Column(name: name, kind: .number)
    let markers = Set(options.missingMarkers.map { Array($0.utf8) })
    let longest = markers.map(\.count).max() ?? -1
    func isMissing(_ cell: ArraySlice<UInt8>) -> Bool {
      cell.count <= longest && markers.contains(Array(cell))
    }
    let wanted = options.kinds[name]
    if wanted == nil || wanted == .number {
      column.numbers.reserveCapacity(rowCount - firstRow)
      var isNumeric = true
      for row in firstRow..<rowCount {
        let cell = cell(row, index)
        if let number = parsedNumber(cell) {
          column.numbers.append(number)
        } else if isMissing(cell) {
          column.missing.append(row - firstRow)
          column.numbers.append(.nan)
        } else {
          isNumeric = false
          break
        }
      }
      if isNumeric { return column }
      column = Column(name: name, kind: .text)
    }
    var codes: [String: Int32] = [:]
    var words: [String] = []
    for row in firstRow..<rowCount {
      let word = text(row, index)
      if options.missingMarkers.contains(word) {
        column.missing.append(row - firstRow)
        column.codes.append(-1)
      } else if let code = codes[word] {
        column.codes.append(code)
      } else {
        codes[word] = Int32(words.count)
        column.codes.append(Int32(words.count))
        words.append(word)
      }
    }
    column.sortVocabulary(words)
    let present = column.codes.count - column.missing.count
    let repeats = words.count <= 20 || (words.count <= 1000 && words.count * 4 <= present)
    column.kind = wanted == .category || (wanted != .text && repeats) ? .category : .text
    return column
  }
}

extension Column {
  /// Puts the words in order and renumbers the rows.
  fileprivate mutating func sortVocabulary(_ words: [String]) {
    let numbers = words.map { parsedNumber(Array($0.utf8)[...]) }
    let areNumbers = !numbers.contains(nil)
    let order = words.indices.sorted {
      if areNumbers, let a = numbers[$0], let b = numbers[$1], a != b { return a < b }
      return words[$0].utf8.lexicographicallyPrecedes(words[$1].utf8)
    }
    var place = [Int32](repeating: 0, count: words.count)
    for (new, old) in order.enumerated() { place[old] = Int32(new) }
    vocabulary = order.map { words[$0] }
    codes = codes.map { $0 < 0 ? $0 : place[Int($0)] }
  }
}
