extension Table {
  /// How often each true class was taken for each class: one row per true class, one column per predicted class.
  ///
  /// Right answers (the diagonal) are green, mistakes red, zeros a dim dot; the last column is the recall of the row's class,
  /// right answers / all of that class.
  ///
  /// - Parameters:
  ///   - counts: `counts[true][predicted]`, square.
  ///   - labels: the names of the classes; where there are fewer, the number of the class.
  ///   - corner: the head of the first column.
  public static func confusionMatrix(_ counts: [[Int]], labels: [String] = [], corner: String = "true \\ predicted")
    -> Table
  {
    func label(_ index: Int) -> String { index < labels.count ? labels[index] : "\(index)" }
    let classes = counts.count
    var table = Table(
      [corner] + (0..<classes).map(label) + ["recall"],
      alignments: [.leading] + Array(repeating: .trailing, count: classes + 1))
    for (truth, row) in counts.enumerated() {
      var cells: [Cell] = [.text(label(truth), style: .bold)]
      for (predicted, count) in row.prefix(classes).enumerated() {
        if count == 0 {
          cells.append(.text("·", style: .dim))
        } else {
          cells.append(.integer(count, style: predicted == truth ? .green : .red))
        }
      }
      cells += Array(repeating: .empty, count: max(0, classes - row.count))
      let total = row.reduce(0, +)
      let right = truth < row.count ? row[truth] : 0
      cells.append(total > 0 ? .text(Format.percent(Double(right) / Double(total), digits: 1)) : .empty)
      table.addRow(cells)
    }
    return table
  }
}
