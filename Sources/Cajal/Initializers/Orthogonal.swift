// Random orthogonal matrices: the Gram-Schmidt process over rows of normal numbers.

/// Values of a kernel, seen as a matrix [all other axes, last axis], whose shorter side's vectors are orthonormal.
func orthogonalized(_ values: [Float], _ shape: Shape, gain: Float) -> [Float] {
  let columns = max(shape.last, 1)
  let rows = values.count / columns
  guard rows > 0 else { return values }
  let (count, length) = (min(rows, columns), max(rows, columns))
  // The vectors one after another, in double precision; those of columns are picked with a stride.
  func place(_ vector: Int, _ element: Int) -> Int {
    rows <= columns ? vector * columns + element : element * columns + vector
  }
  var vectors = [Double](repeating: 0, count: count * length)
  for vector in 0..<count {
    for element in 0..<length { vectors[vector * length + element] = Double(values[place(vector, element)]) }
  }
  vectors.withUnsafeMutableBufferPointer { all in
    for vector in 0..<count {
      let own = UnsafeMutableBufferPointer(rebasing: all[vector * length..<(vector + 1) * length])
      for _ in 0..<2 {  // a second round removes what rounding left
        for other in 0..<vector {
          let known = UnsafeMutableBufferPointer(rebasing: all[other * length..<(other + 1) * length])
          var dot = 0.0
          for element in 0..<length { dot += own[element] * known[element] }
          for element in 0..<length { own[element] -= dot * known[element] }
        }
      }
      var squares = 0.0
      for element in 0..<length { squares += own[element] * own[element] }
      let factor = squares > 0 ? 1 / squares.squareRoot() : 0
      for element in 0..<length { own[element] *= factor }
    }
  }
  var result = [Float](repeating: 0, count: values.count)
  for vector in 0..<count {
    for element in 0..<length { result[place(vector, element)] = gain * Float(vectors[vector * length + element]) }
  }
  return result
}
