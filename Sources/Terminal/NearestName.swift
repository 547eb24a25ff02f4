/// The known name that was most likely meant, or `nil` when none is near.
///
/// Near means at most a third of the letters differ (one for short names); a letter added, left out, replaced or swapped with its
/// neighbour counts one, upper and lower case do not matter, and a beginning of at least three letters is near too.
///
/// Example: `nearestName(to: "digts", in: ["concrete", "digits", "mnist"])` is `"digits"`.
public func nearestName(to name: String, in known: some Sequence<String>) -> String? {
  let wanted = Array(name.lowercased())
  if wanted.isEmpty || wanted.count > 64 { return nil }
  var best: (name: String, distance: Int)?
  for candidate in known {
    let letters = Array(candidate.lowercased())
    if letters.isEmpty || letters.count > 64 { continue }
    let isBeginning = wanted.count >= 3 && letters.starts(with: wanted)
    let limit = max(1, max(wanted.count, letters.count) / 3)
    let distance = isBeginning ? 1 : editDistance(wanted, letters)
    if distance <= limit && distance < letters.count && distance < best?.distance ?? .max {
      best = (candidate, distance)
    }
  }
  return best?.name
}

/// The sentence ` Did you mean 'digits'?` (with its leading space) to put after an error about an unknown name, or an empty text.
public func didYouMean(_ name: String, in known: some Sequence<String>) -> String {
  nearestName(to: name, in: known).map { " Did you mean '\($0)'?" } ?? ""
}

/// Letters to add, leave out, replace or swap with their neighbour to make one word of the other (optimal string alignment).
///
/// O(n · m) time and O(m) memory.
func editDistance(_ first: [Character], _ second: [Character]) -> Int {
  var beforeLast: [Int] = []
  var last = Array(0...second.count)
  for row in first.indices {
    var current = [row + 1]
    current.reserveCapacity(second.count + 1)
    for column in second.indices {
      let isSame = first[row] == second[column]
      var best = min(last[column] + (isSame ? 0 : 1), last[column + 1] + 1, current[column] + 1)
      if row > 0 && column > 0 && first[row] == second[column - 1] && first[row - 1] == second[column] {
        best = min(best, beforeLast[column - 1] + 1)
      }
      current.append(best)
    }
    beforeLast = last
    last = current
  }
  return last[second.count]
}
