import Cajal

/// A convolution whose output maps each see some of the input channels, named by a table.
///
/// Only the connected weights exist; they are laid into a full kernel with zeros elsewhere, so that one ordinary
/// convolution does the work.
///
/// Shapes: x `[batch, height, width, channels]` → `[batch, height′, width′, maps]`; `kernel` `[height, width,
/// connections]` with the connections in the table's order, `bias` `[maps]`.
/// Errors: a channel the input does not have, or one named twice for a map.
/// Source: LeCun et al., 1998, table I.
public struct PartiallyConnectedConv2D: Layer {
  /// The input channels of each output map.
  public var connections: [[Int]]
  /// Places of the window along each spatial axis.
  public var kernelSize: [Int]
  /// The function of the results.
  public var activation: ActivationFunction
  public var name: LayerName

  /// Describes the layer; each option is the property of that name.
  public init(
    _ connections: [[Int]], kernelSize: some SpatialSize, activation: ActivationFunction = .linear, name: String? = nil
  ) {
    self.connections = connections
    self.kernelSize = kernelSize.sizes(axes: 2)
    self.activation = activation
    self.name = LayerName(name)
  }

  public func forward(_ input: Tensor) throws -> Tensor {
    try demandAxes(input, "batch, height, width, channels", count: 4)
    try demand(
      kernelSize.count == 2 && kernelSize.allSatisfy { (1...1 << 12).contains($0) },
      expected: "a kernelSize of one or two numbers from 1 on", given: "it is \(kernelSize)")
    let (channels, maps) = (input.shape.last, connections.count)
    try demand(
      maps > 0
        && connections.allSatisfy { row in
          !row.isEmpty && Set(row).count == row.count && row.allSatisfy { (0..<channels).contains($0) }
        },
      expected: "for each map some of the channels 0..<\(channels), each once", given: "the table is \(connections)")
    let places = kernelSize[0] * kernelSize[1]
    let targets = connections.enumerated().flatMap { map, row in row.map { Int32($0 * maps + map) } }
    let limit = 2.4 * Float(maps) / Float(places * targets.count)  // 2.4 / the mean fan in
    let weights = input.scope.parameter(
      "kernel", Shape(kernelSize + [targets.count]), .randomUniform(lower: -limit, upper: limit))
    let bias = input.scope.parameter("bias", [maps], .zeros)
    let full = weights.reshaped([places, targets.count])
      .scatteredAdd(at: Tensor(targets, shape: [targets.count]), size: channels * maps, axis: 1)
      .reshaped(Shape(kernelSize + [channels, maps]))
    let window = Window(strides: [1, 1], paddingLow: [0, 0], paddingHigh: [0, 0], dilations: [1, 1])
    return activation(input.convolved(full, window: window) + bias)
  }
}
