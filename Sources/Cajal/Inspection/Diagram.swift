/// A network as boxes and arrows: what `Model.diagram` draws.
struct Diagram {
  struct Box {
    var title: String
    var detail: String
    /// Numbers of the boxes that lead here.
    var sources: [Int]
  }

  var boxes: [Box] = []

  /// Boxes in rows, each below those that lead to it.
  private var rows: [[Int]] {
    var depth = [Int](repeating: 0, count: boxes.count)
    for (index, box) in boxes.enumerated() { depth[index] = (box.sources.map { depth[$0] }.max() ?? -1) + 1 }
    var rows = [[Int]](repeating: [], count: (depth.max() ?? -1) + 1)
    for index in boxes.indices { rows[depth[index]].append(index) }
    // Boxes stand under those that lead to them, as far as they keep their order in the row.
    var place = [Double](repeating: 0, count: boxes.count)
    for number in rows.indices {
      let wanted = rows[number].map { index -> Double in
        let sources = boxes[index].sources
        return sources.isEmpty ? 0 : sources.reduce(0) { $0 + place[$1] } / Double(sources.count)
      }
      let order = rows[number].indices.sorted { (wanted[$0], $0) < (wanted[$1], $1) }
      rows[number] = order.map { rows[number][$0] }
      for (column, index) in rows[number].enumerated() {
        place[index] = Double(column) - Double(rows[number].count - 1) / 2
      }
    }
    return rows
  }

  /// The picture as SVG, as large as it needs to be.
  func svg() -> String {
    let (height, gapX, gapY, margin, letter) = (44.0, 28.0, 34.0, 20.0, 7.4)
    let longest = boxes.map { max($0.title.count, $0.detail.count) }.max() ?? 10
    let width = max(Double(longest) * letter + 24, 120)
    let rows = self.rows
    let columns = rows.map(\.count).max() ?? 1
    let total = Double(columns) * (width + gapX) - gapX + 2 * margin + 60
    let tall = Double(rows.count) * (height + gapY) - gapY + 2 * margin
    var corner = [(x: Double, y: Double)](repeating: (0, 0), count: boxes.count)
    for (number, row) in rows.enumerated() {
      let span = Double(row.count) * (width + gapX) - gapX
      for (column, index) in row.enumerated() {
        corner[index] = (
          (total - span) / 2 + Double(column) * (width + gapX), margin + Double(number) * (height + gapY)
        )
      }
    }
    var depth = [Int](repeating: 0, count: boxes.count)
    for (number, row) in rows.enumerated() { for index in row { depth[index] = number } }
    func text(_ value: Double) -> String { String(Int(value.rounded())) }
    var lines = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(text(total))\" height=\"\(text(tall))\" "
        + "font-family=\"sans-serif\" font-size=\"12\">",
      "<defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" "
        + "orient=\"auto\"><path d=\"M0 0 L8 4 L0 8 z\" fill=\"#555\"/></marker></defs>",
      "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>",
    ]
    for (index, box) in boxes.enumerated() {
      for source in box.sources {
        let (x1, y1) = (corner[source].x + width / 2, corner[source].y + height)
        let (x2, y2) = (corner[index].x + width / 2, corner[index].y)
        // An arrow over several rows goes around what stands between.
        let bend = depth[index] - depth[source] > 1 && abs(x1 - x2) < 1 ? width / 2 + 24 : 0
        lines.append(
          "<path d=\"M\(text(x1)) \(text(y1)) C\(text(x1 + bend * 1.3)) \(text(y1 + gapY)) "
            + "\(text(x2 + bend * 1.3)) \(text(y2 - gapY)) \(text(x2)) \(text(y2))\" fill=\"none\" stroke=\"#555\" "
            + "marker-end=\"url(#tip)\"/>")
      }
    }
    for (index, box) in boxes.enumerated() {
      let (x, y) = corner[index]
      lines.append(
        "<rect x=\"\(text(x))\" y=\"\(text(y))\" width=\"\(text(width))\" height=\"\(text(height))\" rx=\"5\" "
          + "fill=\"#eef3fa\" stroke=\"#4a6fa5\"/>")
      for (line, offset, style) in [(box.title, 18.0, " font-weight=\"bold\""), (box.detail, 34.0, " fill=\"#444\"")] {
        lines.append(
          "<text x=\"\(text(x + width / 2))\" y=\"\(text(y + offset))\" text-anchor=\"middle\"\(style)>"
            + "\(Self.escaped(line))</text>")
      }
    }
    return (lines + ["</svg>"]).joined(separator: "\n") + "\n"
  }

  private static func escaped(_ text: String) -> String {
    text.reduce(into: "") { result, character in
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      default: result.append(character)
      }
    }
  }
}
