/// How many axes of places a layer's windows move along.
public protocol SpatialAxes: Sendable {
  /// 1 for sequences, 2 for images, 3 for volumes.
  static var count: Int { get }
}

/// The axis of a sequence.
public enum OneAxis: SpatialAxes { public static var count: Int { 1 } }
/// Height and width of an image.
public enum TwoAxes: SpatialAxes { public static var count: Int { 2 } }
/// Depth, height and width of a volume.
public enum ThreeAxes: SpatialAxes { public static var count: Int { 3 } }
