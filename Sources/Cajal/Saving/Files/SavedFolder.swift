import Foundation

/// A saved model as it lies on the disk, open for reading: all its files are of one time.
///
/// `config.json` is written last and lists the sizes of the others, so that a folder is either complete or none.
struct SavedFolder {
  static let configuration = "config.json"
  static let weights = "model.safetensors"
  static let training = "training.safetensors"
  static let names = [configuration, weights, training]
  static let mostConfigurationBytes = 64 << 20

  let path: String
  let head: SavedHead
  /// The bytes of `config.json`.
  let json: Data
  private let files: [String: OpenFile]

  // MARK: - Opening

  /// Opens the folder, or what was written aside for it where a kill has come between two moves.
  ///
  /// Errors: `.missing` where there is nothing, `.format` where it is no saved model.
  init(_ path: String) throws {
    let target = Aside.resolved(path)
    // A writer may put a new folder in place while this one is being opened.
    for attempt in 0..<8 {
      if Aside.kind(target) != nil {
        do {
          self = try Self(opening: target)
          return
        } catch let error as CajalError where error.kind == .missing && attempt < 7 {
          usleep(useconds_t(1_000 << attempt))
          continue
        }
      }
      if let spare = Self.spare(target) {
        self = spare
        return
      }
    }
    throw CajalError(
      .missing, path, expected: "a saved model", given: "there is nothing at this path",
      advice: "Check the path; model.save(to:) makes it.")
  }

  /// Whether there is something to open.
  static func exists(_ path: String) -> Bool {
    let target = Aside.resolved(path)
    return Aside.kind(target) != nil || spare(target) != nil
  }

  /// The newest complete folder among those written aside.
  private static func spare(_ target: String) -> SavedFolder? {
    let complete = Aside.leftovers(target).compactMap { try? Self(opening: $0) }
    func time(_ folder: SavedFolder) -> (Int, Int) {
      guard let time = (try? folder.files[configuration]?.status())?.map(\.st_mtim) else { return (0, 0) }
      return (time.tv_sec, time.tv_nsec)
    }
    return complete.max { time($0) < time($1) }
  }

  private init(opening path: String) throws {
    guard Aside.isFolder(path) else {
      throw CajalError(
        .format, path, expected: "a saved model, which is a folder", given: "it is a file",
        advice: "Weights alone are read by model.loadWeights(from:).")
    }
    let folder = try OpenFile.folder(path)
    let configuration = try OpenFile.reading(Self.configuration, in: folder)
    let size = try configuration.byteCount()
    guard size <= Self.mostConfigurationBytes else {
      throw CajalError(
        .format, configuration.path, expected: "at most \(Self.mostConfigurationBytes) bytes",
        given: "there are \(size)")
    }
    json = Data(try configuration.bytes(at: 0, count: size))
    head = try Self.decode(SavedHead.self, json, configuration.path)
    try head.demandKnown(configuration.path)
    var files = [Self.configuration: configuration]
    for entry in head.files where Self.names.contains(entry.name) {
      let file = try OpenFile.reading(entry.name, in: folder)
      let given = try file.byteCount()
      guard given == entry.bytes else {
        throw CajalError(
          .format, file.path, expected: "\(entry.bytes) bytes, as config.json says", given: "there are \(given)",
          advice: "The file is damaged: copy or save the model again.")
      }
      files[entry.name] = file
    }
    self.path = path
    self.files = files
  }

  // MARK: - Parts

  /// One of the files of tensors, where the folder has it.
  func tensors(_ name: String) throws -> SafetensorsFile? { try files[name].map(SafetensorsFile.init) }

  /// A part of `config.json`.
  func decode<Part: Decodable>(_ part: Part.Type) throws -> Part {
    try Self.decode(part, json, path + "/" + Self.configuration)
  }

  private static func decode<Part: Decodable>(_ part: Part.Type, _ json: Data, _ path: String) throws -> Part {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    do {
      return try decoder.decode(part, from: json)
    } catch let error as CajalError {
      throw error.noticed(by: path)
    } catch {
      throw CajalError(
        .format, path, expected: "the configuration of a model", given: Self.describe(error),
        advice: "The file is damaged or of another kind.")
    }
  }

  private static func describe(_ error: any Error) -> String {
    func place(_ context: DecodingError.Context) -> String {
      let path = context.codingPath.prefix(16).map(\.stringValue).joined(separator: ".")
      return path.isEmpty ? "its top" : String(path.prefix(200))
    }
    switch error {
    case DecodingError.keyNotFound(let key, let context): return "\(key.stringValue) is missing in \(place(context))"
    case DecodingError.typeMismatch(let type, let context): return "\(place(context)) is no \(type)"
    case DecodingError.valueNotFound(_, let context): return "\(place(context)) has no value"
    case DecodingError.dataCorrupted(let context): return "\(place(context)) is not right: \(context.debugDescription)"
    default: return "\(error)"
    }
  }

  // MARK: - Writing

  /// Removes a saved model, with what was written aside for it.
  static func remove(_ path: String) {
    let target = Aside.resolved(path)
    Aside.sweep(target)
    AsideFolder.remove(target)
  }

  /// Writes the files of tensors, then the configuration, each on the disk before the next thing happens.
  static func write(
    _ parts: [(name: String, contents: SafetensorsContents)], to path: String,
    configuration: ([SavedHead.FileSize]) -> any Encodable
  ) throws {
    try AsideFolder.replace(path) { make in
      var sizes: [SavedHead.FileSize] = []
      for (name, contents) in parts {
        let file = try make(name)
        try contents.write(to: file)
        try file.synchronize()
        sizes.append(SavedHead.FileSize(name: name, bytes: try file.byteCount()))
      }
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      encoder.nonConformingFloatEncodingStrategy = .convertToString(
        positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
      let file = try make(Self.configuration)
      try file.write(Array(try encoder.encode(configuration(sizes))))
      try file.synchronize()
    }
  }
}
