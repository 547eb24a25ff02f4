import Cajal

/// CIFAR-10: the binary archive of its makers, or a folder of pictures `train/CLASS/…` and `test/CLASS/…`.
enum Cifar {
  static let archive = "cifar-10-binary.tar.gz"
  static let classNames = [
    "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
  ]

  static func folder(_ search: DataSearch) -> String? {
    search.first(of: ["cifar10", "images/cifar10", "."]) { isFolder("\($0)/train/airplane") }
  }

  static func read(_ search: DataSearch) throws -> DataSplit {
    if let folder = folder(search) {
      func part(_ name: String) throws -> Dataset {
        try ImageFolder("\(folder)/\(name)", width: 32, height: 32, classNames: classNames).dataset(dtype: .uint8)
          .cache().rescaled(1 / 255)
      }
      return DataSplit(train: try part("train"), test: try part("test"), classNames: classNames)
    }
    return try decode(try openStream(try Places.find(archive, of: "cifar10", search)))
  }

  /// Walks the archive: five files of training samples, one of test samples.
  static func decode(_ stream: any ByteStream) throws -> DataSplit {
    var parts: [String: Part] = [:]
    while let entry = try TarEntry(stream) {
      let name = entry.name.split(separator: "/").last.map(String.init) ?? ""
      guard name.hasSuffix(".bin"), name.hasPrefix("data_batch_") || name == "test_batch.bin" else {
        try entry.skip(stream)
        continue
      }
      parts[name] = try Part(stream, entry, "\(stream.name), \(name)")
      try entry.skipPadding(stream)
    }
    func dataset(_ parts: [Part]) throws -> Dataset {
      guard let first = parts.first else {
        throw CajalError(
          .format, stream.name, expected: "data_batch_1.bin to 5 and test_batch.bin", given: "files are missing")
      }
      let whole = try parts.dropFirst().reduce(first.dataset) { try $0.concatenated(with: $1.dataset) }
      return try whole.rescaled(1 / 255)
    }
    let names = parts.keys.sorted()
    return DataSplit(
      train: try dataset(names.filter { $0.hasPrefix("data") }.compactMap { parts[$0] }),
      test: try dataset(parts["test_batch.bin"].map { [$0] } ?? []), classNames: classNames)
  }

  /// Records of a label and 3072 values, channel by channel.
  private struct Part {
    let dataset: Dataset

    init(_ stream: any ByteStream, _ entry: TarEntry, _ name: String) throws {
      let count = entry.size / 3073
      guard count > 0, count * 3073 == entry.size, entry.size <= stream.mostRemaining, count <= 1_000_000 else {
        throw CajalError(.format, name, expected: "records of 3073 bytes", given: "the file has \(entry.size)")
      }
      let pixels = Storage(.uint8, count: count * 3072)
      let labels = Storage(.int32, count: count)
      var record = [UInt8](repeating: 0, count: 3073)
      for row in 0..<count {
        try record.withUnsafeMutableBytes { try stream.readExactly(into: $0, "a record") }
        guard record[0] < 10 else {
          throw CajalError(
            .format, "\(name), record \(row)", expected: "a label in 0..<10", given: "it is \(record[0])")
        }
        labels.withMutableBytes { $0.storeBytes(of: Int32(record[0]), toByteOffset: row * 4, as: Int32.self) }
        pixels.withMutableBytes { pixels in
          for place in 0..<1024 {
            for channel in 0..<3 { pixels[row * 3072 + place * 3 + channel] = record[1 + channel * 1024 + place] }
          }
        }
      }
      dataset = try Dataset(
        inputs: try Tensor(pixels, shape: [count, 32, 32, 3]), targets: try Tensor(labels, shape: [count]))
    }
  }
}

/// A file's header in a tar archive (POSIX ustar).
struct TarEntry {
  let name: String
  let size: Int

  /// The next header, nil at the end of the archive.
  init?(_ stream: any ByteStream) throws {
    let header = try stream.readBytes(512, "a tar header")
    if header.allSatisfy({ $0 == 0 }) { return nil }
    func text(_ range: Range<Int>) -> String { String(decoding: header[range].prefix { $0 != 0 }, as: UTF8.self) }
    func octal(_ range: Range<Int>) -> Int? { Int(text(range).filter { $0 != " " }, radix: 8) }
    let sum = header.indices.reduce(0) { $0 + ((148..<156).contains($1) ? 32 : Int(header[$1])) }
    guard let size = octal(124..<136), size >= 0, octal(148..<156) == sum else {
      throw CajalError(
        .format, stream.name, expected: "a tar archive", given: "the header before byte \(stream.offset) is damaged")
    }
    self.name = text(0..<100)
    self.size = size
  }

  func skip(_ stream: any ByteStream) throws {
    guard size <= stream.mostRemaining else {
      throw CajalError(
        .format, stream.name, expected: "\(size) bytes of '\(name)'", given: "the archive ends before")
    }
    var left = size
    while left > 0 {
      let count = min(left, 1 << 16)
      _ = try stream.readBytes(count, name)
      left -= count
    }
    try skipPadding(stream)
  }

  func skipPadding(_ stream: any ByteStream) throws { _ = try stream.readBytes((512 - size % 512) % 512, "padding") }
}
