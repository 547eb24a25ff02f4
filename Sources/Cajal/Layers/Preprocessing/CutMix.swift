/// Puts a random rectangle of another image of its batch into each image, and mixes their labels by the areas.
///
/// The area left is drawn from Beta(α, α), with α drawn between the bounds of `factor`. Training only.
/// Shapes: `[images, labels]` of `[batch, height, width, channels]` and `[batch, classes]` → the same.
/// Source: Yun et al., arXiv:1905.04899.
/// Example: `let mixed = CutMix()(images, labels)`
public struct CutMix: Layer {
  /// α, in 0 … 1; one number n stands for 0 … n. Two bounds are taken at their middle.
  public var factor: RandomFactor
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(_ factor: RandomFactor = 1, name: String? = nil) {
    self.factor = factor
    self.name = LayerName(name)
  }

  public func forward(_ inputs: [Tensor]) throws -> [Tensor] {
    let (images, labels) = try imagesAndLabels(inputs)
    let scope = images.scope
    guard scope.isTraining else { return [images, labels] }
    let (lower, upper) = factor.bounds(from: 0)
    try demand(upper <= 1, expected: "a factor from 0 to 1", given: "it is \(factor.numbers)")
    let batch = images.shape[0]
    let weight = try scope.beta(max((lower + upper) / 2, 1e-2), count: batch).reshaped([batch, 1, 1, 1])
    let side = (1 - weight).maximum(0).sqrt()
    var (isInside, area): (Tensor?, Tensor) = (nil, Tensor(1))
    for axis in [2, 1] {
      let size = Double(images.shape[axis])
      let length = side * size
      let start = scope.uniform([batch, 1, 1, 1]) * (size - length)
      var grid: Shape = [1, 1, 1, 1]
      grid.dimensions[axis] = images.shape[axis]
      let place = Tensor.indices(along: axis, shape: grid).cast(to: .float32)
      let along = (place .>= start).and(place .< start + length)
      isInside = isInside.map { $0.and(along) } ?? along
      area = area * (length / size)
    }
    let order = scope.shuffled(batch)
    guard let isInside else { return [images, labels] }
    let left = (1 - area).reshaped(Shape([batch] + Array(repeating: 1, count: labels.rank - 1)))
    return [
      isInside.select(images.gathered(order), images), left * labels + (1 - left) * labels.gathered(order),
    ]
  }
}
