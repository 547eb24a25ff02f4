// How the files of the built-in data sets become samples.
import Cajal

enum Reading {
  static let mnistNames = [
    "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte.gz",
    "t10k-labels-idx1-ubyte.gz",
  ]

  /// Two pairs of IDX files.
  static func mnistLike(_ search: DataSearch, _ name: String, _ classNames: [String]) throws -> DataSplit {
    let files = try mnistNames.map { try Places.find($0, of: name, search) }
    func part(_ first: Int) throws -> Dataset {
      let images = try IDX.read(files[first])
      let labels = try IDX.read(files[first + 1])
      guard images.rank == 3, images.dtype == .uint8, labels.type == TensorType([images.shape[0]], .uint8) else {
        throw CajalError(
          .format, files[first], expected: "uint8 pictures [count, height, width] and as many labels",
          given: "they are \(images.type) and \(labels.type)")
      }
      try checkLabels(labels.storage, below: classNames.count, files[first + 1])
      let pictures = try Tensor(images.storage, shape: Shape(images.shape.dimensions + [1]))
      let targets = labels.storage.scalars(as: UInt8.self).map { Int32($0) }
      return try Dataset(inputs: pictures, targets: Tensor(targets, shape: labels.shape)).rescaled(1 / 255)
    }
    return DataSplit(train: try part(0), test: try part(2), classNames: classNames)
  }

  private static func checkLabels(_ labels: Storage, below classes: Int, _ file: String) throws {
    if let row = labels.scalars(as: UInt8.self).firstIndex(where: { $0 >= classes }) {
      throw CajalError(
        .format, "\(file), label \(row)", expected: "a label in 0..<\(classes)",
        given: "it is \(labels.scalars(as: UInt8.self)[row])", advice: "The file is damaged; get it again.")
    }
  }

  // MARK: - Digits as rows of 64 values 0…16 and a label

  static func smallDigits(_ path: String) throws -> DataSplit {
    let (train, test) = try digitRows(path).split(0.8, seed: 0, stratified: true)
    return DataSplit(train: train, test: test, classNames: (0...9).map(String.init))
  }

  static func optdigits(_ search: DataSearch) throws -> DataSplit {
    DataSplit(
      train: try digitRows(try Places.find("optdigits.tra", of: "optdigits", search)),
      test: try digitRows(try Places.find("optdigits.tes", of: "optdigits", search)),
      classNames: (0...9).map(String.init))
  }

  private static func digitRows(_ path: String) throws -> Dataset {
    let table = try Table(csv: path, options: CSVOptions(header: false, limit: 1 << 28))
    guard table.columns.count == 65, table.columns.allSatisfy({ $0.kind == .number && $0.missing.isEmpty }) else {
      throw CajalError(
        .format, path, expected: "64 values and a digit on every line", given: "there is something else")
    }
    for (index, column) in table.columns.enumerated() {
      let most: Double = index == 64 ? 9 : 16
      if let row = column.numbers.firstIndex(where: { $0 < 0 || $0 > most || $0 != $0.rounded() }) {
        throw CajalError(
          .format, "\(path), line \(table.lines[row])", expected: "values in 0…16 and a digit",
          given: "field \(index + 1) is \(column.numbers[row])")
      }
    }
    let pixels = (0..<table.rowCount).flatMap { row in (0..<64).map { Float(table.columns[$0].numbers[row] / 16) } }
    let labels = table.columns[64].numbers.map { Int32($0) }
    return try Dataset(
      inputs: Tensor(pixels, shape: [table.rowCount, 8, 8, 1]), targets: Tensor(labels, shape: [table.rowCount]))
  }

  // MARK: - Tables

  /// A table with its target; a class is dealt evenly to both parts.
  static func table(
    _ search: DataSearch, _ name: String, file: String, target: String, isClass: Bool, names: [String]? = nil,
    dropping: [String] = []
  ) throws -> DataSplit {
    let path = try Places.find(file, of: name, search)
    var table = try Table(
      csv: path,
      options: CSVOptions(
        header: names == nil ? true : false, kinds: isClass && names == nil ? [target: .category] : [:]))
    if let names {
      guard names.count == table.columns.count else {
        throw CajalError(
          .format, path, expected: "\(names.count) columns", given: "there are \(table.columns.count)")
      }
      for index in names.indices { table.columns[index].name = names[index] }
    }
    return try split(table, target: target, isClass: isClass, dropping: dropping)
  }

