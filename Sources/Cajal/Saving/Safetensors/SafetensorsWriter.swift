/// Tensors on their way into a safetensors file: types now, values one at a time when they are written.
struct SafetensorsContents {
  private var tensors: [(name: String, type: TensorType)] = []
  private var values: [String: () -> Storage] = [:]
  var metadata: [String: String] = [:]

  /// Adds a tensor; the first of a name counts.
  mutating func add(_ name: String, _ type: TensorType, _ value: @escaping () -> Storage) {
    guard values[name] == nil else { return }
    tensors.append((name, type))
    values[name] = value
  }

  mutating func add(_ variable: Variable, as name: String) {
    add(name, variable.type) { variable.plainStorage }
  }

  func write(to file: OpenFile) throws {
    let header = SafetensorsHeader(tensors, metadata: metadata)
    try file.write(header.bytes)
    for entry in header.entries { try values[entry.name]?().withBytes { try file.write($0) } }
  }
}

extension Variable {
  /// The value in row-major order, without a copy where it lies so.
  var plainStorage: Storage { layout.isRowMajor(type.shape) ? storage : value }
}

/// Safetensors files of tensors that belong to no model.
public enum Safetensors {
  /// Writes named tensors in one file, all or nothing: a reader finds the old file or the new one.
  ///
  /// Example: `try Safetensors.write([("x", x), ("y", y)], to: "pairs.safetensors", metadata: ["source": "survey"])`
  public static func write(
    _ tensors: [(name: String, tensor: Tensor)], to path: String, metadata: [String: String] = [:]
  ) throws {
    var contents = SafetensorsContents()
    contents.metadata = metadata
    for (name, tensor) in tensors {
      guard name != "__metadata__" else {
        throw CajalError(.argument, path, expected: "names other than __metadata__", given: "a tensor has it")
      }
      contents.add(name, tensor.type) { tensor.storage }
    }
    try AsideFile.replace(path) { try contents.write(to: $0) }
  }
}
