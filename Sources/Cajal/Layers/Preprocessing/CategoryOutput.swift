/// What a layer of categories gives for their numbers.
public enum CategoryOutput: String, Hashable, Sendable, Codable {
  /// The numbers themselves.
  case int
  /// For each number a row with 1 at its place.
  case oneHot = "one_hot"
  /// For each sample one row with 1 at the places of all its numbers.
  case multiHot = "multi_hot"
  /// For each sample one row that counts its numbers.
  case count
  /// For each sample one row of counts times the words' weights.
  case tfIdf = "tf_idf"
}

extension Tensor {
  /// Numbers [batch, …] of categories below `depth`, in the form that is asked for.
  func encoded(_ output: CategoryOutput, depth: Int) -> Tensor {
    guard output != .int, !shape.isPoisoned else { return self }
    let numbers = rank > 1 && shape.last == 1 && output == .oneHot ? squeezed(axes: [-1]) : self
    let rows = numbers.oneHot(depth)
    switch output {
    case .multiHot: return rank > 1 ? rows.max(axes: [rank == 2 ? 1 : -2]) : rows
    case .count, .tfIdf: return rank > 1 ? rows.sum(axes: [1]) : rows
    default: return rows
    }
  }
}
