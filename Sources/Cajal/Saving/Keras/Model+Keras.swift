// Whole models in Keras's files.
import CZip
import Foundation

extension Model {
  static let kerasVersion = "3.15.1"

  // MARK: - Reading

  /// Reads a `.keras` archive.
  static func loadKeras(_ path: String, compiled: Bool, inputShapes: [Shape]) throws -> Model {
    let archive = try ZipReader(path)
    guard let text = try archive.bytes("config.json", most: 64 << 20),
      let source = try archive.source("model.weights.h5")
    else {
      throw CajalError(
        .format, path, expected: "config.json and model.weights.h5 in the archive", given: "one of them is missing",
        advice: "Save the model again with model.save in Keras 3.")
    }
    let config = try JSONReader.value(text, of: path + ", config.json")
    let file = try H5File(source, path: path + ", model.weights.h5")
    let (model, node) = try made(from: config, path, weights: file, inputShapes: inputShapes)
    try node.read(model.variables, from: file)
    // Random numbers go on where Cajal has written the file.
    let metadata = try archive.bytes("metadata.json", most: 1 << 20).map { try JSONReader.value($0, of: path) }
    if let seed = metadata?["cajal_seed"].integer { model.store.restore(seed: seed, step: 0) }
    if compiled, let compile = config["compile_config"].object, !compile.keys.isEmpty {
      try model.compileKeras(compile, node, file)
    }
    return model
  }

  /// The network of a configuration with memory for its weights, as far as the file has as many numbers.
  static func made(
    from config: JSONValue, _ path: String, weights file: H5File, inputShapes: [Shape]
  ) throws -> (model: Model, node: KerasNode) {
    let reading = KerasReading(path)
    reading.givenShapes = inputShapes
    do {
      let network = try reading.inside(config["config"]["name"].text ?? "model", config["class_name"].text ?? "") {
        try reading.network(config)
      }
      let most = file.kinds.filter { $0.value == .dataset }.keys.reduce(0) { sum, name in
        sum + ((try? file.entry(name))??.type.shape.count ?? 0)
      }
      let model = try made(network.network, network.inputs, mostNumbers: most)
      for frozen in reading.frozen.sorted() { try? model.setTrainable(false, frozen) }
      if config["config"]["trainable"] == .bool(false) { try model.setTrainable(false, "") }
      model.notes = reading.notes
      return (model, try KerasNode(config))
    } catch let error as CajalError {
      throw error.noticed(by: path)
    }
  }

  private static func made<Network: Layer>(
    _ network: Network, _ inputs: [TensorType], mostNumbers: Int
  ) throws -> Model {
    try Model(inputs: inputs, seed: 0, architecture: network, values: .within(mostNumbers)) { tensors in
      try network.forward(Network.Input(tensors: tensors)).tensors
    }
  }

  // MARK: - Writing

  /// The model's configuration in Keras's form, and its tree of layers.
  func kerasConfiguration(including compilation: Bool) throws -> (config: JSONValue, node: KerasNode) {
    var (network, calls) = (try kerasNetwork(), calls)
    if let padded = try KerasPadding.expanded(network) {
      (network, calls) = (padded, try Model.outline(padded, inputs: inputTypes).calls)
    }
    let writing = KerasWriting("save", calls: calls) { [self] in isTrainable($0) }
    let name = network.name.text ?? snakeCase(type(of: network).className)
    guard case .object(var object) = try writing.object(network, name: name, path: "") else {
      throw CajalError(.unsupported, "save", expected: "a network of layers", given: "it has another form")
    }
    if !isTrainable("") {
      var config = object["config"]?.object ?? [:]
      config["trainable"] = .bool(false)
      object["config"] = .object(config)
    }
    if compilation, let training { object["compile_config"] = try training.kerasConfiguration(writing) }
    return (.object(object), try KerasNode(.object(object)))
  }

  /// The architecture as Keras can have it: a network of layers, or the record of a layer's own calls.
  private func kerasNetwork() throws -> any Layer {
    if let network = architecture as? Sequential { return network }
    if let network = architecture as? Functional { return network }
    if let recorded { return recorded }
    throw CajalError(
      .unsupported, "save", expected: "a model that is a network of layers",
      given: unrecorded.map { "in \($0.subject) \($0.given)" } ?? "it has no architecture",
      advice: "Save it to a folder, a path that ends in .cajal; or use saveWeights(to:).")
  }

  /// Writes a `.keras` archive: written aside, brought to the disk, put in place.
  func saveKeras(to path: String, includingTraining: Bool) throws {
    let (config, node) = try kerasConfiguration(including: includingTraining)
    let date = DateFormatter()
    date.locale = Locale(identifier: "en_US_POSIX")
    date.dateFormat = "yyyy-MM-dd@HH:mm:ss"
    let metadata = JSONValue.object([
      "keras_version": .text(Self.kerasVersion), "date_saved": .text(date.string(from: Date())),
      "cajal_version": .text(SavedHead.libraryVersion), "cajal_seed": .integer(store.seed),
    ])
    try KerasFolder.writing(path) { folder in
      let weights = folder.path + "/" + KerasFolder.weights
      let file = try H5Writer(weights)
      try node.write(variables, to: file)
      if includingTraining, let training {
        try training.writeKeras(node, variables, step: store.step, isTrainable: isTrainable, to: file)
      }
      try file.close()
      try ZipWriter.write(
        folder.path + "/" + KerasFolder.archive,
        [
          ("metadata.json", .bytes(JSONWriter.bytes(metadata))), ("config.json", .bytes(JSONWriter.bytes(config))),
          ("model.weights.h5", .file(weights)),
        ])
      return folder.path + "/" + KerasFolder.archive
    }
  }

