import Cajal
import CajalData

/// Turns files into what a model takes.
struct InputReader {
  let saved: SavedModel
  let takesPicturesAsTheyAre: Bool
  private let type: TensorType

  /// Errors: `.unsupported` for a model with several inputs.
  init(_ saved: SavedModel, takesPicturesAsTheyAre: Bool) throws {
    guard saved.model.inputTypes.count == 1, saved.model.outputTypes.count == 1 else {
      throw CajalError(
        .unsupported, saved.path, expected: "a model with one input and one output",
        given: "it has \(saved.model.inputTypes.count) and \(saved.model.outputTypes.count)",
        advice: "Call it from a program: model.predict([…]).")
    }
    self.saved = saved
    self.takesPicturesAsTheyAre = takesPicturesAsTheyAre
    type = saved.model.inputTypes[0]
  }

  /// The samples of a file, `[samples, …]`, and what was done to them that a person should know.
  func read(_ path: String) throws -> (input: Tensor, notes: [String]) {
    let lower = path.lowercased()
    if [".png", ".jpg", ".jpeg"].contains(where: lower.hasSuffix) { return try picture(path) }
    if lower.hasSuffix(".npy") { return try array(path) }
    if [".csv", ".tsv", ".txt", ".data", ".csv.gz"].contains(where: lower.hasSuffix) { return (try table(path), []) }
    throw CajalError(
      .argument, path, expected: "a file that ends in .png, .jpg, .jpeg, .csv or .npy", given: "it does not",
      advice: "Give pictures, a table or an array.")
  }

  // MARK: - Pictures

  private func picture(_ path: String) throws -> (Tensor, [String]) {
    let shape = type.shape.dimensions
    guard shape.count == 3, [1, 3, 4].contains(shape[2]), type.dtype == .float32 else {
      throw CajalError(
        .shape, path, expected: "samples of shape \(type.shape), which is what \(saved.path) takes",
        given: "it is a picture", advice: "Give a CSV table or an NPY array.")
    }
    var notes: [String] = []
    let original = try Image.read(path)
    var image = try original.converted(channels: shape[2])
    if image.width != shape[1] || image.height != shape[0] {
      notes.append("resized from \(image.width) x \(image.height) to \(shape[1]) x \(shape[0])")
      image = try image.resized(width: shape[1], height: shape[0])
    }
    if original.channels != shape[2] {
      notes.append(shape[2] == 1 ? "made grey" : "channels \(original.channels) to \(shape[2])")
    }
    var values = image.pixels.map { Float($0) / 255 }
    if !takesPicturesAsTheyAre, knowsLightOnDark, borderMean(values, shape) > 0.5 {
      values = values.map { 1 - $0 }
      notes.append("inverted, since the model knows light on dark (--as-is keeps it)")
    }
    return (Tensor(values, shape: Shape([1] + shape)), notes.isEmpty ? [] : [notes.joined(separator: ", ")])
  }

  /// The grey data sets have light strokes on black.
  private var knowsLightOnDark: Bool {
    type.shape.last == 1 && ["digits", "mnist", "fashion"].contains(saved.card.task)
  }

  private func borderMean(_ values: [Float], _ shape: [Int]) -> Float {
    var sum: Float = 0
    var count: Float = 0
    for y in 0..<shape[0] {
      for x in 0..<shape[1] where y == 0 || x == 0 || y == shape[0] - 1 || x == shape[1] - 1 {
        sum += values[(y * shape[1] + x) * shape[2]]
        count += 1
      }
    }
    return count > 0 ? sum / count : 0
  }

  // MARK: - Arrays

  private func array(_ path: String) throws -> (Tensor, [String]) {
    var tensor = try NPY.read(path)
    var notes: [String] = []
    let given = tensor.shape
    if tensor.dtype == .uint8, type.dtype == .float32, type.shape.rank == 3 {
      tensor = tensor.cast(to: .float32) * (1.0 / 255)
      notes.append("0…255 brought to 0…1")
    } else if tensor.dtype != type.dtype {
      tensor = tensor.cast(to: type.dtype)
    }
    let size = type.shape.count
    let isOneSample = given == type.shape
    guard tensor.count > 0, isOneSample || (given.rank > 0 && size > 0 && tensor.count == given[0] * size) else {
      throw CajalError(
        .shape, path, expected: "\(type.shape) for one sample or [samples] + \(type.shape)",
        given: "the array is \(given)")
    }
    return (try samples(tensor, count: isOneSample ? 1 : given[0], path), notes)
  }

  // MARK: - Tables

  private func table(_ path: String) throws -> Tensor {
    if let encoder = saved.card.encoder {
      var table = try Table(csv: path)
      // A file without names has the columns in the order of the training data.
      let names = encoder.features.map(\.name)
      if !names.allSatisfy({ name in table.columns.contains { $0.name == name } }) {
        table = try Table(csv: path, options: CSVOptions(header: false))
        let all = names + (encoder.target.map { [$0.name] } ?? [])
        guard table.columns.count == names.count || table.columns.count == all.count else {
          throw CajalError(
            .format, path, expected: "the columns \(names.joined(separator: ", "))",
            given: "there are \(table.columns.count) others", advice: "Name the columns in the first line.")
        }
        for index in table.columns.indices { table.columns[index].name = all[index] }
      }
      table.columns.removeAll { !names.contains($0.name) }
      var samples = try encoder.dataset(table)
      if let figures = saved.card.standardization { samples = try samples.normalized(figures) }
      return try samples.tensors().inputs[0]
    }
    let table = try Table(csv: path)
    let size = type.shape.count
    guard table.columns.count == size else {
      throw CajalError(
        .shape, path, expected: "\(size) columns, one for each input of \(saved.path)",
        given: "there are \(table.columns.count)")
    }
    for column in table.columns where column.kind != .number || !column.missing.isEmpty {
      let row = column.missing.first
      throw CajalError(
        .value, row.map { "\(path), line \(table.lines[$0])" } ?? path, expected: "a number in column '\(column.name)'",
        given: row == nil ? "it holds words" : "there is none")
    }
    var values: [Float] = []
    values.reserveCapacity(table.rowCount * size)
    for row in 0..<table.rowCount { for column in table.columns { values.append(Float(column.numbers[row])) } }
    return try samples(Tensor(values, shape: [table.rowCount, size]).cast(to: type.dtype), count: table.rowCount, path)
  }

  /// Samples in the model's shape, all of them numbers.
  private func samples(_ tensor: Tensor, count: Int, _ path: String) throws -> Tensor {
    if type.dtype.isFloating, let place = tensor.floats.firstIndex(where: { !$0.isFinite }) {
      throw CajalError(
        .value, path, expected: "finite numbers",
        given: "value \(place % max(1, type.shape.count)) of sample "
          + "\(place / max(1, type.shape.count)) is \(tensor.floats[place])")
    }
    return try Tensor(tensor.storage, shape: Shape([count] + type.shape.dimensions))
  }
}
