import Cajal

/// Small tasks with known answers.
enum Samples {
  /// Points around three centres, [count, 2], and the number of the centre.
  static func blobs(_ count: Int) -> (x: Tensor, y: Tensor) {
    var random = RandomSource(seed: 7)
    let labels = (0..<count).map { Int32($0 % 3) }
    let centres = Tensor([[2, 0], [-2, 1], [0, -2]]).gathered(Tensor(labels, shape: [count]))
    return (centres + random.normal([count, 2], deviation: 0.4), Tensor(labels, shape: [count]))
  }

  /// Pictures [count, size, size, channels] of horizontal (class 0) and vertical stripes (class 1).
  static func stripes(_ count: Int, size: Int, channels: Int = 1) -> (x: Tensor, y: Tensor) {
    let labels = (0..<count).map { Int32($0 % 2) }
    var pixels: [Float] = []
    for sample in 0..<count {
      for row in 0..<size {
        for column in 0..<size {
          let place = (sample % 2 == 1 ? column : row) + sample / 2
          pixels += Array(repeating: place / 2 % 2 == 0 ? 1 : -1, count: channels)
        }
      }
    }
    return (Tensor(pixels, shape: [count, size, size, channels]), Tensor(labels, shape: [count]))
  }
}
