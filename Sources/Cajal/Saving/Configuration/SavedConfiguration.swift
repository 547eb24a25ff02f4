/// The beginning of a configuration: what is needed to know the rest.
struct SavedHead: Codable {
  static let formatName = "cajal.model"
  static let currentVersion = 1
  static let libraryVersion = "0.1.0"

  /// A file beside the configuration and its size.
  struct FileSize: Codable {
    var name: String
    var bytes: Int
  }

  var format = formatName
  var formatVersion = currentVersion
  /// The version of the library that wrote it, for people.
  var cajalVersion = libraryVersion
  var files: [FileSize]
  /// What random numbers and the order of samples are keyed by.
  var seed: Int
  /// Updates made so far.
  var step: Int
  /// Paths of frozen layers.
  var frozen: [String]

  func demandKnown(_ path: String) throws {
    guard format == Self.formatName else {
      throw CajalError(
        .format, path, expected: "a model saved by Cajal", given: "the format is \"\(format.prefix(40))\"")
    }
    guard (1...Self.currentVersion).contains(formatVersion) else {
      throw CajalError(
        .format, path, expected: "format version 1 to \(Self.currentVersion)", given: "it is \(formatVersion)",
        advice: "It was written by Cajal \(cajalVersion.prefix(20)): read it with that version or a newer one.")
    }
  }
}

/// The architecture and its inputs, where the model is made of a layer.
struct SavedArchitecture: Codable {
  struct Input: Codable {
    var shape: Shape
    var dtype: DType
  }

  var architecture: LayerEntry
  var inputs: [Input]

  init(_ layer: any Layer, _ types: [TensorType]) {
    architecture = LayerEntry(layer)
    inputs = types.map { Input(shape: $0.shape, dtype: $0.dtype) }
  }
}

/// What `compile` was given, where the model is compiled.
struct SavedCompilation: Codable {
  var compilation: CompileEntry?
}

/// The optimizer's class alone: readable where the class itself is not registered.
struct SavedOptimizerName: Decodable {
  struct Compilation: Decodable { var optimizer: Named }
  struct Named: Decodable { var className: String }
  var compilation: Compilation?
}

/// Where training stands, where it was saved while `fit` ran.
struct SavedProgress: Codable {
  var progress: TrainingProgress?
}

/// A point in a run of `fit`: the next sample to be seen.
struct TrainingProgress: Codable {
  /// The epoch that is running, or the next one after a whole epoch.
  var epoch: Int
  /// Samples and batches of the epoch already seen.
  var samples: Int
  var batches: Int
  /// Samples in an epoch, where known.
  var sampleCount: Int?
  /// Logs of the epochs before.
  var history: [Epoch]
  /// What callbacks remember, in their order.
  var callbacks: [CallbackEntry]

  struct Epoch: Codable {
    var epoch: Int
    var logs: Logs
  }

  struct CallbackEntry: Codable {
    var className: String
    var numbers: [String: Double]
  }
}

/// All parts in one object.
struct SavedConfiguration: Encodable {
  var head: SavedHead
  var architecture: SavedArchitecture?
  var compilation: SavedCompilation
  var progress: SavedProgress

  func encode(to encoder: Encoder) throws {
    try head.encode(to: encoder)
    try architecture?.encode(to: encoder)
    try compilation.encode(to: encoder)
    try progress.encode(to: encoder)
  }
}
