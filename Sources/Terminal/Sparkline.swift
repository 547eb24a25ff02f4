// Small pictures made of characters.

/// A curve in one line of text, such as `█▆▄▃▂▁▁▁`: the lowest value is the lowest bar, the highest the full one.
///
/// - Parameters:
///   - values: the curve; what is not finite leaves a space.
///   - width: columns at most; longer curves are averaged over neighbours.
///   - terminal: decides between bars and plain characters.
public func sparkline(_ values: [Double], width: Int = 40, in terminal: Terminal = .plain) -> String {
  let levels: [Character] = Array(terminal.allowsUnicode ? "▁▂▃▄▅▆▇█" : "_.-~=+*#")
  let points = averaged(values, into: max(1, width))
  let finite = points.filter(\.isFinite)
  guard let lowest = finite.min(), let highest = finite.max() else {
    return String(repeating: " ", count: points.count)
  }
  return String(
    points.map { point -> Character in
      if !point.isFinite { return " " }
      let height = relative(point, from: lowest, to: highest) ?? 0
      return levels[min(levels.count - 1, Int(height * Double(levels.count)))]
    })
}

/// A picture in shades of text, two characters to a cell, each row a line: for digits, attention and other small matrices.
///
/// - Parameters:
///   - values: rows from the top, of any lengths; the lowest value is blank and the highest is full. What is not finite is `?`.
///   - range: what blank and full stand for; the lowest and highest value by default.
///   - terminal: decides between shades and plain characters.
public func shadedMap(_ values: [[Double]], range: ClosedRange<Double>? = nil, in terminal: Terminal = .plain) -> String
{
  let shades: [Character] = Array(terminal.allowsUnicode ? " ░▒▓█" : " .:*#")
  let finite = values.joined().filter(\.isFinite)
  let lowest = range?.lowerBound ?? finite.min() ?? 0
  let highest = range?.upperBound ?? finite.max() ?? 0
  var result = ""
  for row in values {
    for value in row {
      var shade: Character = "?"
      if value.isFinite {
        let part = min(1, max(0, relative(value, from: lowest, to: highest) ?? 0))
        shade = shades[min(shades.count - 1, Int(part * Double(shades.count)))]
      }
      result.append(shade)
      result.append(shade)
    }
    result = result.withoutTrailingSpaces + "\n"
  }
  return result
}

/// Where a value lies between two others, 0...1; `nil` where they are the same.
private func relative(_ value: Double, from lowest: Double, to highest: Double) -> Double? {
  let span = highest / 2 - lowest / 2
  return span > 0 ? (value / 2 - lowest / 2) / span : nil
}

private func averaged(_ values: [Double], into count: Int) -> [Double] {
  if values.count <= count { return values }
  return (0..<count).map { index in
    let group = values[(index * values.count / count)..<((index + 1) * values.count / count)].filter(\.isFinite)
    return group.isEmpty ? .nan : group.reduce(0) { $0 + $1 / Double(group.count) }
  }
}
