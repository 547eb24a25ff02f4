import Foundation
import Testing

@testable import Cajal

/// Files that are damaged or made to harm: refused in bounded time and memory.
@Suite struct KerasHostileTests {
  /// The same numbers in every run.
  private struct Draw {
    var state: UInt64
    mutating func next(_ below: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(max(below, 1)))
    }
  }

  private static func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try #require(FileManager.default.contents(atPath: KerasFileTests.path(name))))
  }

  /// Bytes that lie in numbers of weights change nothing but values; those around them are the interesting ones.
  private static func mutated(_ bytes: [UInt8], _ draw: inout Draw) -> [UInt8] {
    var bytes = bytes
    switch draw.next(8) {
    case 0: bytes.removeLast(1 + draw.next(bytes.count - 1))
    case 1:
      let (from, count) = (draw.next(bytes.count), 1 + draw.next(64))
      for index in from..<min(from + count, bytes.count) { bytes[index] = 0xff }
    case 2:
      let (from, to, count) = (draw.next(bytes.count), draw.next(bytes.count), 1 + draw.next(64))
      for index in 0..<count where from + index < bytes.count && to + index < bytes.count {
        bytes[to + index] = bytes[from + index]
      }
    default:
      for _ in 0...draw.next(4) {
        let at = draw.next(bytes.count)
        let special: [UInt8] = [0, 1, 0x7f, 0x80, 0xff, UInt8(draw.next(256))]
        // Lengths and addresses are eight bytes.
        if draw.next(3) == 0 {
          let start = at / 8 * 8
          let value = [0, 1, Int.max, -1, bytes.count, bytes.count * 2, draw.next(bytes.count), 1 << 40][draw.next(8)]
          withUnsafeBytes(of: value.littleEndian) { word in
            for index in 0..<8 where start + index < bytes.count { bytes[start + index] = word[index] }
          }
        } else {
          bytes[at] = special[draw.next(special.count)]
        }
      }
    }
    return bytes
  }

  private static func readAll(_ bytes: [UInt8]) throws -> Int {
    let file = try H5File(MemorySource(Data(bytes)), path: "mutated.h5")
    var count = 0
    for (name, kind) in file.kinds.sorted(by: { $0.key < $1.key }) {
      if kind == .dataset, let entry = try? file.entry(name), (try? file.storage(entry)) != nil { count += 1 }
      if kind == .group { _ = try? file.texts("weight_names", of: name) }
    }
    _ = try? file.texts("model_config")
    return count
  }

  @Test(arguments: ["sequential.weights.h5", "functional.h5"])
  func mutatedWeights(name: String) throws {
    let whole = try Self.bytes(name)
    #expect(try Self.readAll(whole) > 5)
    let rounds = ProcessInfo.processInfo.environment["CAJAL_FUZZ"].flatMap { Int($0) } ?? 1500
    var draw = Draw(state: 11)
    var refused = 0
    for _ in 0..<rounds {
      let bytes = Self.mutated(whole, &draw)
      do { _ = try Self.readAll(bytes) } catch { refused += 1 }
    }
    #expect(refused > rounds / 20 && refused < rounds)
  }

  /// Newer layouts are read by the C library, which damaged files bring down: not without being asked to.
  @Test func newerLayoutsAreReadWhereTheyAreTrusted() throws {
    let data = Data(try Self.bytes("functional.newer.weights.h5"))
    let error = #expect(throws: CajalError.self) { try H5File(MemorySource(data), path: "new.h5", isTrusted: false) }
    #expect(error?.advice.contains("CAJAL_TRUST_HDF5") == true)
    let new = try H5File(MemorySource(data), path: "new.h5", isTrusted: true)
    let old = try H5File(MemorySource(Data(Self.bytes("functional.weights.h5"))), path: "old.h5")
    #expect(new.kinds == old.kinds && new.kinds.count > 30)
    for (name, kind) in old.kinds where kind == .dataset {
      let (a, b) = (try #require(try old.entry(name)), try #require(try new.entry(name)))
      #expect(a.type == b.type)
      let (given, wanted) = (try new.storage(b), try old.storage(a))
      #expect(given.withBytes { Array($0) } == wanted.withBytes { Array($0) })
    }
  }

  // MARK: - Configurations

  /// An archive with another configuration beside the weights of a golden one.
  private static func archive(_ path: String, _ config: Data, weightsOf name: String) throws {
    let weights = try #require(try ZipReader(KerasFileTests.path(name)).bytes("model.weights.h5", most: 1 << 20))
    try? FileManager.default.removeItem(atPath: path)
    try ZipWriter.write(
      path,
      [
        ("metadata.json", .bytes(Data("{}".utf8))), ("config.json", .bytes(config)),
        ("model.weights.h5", .bytes(weights)),
      ])
  }

  private static func config(_ name: String) throws -> Data {
    try #require(try ZipReader(KerasFileTests.path(name)).bytes("config.json", most: 1 << 20))
  }

  @Test(arguments: ["functional.keras", "sequential.keras", "many_layers.keras"])
  func mutatedConfigurations(name: String) throws {
    let folder = ScratchFolder()
    let text = [UInt8](try Self.config(name))
    let numbers = text.indices.filter { (0x30...0x39).contains(text[$0]) }
    let rounds = ProcessInfo.processInfo.environment["CAJAL_FUZZ"].flatMap { Int($0) } ?? 150
    var draw = Draw(state: 5)
    var refused = 0
    for _ in 0..<rounds {
      var bytes = text
      for _ in 0...draw.next(2) {
        switch draw.next(4) {
        case 0: bytes[draw.next(bytes.count)] = Array("{}[],:\"0e-".utf8)[draw.next(10)]
        case 1:
          let (from, to) = (draw.next(bytes.count), draw.next(bytes.count))
          bytes[to] = bytes[from]
        default:
          let values = [
            "99999999999999999999", "-1", "1e300", "4611686018427387904", "0", "1073741824", "null", "[]", "65536",
          ]
          let at = numbers[draw.next(numbers.count)]
          if at < bytes.count { bytes.replaceSubrange(at...at, with: Array(values[draw.next(values.count)].utf8)) }
        }
      }
      try Self.archive(folder.file("m.keras"), Data(bytes), weightsOf: name)
      do { _ = try Model.load(from: folder.file("m.keras")) } catch { refused += 1 }
    }
    #expect(refused > rounds / 4)
  }

  @Test func mutatedArchives() throws {
    let folder = ScratchFolder()
    let whole = try Self.bytes("adagrad.keras")
    var draw = Draw(state: 9)
    for _ in 0..<300 {
      try Data(Self.mutated(whole, &draw)).write(to: URL(fileURLWithPath: folder.file("m.keras")))
      // What is changed is refused, or lies where nothing is read.
      if let model = try? Model.load(from: folder.file("m.keras"), compiled: false) {
        #expect(model.variables.count == 4)
      }
    }
  }

  private func refusal(_ config: String, weightsOf name: String = "adagrad.keras") throws -> String {
    let folder = ScratchFolder()
    try Self.archive(folder.file("m.keras"), Data(config.utf8), weightsOf: name)
    let error = #expect(throws: CajalError.self) { try Model.load(from: folder.file("m.keras")) }
    return error?.description ?? ""
  }

  private static func sequential(_ layers: String) -> String {
    let input = #"{"class_name": "InputLayer", "config": {"name": "i", "batch_shape": [null, 3]}}"#
    return #"{"class_name": "Sequential", "config": {"name": "s", "layers": [\#(input), \#(layers)]}}"#
  }

  @Test(
    arguments: [
      (#"{"class_name": "Dense", "config": {"name": "d", "units": 1000000000}}"#, "numbers"),
      (#"{"class_name": "Lambda", "config": {"name": "odd", "function": "4wEAAAA"}}"#, "odd (Lambda)"),
      (
        #"{"class_name": "Mine", "module": "package", "registered_name": "package>Mine", "config": {"name": "own"}}"#,
        "own (Mine)"
      ),
      (
        #"{"class_name": "Dense", "config": {"name": "d", "units": 2, "kernel_constraint": {"class_name": "Evil"}}}"#,
        "Evil"
      ),
      (#"{"class_name": "Flatten", "config": {"name": "f", "data_format": "channels_first"}}"#, "channels_last"),
      (#"{"class_name": "RepeatVector", "config": {"name": "r", "n": 2147483648}}"#, "units"),
      (#"{"class_name": "Reshape", "config": {"name": "r", "target_shape": [4611686018427387904]}}"#, "4194304"),
    ])
  func whatCannotBeCarriedIsNamed(layer: String, text: String) throws {
    // Behind each stands a layer that needs the weights of the file.
    let description = try refusal(
      Self.sequential(layer + #", {"class_name": "Dense", "config": {"name": "e", "units": 4}}"#))
    #expect(description.contains(text) || text == "units", "\(description)")
  }

  @Test func depthCyclesAndSizesAreBounded() throws {
    var deep = #"{"class_name": "Dense", "config": {"name": "d", "units": 2}}"#
    for index in 0..<60 {
      deep =
        #"{"class_name": "Sequential", "config": {"name": "s\#(index)", "layers": [{"class_name": "InputLayer", "config": {"name": "i", "batch_shape": [null, 3]}}, \#(deep)]}}"#
    }
    #expect(try refusal(deep).contains("inside one another"))
    #expect(try refusal(String(repeating: "[", count: 100_000)).contains("inside one another"))
    let tensor = { (name: String) in
      #"{"class_name": "__keras_tensor__", "config": {"keras_history": ["\#(name)", 0, 0]}}"#
    }
    let layer = { (name: String, from: String) in
      #"{"class_name": "Dense", "name": "\#(name)", "config": {"name": "\#(name)", "units": 3}, "inbound_nodes": [{"args": [\#(tensor(from))], "kwargs": {}}]}"#
    }
    let input =
      #"{"class_name": "InputLayer", "name": "i", "config": {"name": "i", "batch_shape": [null, 3]}, "inbound_nodes": []}"#
    let cycle =
      #"{"class_name": "Functional", "config": {"name": "m", "layers": [\#(input), \#(layer("a", "b")), \#(layer("b", "a"))], "input_layers": ["i", 0, 0], "output_layers": ["b", 0, 0]}}"#
    #expect(try refusal(cycle).contains("wait for one another"))
    let huge = #"{"class_name": "InputLayer", "config": {"name": "i", "batch_shape": [null, 1073741824, 1073741824]}}"#
    #expect(
      try refusal(#"{"class_name": "Sequential", "config": {"name": "s", "layers": [\#(huge)]}}"#).contains("2^36"))
    let open = #"{"class_name": "InputLayer", "config": {"name": "i", "batch_shape": [null, null]}}"#
    #expect(
      try refusal(#"{"class_name": "Sequential", "config": {"name": "s", "layers": [\#(open)]}}"#)
        .contains("inputShapes"))
  }

  @Test func archivesThatLeadOutOrSwellAreRefused() throws {
    let folder = ScratchFolder()
    let path = folder.file("m.keras")
    for name in ["../config.json", "/config.json", "a/../../b", "a\\b"] {
      try? FileManager.default.removeItem(atPath: path)
      try ZipWriter.write(path, [(name, .bytes(Data("{}".utf8)))])
      #expect(throws: CajalError.self, "\(name)") { try Model.load(from: path) }
    }
    // A gigabyte of zeros in a megabyte: made by hand, with the library's own compression.
    var bomb = Data()
    let made = try Process.run(
      URL(fileURLWithPath: "/usr/bin/env"),
      arguments: [
        "python3", "-c",
        "import zipfile,sys\nz=zipfile.ZipFile(sys.argv[1],'w',zipfile.ZIP_DEFLATED)\nz.writestr('config.json','{}')\n"
          + "z.writestr('model.weights.h5',bytes(1<<28))", folder.file("bomb.keras"),
      ])
    made.waitUntilExit()
    if made.terminationStatus == 0 {
      bomb = try Data(contentsOf: URL(fileURLWithPath: folder.file("bomb.keras")))
      #expect(bomb.count < 1 << 20)
      let error = #expect(throws: CajalError.self) { try Model.load(from: folder.file("bomb.keras")) }
      #expect(error?.description.contains("believable") == true)
    }
  }

  @Test func policiesAreNoted() throws {
    let folder = ScratchFolder()
    let text = String(decoding: try Self.config("adagrad.keras"), as: UTF8.self)
    let mixed = text.replacingOccurrences(of: #"{"name": "float32"}"#, with: #"{"name": "mixed_float16"}"#)
    #expect(mixed != text)
    try Self.archive(folder.file("m.keras"), Data(mixed.utf8), weightsOf: "adagrad.keras")
    let model = try Model.load(from: folder.file("m.keras"))
    #expect(model.notes.count >= 2 && model.notes[0].contains("mixed_float16"), "\(model.notes)")
    let sample = try KerasFileTests.sample("adagrad")
    let output = try model.predict(sample.inputs[0].tensor)
    #expect(KerasFileTests.distance(output.scalars(), sample.outputs[0].values) < 1e-5)
  }
}