  /// Writes `.weights.h5`.
  func saveKerasWeights(to path: String) throws {
    let node = try kerasConfiguration(including: false).node
    try KerasFolder.writing(path) { folder in
      let file = try H5Writer(folder.path + "/" + KerasFolder.weights)
      try node.write(variables, to: file)
      try file.close()
      return folder.path + "/" + KerasFolder.weights
    }
  }

  /// Reads weights from `.weights.h5`, a `.keras` archive or the legacy form.
  func loadKerasWeights(_ path: String, allowingPartial: Bool, skippingMismatched: Bool) throws -> LoadReport {
    let file: H5File
    if KerasFile.isArchive(path) {
      guard let source = try ZipReader(path).source("model.weights.h5") else {
        throw CajalError(.format, path, expected: "model.weights.h5 in the archive", given: "there is none")
      }
      file = try H5File(source, path: path)
    } else {
      file = try H5File(FileSource(OpenFile.reading(path)), path: path)
    }
    let node = try kerasConfiguration(including: false).node
    if let legacy = try LegacyWeights(file) {
      return try legacy.read(
        node, variables, allowingPartial: allowingPartial, skippingMismatched: skippingMismatched)
    }
    return try node.read(
      variables, from: file, allowingPartial: allowingPartial, skippingMismatched: skippingMismatched)
  }
}

/// What a path holds, by its first bytes.
enum KerasFile {
  static func isArchive(_ path: String) -> Bool { begins(path, with: [0x50, 0x4b, 0x03, 0x04]) }
  static func isHDF5(_ path: String) -> Bool { begins(path, with: [0x89, 0x48, 0x44, 0x46]) }

  private static func begins(_ path: String, with bytes: [UInt8]) -> Bool {
    guard Aside.kind(path) == S_IFREG, let file = try? OpenFile.reading(path) else { return false }
    return (try? file.bytes(at: 0, count: bytes.count)) == bytes
  }
}

/// Files that are made in a folder beside their place, because the C libraries write by name.
enum KerasFolder {
  static let weights = "model.weights.h5"
  static let archive = "model.keras"

  /// Puts the file that `body` has made in a folder at its path.
  static func writing(_ path: String, _ body: (OpenFile) throws -> String) throws {
    let target = Aside.resolved(path)
    guard !Aside.isFolder(target) else {
      throw CajalError(.argument, path, expected: "the path of a file", given: "it is a folder")
    }
    Aside.sweep(target)
    let aside = Aside.path(target)
    guard mkdir(aside, 0o777) == 0 else { throw OpenFile.failure(target, "to make a folder beside it", errno) }
    defer { AsideFolder.remove(aside) }
    let folder = try OpenFile.folder(aside)
    guard try Aside.lock(folder) else {
      throw CajalError(.system, path, expected: "to write beside it", given: "the folder made there vanishes")
    }
    do {
      let made = try body(folder)
      try OpenFile.reading(made).synchronize()
      guard rename(made, target) == 0 else { throw OpenFile.failure(target, "to put the new file in its place", errno) }
    } catch {
      throw (error as? CajalError).map { Aside.named($0, aside, target) } ?? error
    }
    try Aside.synchronizeParent(of: target)
  }
}

/// Archives of entries that are stored as they are, as Keras writes them.
enum ZipWriter {
  enum Entry {
    case bytes(Data)
    case file(String)
  }

  static func write(_ path: String, _ entries: [(name: String, entry: Entry)]) throws {
    func refused(_ text: String) -> CajalError {
      CajalError(.system, path, expected: "to write it", given: "the system says: \(text)", advice: "Is the disk full?")
    }
    var code: Int32 = 0
    guard let archive = zip_open(path, Int32(ZIP_CREATE) | Int32(ZIP_TRUNCATE), &code) else {
      throw refused("error \(code)")
    }
    var kept: [UnsafeMutableRawPointer] = []
    defer { kept.forEach { $0.deallocate() } }
    for (name, entry) in entries {
      let source: OpaquePointer?
      switch entry {
      case .bytes(let data):
        let copy = UnsafeMutableRawPointer.allocate(byteCount: max(data.count, 1), alignment: 8)
        kept.append(copy)
        data.copyBytes(to: UnsafeMutableRawBufferPointer(start: copy, count: data.count), count: data.count)
        source = zip_source_buffer(archive, copy, UInt64(data.count), 0)
      case .file(let path): source = zip_source_file(archive, path, 0, -1)
      }
      guard let source else {
        zip_discard(archive)
        throw refused("no memory")
      }
      let index = zip_file_add(archive, name, source, UInt32(ZIP_FL_ENC_UTF_8))
      guard index >= 0, zip_set_file_compression(archive, UInt64(index), Int32(ZIP_CM_STORE), 0) == 0 else {
        zip_source_free(source)
        zip_discard(archive)
        throw refused("an entry cannot be added")
      }
    }
    guard zip_close(archive) == 0 else {
      let text = String(cString: zip_strerror(archive))
      zip_discard(archive)
      throw refused(text)
    }
  }
}
