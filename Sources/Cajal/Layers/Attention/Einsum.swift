// Einstein's summation over two tensors, written in transposes and one product.

extension Tensor {
  /// The sum of products that an equation asks for: `"abc,cd->abd"`. Each axis has a letter, once in each operand.
  ///
  /// Letters in both operands and not in the result are summed over; letters in one operand alone and not in the result
  /// are summed out of it first.
  /// Errors: `.argument` for an equation of another form, `.shape` for axes of one letter with different sizes.
  static func einsum(_ equation: String, _ left: Tensor, _ right: Tensor) throws -> Tensor {
    let parts = equation.replacing("->", with: ",").split(separator: ",", omittingEmptySubsequences: false)
      .map { Array($0) }
    guard !left.shape.isPoisoned, !right.shape.isPoisoned else { return left.shape.isPoisoned ? left : right }
    guard parts.count == 3, equation.contains("->"), parts.allSatisfy({ Set($0).count == $0.count }),
      parts[0].count == left.rank, parts[1].count == right.rank,
      Set(parts[2]).isSubset(of: Set(parts[0] + parts[1]))
    else {
      throw CajalError(
        .argument, "einsum", expected: "an equation such as ab,bc->ac for \(left.shape) and \(right.shape)",
        given: "it is \(equation)")
    }
    var sizes: [Character: Int] = [:]
    for (letters, tensor) in [(parts[0], left), (parts[1], right)] {
      for (letter, size) in zip(letters, tensor.shape.dimensions) {
        guard sizes[letter, default: size] == size else {
          throw CajalError(
            .shape, "einsum", expected: "one size for the axis \(letter) of \(equation)",
            given: "they are \(sizes[letter] ?? 0) and \(size)")
        }
        sizes[letter] = size
      }
    }
    let (result, other) = (parts[2], [Set(parts[1]), Set(parts[0])])
    func reduced(_ letters: [Character], _ tensor: Tensor, _ others: Set<Character>) -> ([Character], Tensor) {
      let alone = letters.indices.filter { !others.contains(letters[$0]) && !result.contains(letters[$0]) }
      return (letters.indices.filter { !alone.contains($0) }.map { letters[$0] }, tensor.sum(axes: alone))
    }
    let (a, x) = reduced(parts[0], left, other[0])
    let (b, y) = reduced(parts[1], right, other[1])
    let shared = a.filter { b.contains($0) }
    let batch = shared.filter { result.contains($0) }
    let summed = shared.filter { !result.contains($0) }
    let (rows, columns) = (a.filter { !b.contains($0) }, b.filter { !a.contains($0) })
    func size(_ letters: [Character]) -> Int { letters.reduce(1) { $0 * (sizes[$1] ?? 1) } }
    func matrix(_ tensor: Tensor, _ from: [Character], _ first: [Character], _ second: [Character]) -> Tensor {
      let order = (batch + first + second).compactMap { from.firstIndex(of: $0) }
      let shape = (batch.isEmpty ? [] : [size(batch)]) + [size(first), size(second)]
      return tensor.transposed(order).reshaped(Shape(shape))
    }
    let product = matrix(x, a, rows, summed).matmul(matrix(y, b, summed, columns))
    let made = batch + rows + columns
    let order = result.compactMap { made.firstIndex(of: $0) }
    return product.reshaped(Shape(made.map { sizes[$0] ?? 1 })).transposed(order)
  }
}
