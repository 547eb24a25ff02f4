/// A network as boxes and arrows: what `Model.diagram` draws.
struct Diagram {
  struct Box {
    var title: String
    var detail: String
    /// Numbers of the boxes that lead here; all of them come before.
    var sources: [Int]
  }

  var boxes: [Box] = []

  /// Where everything stands: boxes in rows, and places in the rows between for arrows that go further than one.
  private struct Layout {
    struct Place {
      /// The box; nil where an arrow passes through.
      var box: Int?
      var row: Int
      var sources: [Int]
      var x = 0.0
    }
    var places: [Place] = []
    var rows: [[Int]] = []
  }

  private static let (height, gapX, gapY, margin, letter) = (44.0, 28.0, 34.0, 20.0, 7.4)
  private static let passage = 14.0

  private var width: Double {
    let longest = boxes.map { max($0.title.count, $0.detail.count) }.max() ?? 10
    return max(Double(longest) * Self.letter + 24, 120)
  }

  /// The row of each box: below those that lead to it, and right above the first that needs it.
  private var depths: [Int] {
    var depth = [Int](repeating: 0, count: boxes.count)
    for (index, box) in boxes.enumerated() { depth[index] = (box.sources.map { depth[$0] + 1 }.max() ?? 0) }
    var first = [Int?](repeating: nil, count: boxes.count)
    for index in boxes.indices.reversed() {
      if let user = first[index] { depth[index] = user - 1 }
      for source in boxes[index].sources { first[source] = min(first[source] ?? depth[index], depth[index]) }
    }
    return depth
  }

  private func arranged() -> Layout {
    let depth = depths
    var layout = Layout()
    layout.rows = Array(repeating: [], count: (depth.max() ?? -1) + 1)
    layout.places = boxes.indices.map { Layout.Place(box: $0, row: depth[$0], sources: []) }
    for (index, box) in boxes.enumerated() {
      for source in box.sources {
        var last = source
        for row in depth[source] + 1..<max(depth[index], depth[source] + 1) {
          layout.places.append(Layout.Place(box: nil, row: row, sources: [last]))
          last = layout.places.count - 1
        }
        layout.places[index].sources.append(last)
      }
    }
    for index in layout.places.indices { layout.rows[layout.places[index].row].append(index) }
    // Places stand under those that lead to them, as far as there is room in the row.
    for number in layout.rows.indices {
      let wanted = layout.rows[number].map { index -> Double in
        let all = layout.places[index].sources
        let near = all.filter { layout.places[$0].box != nil }
        let sources = near.isEmpty ? all : near
        return sources.isEmpty ? 0 : sources.reduce(0) { $0 + layout.places[$1].x } / Double(sources.count)
      }
      let order = wanted.indices.sorted { (wanted[$0], $0) < (wanted[$1], $1) }
      let row = order.map { layout.rows[number][$0] }
      let sizes = row.map { layout.places[$0].box == nil ? Self.passage : width }
      var edge = 0.0
      for (index, size) in zip(row, sizes) {
        layout.places[index].x = edge + size / 2
        edge += size + Self.gapX
      }
      // Boxes that follow others decide where the row is; the rest goes beside them.
      let weights = row.map { layout.places[$0].box == nil || layout.places[$0].sources.isEmpty ? 0.01 : 1 }
      let offsets = zip(order, row).map { wanted[$0] - layout.places[$1].x }
      let shift = zip(offsets, weights).reduce(0) { $0 + $1.0 * $1.1 } / max(weights.reduce(0, +), 1e-9)
      for index in row { layout.places[index].x += shift }
      layout.rows[number] = row
    }
    return layout
  }

  /// The picture as SVG, as large as it needs to be.
  func svg() -> String {
    let layout = arranged()
    let width = self.width
    func half(_ place: Layout.Place) -> Double { (place.box == nil ? Self.passage : width) / 2 }
    let left = (layout.places.map { $0.x - half($0) }.min() ?? 0) - Self.margin
    let right = (layout.places.map { $0.x + half($0) }.max() ?? 0) + Self.margin
    let tall = Double(max(layout.rows.count, 1)) * (Self.height + Self.gapY) - Self.gapY + 2 * Self.margin
    func top(_ place: Layout.Place) -> Double { Self.margin + Double(place.row) * (Self.height + Self.gapY) }
    func text(_ value: Double) -> String { String(Int(value.rounded())) }
    func point(_ x: Double, _ y: Double) -> String { "\(text(x - left)) \(text(y))" }
    var lines = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(text(right - left))\" height=\"\(text(tall))\" "
        + "font-family=\"sans-serif\" font-size=\"12\">",
      "<defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" "
        + "orient=\"auto\"><path d=\"M0 0 L8 4 L0 8 z\" fill=\"#555\"/></marker></defs>",
      "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>",
    ]
    for place in layout.places where place.box != nil {
      for source in place.sources {
        // From the box below back through the places between to the box above.
        var path = [(place.x, top(place))]
        var at = layout.places[source]
        while at.box == nil, let next = at.sources.first {
          path += [(at.x, top(at) + Self.height), (at.x, top(at))]
          at = layout.places[next]
        }
        path.append((at.x, top(at) + Self.height))
        path.reverse()
        var curve = "M\(point(path[0].0, path[0].1))"
        for step in stride(from: 1, to: path.count, by: 2) {
          let ((x1, y1), (x2, y2)) = (path[step - 1], path[step])
          curve += " C\(point(x1, y1 + Self.gapY * 0.6)) \(point(x2, y2 - Self.gapY * 0.6)) \(point(x2, y2))"
          if step + 1 < path.count { curve += " L\(point(path[step + 1].0, path[step + 1].1))" }
        }
        lines.append("<path d=\"\(curve)\" fill=\"none\" stroke=\"#555\" marker-end=\"url(#tip)\"/>")
      }
    }
    for place in layout.places {
      guard let box = place.box.map({ boxes[$0] }) else { continue }
      let (x, y) = (place.x - width / 2 - left, top(place))
      lines.append(
        "<rect x=\"\(text(x))\" y=\"\(text(y))\" width=\"\(text(width))\" height=\"\(text(Self.height))\" rx=\"5\" "
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
