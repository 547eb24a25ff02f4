/// Numbers of categories as rows of zeros and ones.
///
/// Shapes: numbers 0 ..< numTokens of `[batch, n]` → `[batch, numTokens]` for `.multiHot` and `.count`; `[batch, …]` →
/// `[batch, …, numTokens]` for `.oneHot`, where a last axis of 1 is dropped first.
/// Example: `CategoryEncoding(numTokens: 4, outputMode: .oneHot)`
public struct CategoryEncoding: Layer {
  /// How many categories there are.
  public var numTokens: Int
  /// What is given for the numbers; `.int` and `.tfIdf` are none of them.
  public var outputMode: CategoryOutput
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(numTokens: Int, outputMode: CategoryOutput = .multiHot, name: String? = nil) {
    self.numTokens = numTokens
    self.outputMode = outputMode
    self.name = LayerName(name)
  }

  public func forward(_ input: Tensor) throws -> Tensor {
    try demandPositive("numTokens", numTokens)
    try demand(
      [.oneHot, .multiHot, .count].contains(outputMode), expected: "outputMode .oneHot, .multiHot or .count",
      given: "it is \(outputMode)")
    let numbers = input.dtype.isFloating ? input.cast(to: .int32) : input
    return numbers.encoded(outputMode, depth: numTokens)
  }
}