  private static func split(_ table: Table, target: String, isClass: Bool, dropping: [String]) throws -> DataSplit {
    let columns = table.columns.map(\.name).filter { $0 != target && !dropping.contains($0) }
    let encoder = try TableEncoder(fitting: table, target: target, columns: columns)
    guard (encoder.classNames != nil) == isClass else {
      throw CajalError(
        .format, "\(table.name), column '\(target)'", expected: isClass ? "names of classes" : "numbers",
        given: "it holds something else")
    }
    let (train, test) = try encoder.dataset(table).split(0.8, seed: 0, stratified: isClass)
    return DataSplit(train: train, test: test, classNames: encoder.classNames, encoder: encoder)
  }

  /// The class stands first in the original file, last in a copy that goes round.
  static func wine(_ search: DataSearch) throws -> DataSplit {
    let path = try Places.find("wine.data", of: "wine", search)
    let first = try Table(csv: path, options: CSVOptions(header: false))
    let measurements = [
      "alcohol", "malic_acid", "ash", "alcalinity_of_ash", "magnesium", "total_phenols", "flavanoids",
      "nonflavanoid_phenols", "proanthocyanins", "color_intensity", "hue", "od280_od315", "proline",
    ]
    guard first.columns.count == 14 else {
      throw CajalError(.format, path, expected: "14 columns", given: "there are \(first.columns.count)")
    }
    let isFirst = first.columns[0].numbers.allSatisfy { [1, 2, 3].contains($0) }
    let options = CSVOptions(header: false, kinds: [isFirst ? "column1" : "column14": .category])
    var table = try Table(csv: path, options: options)
    let names = isFirst ? ["class"] + measurements : measurements + ["class"]
    for index in names.indices { table.columns[index].name = names[index] }
    return try split(table, target: "class", isClass: true, dropping: [])
  }

  /// With a header in one copy, without in the original.
  static func breastCancer(_ search: DataSearch) throws -> DataSplit {
    let path = try Places.find("wdbc.data", of: "breast-cancer", search)
    var table = try Table(csv: path)
    guard table.columns.count == 32 else {
      throw CajalError(.format, path, expected: "32 columns", given: "there are \(table.columns.count)")
    }
    let measured = [
      "radius", "texture", "perimeter", "area", "smoothness", "compactness", "concavity", "concave_points",
      "symmetry", "fractal_dimension",
    ]
    let names = ["id", "diagnosis"] + ["mean", "se", "worst"].flatMap { kind in measured.map { "\($0)_\(kind)" } }
    for index in names.indices { table.columns[index].name = names[index] }
    return try split(table, target: "diagnosis", isClass: true, dropping: ["id"])
  }

  // MARK: - Text

  /// Pieces of 64 characters with the same piece one character on; the last tenth is for testing.
  static func characters(_ search: DataSearch) throws -> DataSplit {
    let path = try Places.find("shakespeare.txt", of: "shakespeare", search)
    let bytes = try FileStream(path).readAll(limit: 1 << 28)
    let used = Set(bytes).sorted()
    guard let last = used.last, last < 128, bytes.count > 20 * 65 else {
      throw CajalError(.format, path, expected: "a long text in ASCII", given: "it is not")
    }
    var code = [Int32](repeating: 0, count: 256)
    for (place, byte) in used.enumerated() { code[Int(byte)] = Int32(place) }
    let codes = bytes.map { code[Int($0)] }
    let length = 64
    let type = TensorType([length], .int32)
    func pieces(_ range: Range<Int>) -> Dataset {
      Dataset(count: (range.count - 1) / length, inputs: [type], targets: [type]) { sample in
        let start = range.lowerBound + sample.index * length
        codes[start..<(start + length)].withUnsafeBytes { sample.input().copyMemory(from: $0) }
        codes[(start + 1)..<(start + length + 1)].withUnsafeBytes { sample.target().copyMemory(from: $0) }
      }
    }
    let cut = codes.count * 9 / 10
    return DataSplit(
      train: pieces(0..<cut), test: pieces(cut..<codes.count),
      classNames: used.map { String(UnicodeScalar($0)) })
  }
}
