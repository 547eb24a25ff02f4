/// Points (xᵢ, yᵢ) under one name.
public struct Series: Hashable, Sendable {
  public var name: String
  public var x: [Double]
  public var y: [Double]

  /// Points with both coordinates; the two have equal length, which is checked when the figure is drawn.
  public init(_ name: String, x: [Double], y: [Double]) {
    self.name = name
    self.x = x
    self.y = y
  }

  /// Values at x = 1, 2, 3, …, such as the loss after each epoch.
  public init(_ name: String, _ y: [Double]) {
    self.init(name, x: y.indices.map { Double($0 + 1) }, y: y)
  }

  func check(_ figure: String, logarithmicX: Bool = false, logarithmicY: Bool = false) throws(FigureError) {
    if x.count != y.count {
      throw .badData(
        figure: figure,
        problem: "series '\(name)' has \(x.count) x values but \(y.count) y values; give as many of both.")
    }
    if !zip(x, y).contains(where: { isShown($0, logarithmicX) && isShown($1, logarithmicY) }) {
      throw .badData(
        figure: figure,
        problem: "series '\(name)' has no point to draw: it is empty, or no value is finite"
          + (logarithmicX || logarithmicY ? " and above 0, as a logarithmic axis needs." : "."))
    }
  }

  private func isShown(_ value: Double, _ isLogarithmic: Bool) -> Bool {
    value.isFinite && (!isLogarithmic || value > 0)
  }
}
