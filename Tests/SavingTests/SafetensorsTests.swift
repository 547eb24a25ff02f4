import Foundation
import Testing

@testable import Cajal

@Suite struct SafetensorsTests {
  /// A file made by hand: the header, then so many bytes.
  private func file(_ header: String, data: Int = 0, length: UInt64? = nil) -> [UInt8] {
    let text = Array(header.utf8)
    return withUnsafeBytes(of: (length ?? UInt64(text.count)).littleEndian) { Array($0) } + text
      + (0..<data).map { UInt8(truncatingIfNeeded: $0) }
  }

  @Test func everyTypeComesBack() throws {
    let folder = ScratchFolder()
    let tensors: [(name: String, tensor: Tensor)] = [
      ("b", Tensor([true, false, true], shape: [3])), ("u8", Tensor([1, 255] as [UInt8], shape: [2])),
      ("i8", Tensor([-1, 127] as [Int8], shape: [1, 2])), ("f32", Tensor([1.5, -.infinity, 3], shape: [3, 1])),
      ("i32", Tensor([-7] as [Int32], shape: [])), ("i64", Tensor([Int64.max, .min], shape: [2])),
      ("f64", Tensor([Double.pi], shape: [1])), ("f16", Tensor([0.5, 2]).cast(to: .float16)),
      ("bf16", Tensor([0.5, 3]).cast(to: .bfloat16)), ("empty", Tensor.zeros([0, 4])),
      ("größe \"\\\n", Tensor([4])),
    ]
    let path = folder.file("all.safetensors")
    try Safetensors.write(tensors, to: path, metadata: ["author": "a \"name\"", "note": "é"])
    let read = try SafetensorsFile(path)
    #expect(read.metadata == ["author": "a \"name\"", "note": "é"])
    #expect(Set(read.entries.map(\.name)) == Set(tensors.map(\.name)))
    for (name, tensor) in tensors {
      let back = try read.tensor(name)
      #expect(back.type == tensor.type)
      #expect(back.storage.withBytes { Array($0) } == tensor.storage.withBytes { Array($0) }, "\(name)")
      #expect((read[name]?.range.lowerBound ?? 1) % tensor.dtype.byteCount == 0)
    }
    #expect(throws: CajalError.self) { try read.tensor("other") }
  }

  /// A file of the safetensors package, made by Tests/Golden/safetensors_file.py.
  @Test func aFileOfAPeerIsRead() throws {
    let golden = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../Golden")
    let file = try SafetensorsFile(golden.appendingPathComponent("peer.safetensors").path)
    #expect(file.metadata == ["made by": "a peer"] && file.entries.count == 7)
    #expect(try file.tensor("dense/kernel").floats == [0, 0.25, 0.5, 0.75, 1, 1.25])
    #expect(try file.tensor("dense/kernel").shape == [2, 3])
    #expect(try file.tensor("dense/bias").dtype == .float16 && file.tensor("dense/bias").floats == [1, -2, 3])
    #expect(try file.tensor("count").shape == [] && file.tensor("count").scalars(as: Int64.self) == [7])
    #expect(try file.tensor("mask").scalars(as: Bool.self) == [true, false, true])
    #expect(try file.tensor("wide").scalars(as: Double.self) == [1e300])
    #expect(try file.tensor("bytes").scalars(as: UInt8.self) == [0, 255])
    #expect(try file.tensor("empty").type == TensorType([0, 5], .int32))
  }

  /// The bytes of a small file are what the format says.
  @Test func aSmallFileByteForByte() throws {
    let folder = ScratchFolder()
    try Safetensors.write([("a", Tensor([1, 2]))], to: folder.file("a.safetensors"))
    let text = #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#
    let padded = text + String(repeating: " ", count: 64 - 8 + 64 - text.utf8.count - 64)
    let bytes = try folder.read("a.safetensors")
    #expect(Array(bytes.prefix(8)) == [UInt8(padded.utf8.count), 0, 0, 0, 0, 0, 0, 0])
    #expect(String(decoding: bytes[8..<(bytes.count - 8)], as: UTF8.self) == padded)
    #expect(bytes.suffix(8) == [0, 0, 0x80, 0x3f, 0, 0, 0, 0x40])
  }

  @Test func headersOfOtherWritersAreRead() throws {
    let folder = ScratchFolder()
    try folder.write(
      file(
        "{ \"__metadata__\" : { } , \"x\\u00e9\\ud83d\\ude00\\/\" : { \"shape\" : [ ] , \"data_offsets\" : [ 0 , 1 ] , \"dtype\" : \"BOOL\" } }\n ",
        data: 1), to: "x")
    #expect(try SafetensorsFile(folder.file("x")).entries.first?.name == "xé😀/")
    // Bytes of a truth value other than 0 and 1 are true.
    try folder.write(Array(file(#"{"x":{"dtype":"BOOL","shape":[1],"data_offsets":[0,1]}}"#)) + [7], to: "x")
    #expect(try SafetensorsFile(folder.file("x")).tensor("x").storage.withBytes { $0[0] } == 1)
  }

  static let hostile: [(name: String, header: String, data: Int, length: UInt64?)] = [
    ("no header", "", 0, nil), ("array", "[]", 0, nil), ("not closed", "{", 0, nil), ("after the end", "{}x", 0, nil),
    ("huge length", "{}", 0, .max), ("length past the end", "{}", 0, 3), ("length of a terabyte", "{}", 0, 1 << 40),
    ("length of zero", "{}", 0, 0), ("data without tensors", "{}", 4, nil),
    (
      "twice",
      #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}"#, 2,
      nil
    ),
    ("key twice", #"{"a":{"dtype":"U8","dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#, 1, nil),
    (
      "overlap",
      #"{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}"#, 3,
      nil
    ),
    (
      "gap",
      #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"U8","shape":[1],"data_offsets":[2,3]}}"#, 3,
      nil
    ),
    ("past the end", #"{"a":{"dtype":"U8","shape":[9],"data_offsets":[0,9]}}"#, 3, nil),
    ("backwards", #"{"a":{"dtype":"U8","shape":[0],"data_offsets":[3,1]}}"#, 3, nil),
    ("wrong size", #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, 4, nil),
    ("negative size", #"{"a":{"dtype":"U8","shape":[-1],"data_offsets":[0,1]}}"#, 1, nil),
    ("fraction", #"{"a":{"dtype":"U8","shape":[1.0],"data_offsets":[0,1]}}"#, 1, nil),
    ("overflow", #"{"a":{"dtype":"F32","shape":[4294967296,4294967296,4294967296],"data_offsets":[0,0]}}"#, 0, nil),
    ("hidden overflow", #"{"a":{"dtype":"F32","shape":[0,9223372036854775807,9],"data_offsets":[0,0]}}"#, 0, nil),
    ("huge number", #"{"a":{"dtype":"U8","shape":[99999999999999999999999],"data_offsets":[0,1]}}"#, 1, nil),
    ("three offsets", #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1,1]}}"#, 1, nil),
    ("unknown type", #"{"a":{"dtype":"F8","shape":[1],"data_offsets":[0,1]}}"#, 1, nil),
    ("missing shape", #"{"a":{"dtype":"U8","data_offsets":[0,1]}}"#, 1, nil),
    ("unknown field", #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"more":1}}"#, 1, nil),
    ("deep", "{\"a\":" + String(repeating: "[", count: 100_000), 0, nil),
    ("deep objects", String(repeating: "{\"a\":", count: 100_000), 0, nil),
    (
      "many axes",
      #"{"a":{"dtype":"U8","shape":["# + Array(repeating: "1", count: 200).joined(separator: ",")
        + #"],"data_offsets":[0,1]}}"#, 1, nil
    ),
    ("metadata that is no text", #"{"__metadata__":{"a":1}}"#, 0, nil),
    ("half a surrogate", #"{"\ud83d":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#, 1, nil),
    ("open text", #"{"a"#, 0, nil), ("control character", "{\"a\u{1}\":{}}", 0, nil),
  ]

  @Test(arguments: hostile.indices) func hostileFilesAreRefused(index: Int) throws {
    let (name, header, data, length) = Self.hostile[index]
    let folder = ScratchFolder()
    try folder.write(file(header, data: data, length: length), to: "bad.safetensors")
    let path = folder.file("bad.safetensors")
    let error = #expect(throws: CajalError.self, "\(name)") { try SafetensorsFile(path) }
    #expect(error?.kind == .format && error?.subject == path, "\(name): \(String(describing: error))")
    #expect(error?.description.utf8.count ?? 0 < 1_000)
  }

  @Test func filesThatAreNoneAreRefused() throws {
    let folder = ScratchFolder()
    #expect(throws: CajalError.self) { try SafetensorsFile(folder.path) }
    #expect(throws: CajalError.self) { try SafetensorsFile("/dev/zero") }
    #expect(throws: CajalError.self) { try SafetensorsFile("") }
    mkfifo(folder.file("pipe"), 0o600)
    #expect(throws: CajalError.self) { try SafetensorsFile(folder.file("pipe")) }
    let error = #expect(throws: CajalError.self) { try SafetensorsFile(folder.file("none")) }
    #expect(error?.kind == .missing)
  }

  /// Bytes changed, removed, repeated: a file reads or is refused, and nothing else happens.
  @Test func thousandsOfDamagedFiles() throws {
    let folder = ScratchFolder(isFast: true)
    try Safetensors.write(
      [
        ("layer/kernel", Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3])), ("layer/bias", Tensor([7, 8])),
        ("n", Tensor([true], shape: [1])),
      ],
      to: folder.file("good"), metadata: ["format": "cajal"])
    let good = try folder.read("good")
    var draws = Draws(99)
    var refused = 0
    for _ in 0..<6_000 {
      try folder.write(good.damaged(&draws), to: "bad")
      do {
        let file = try SafetensorsFile(folder.file("bad"))
        for entry in file.entries { #expect(try file.tensor(entry.name).storage.byteCount == entry.range.count) }
      } catch let error as CajalError {
        refused += 1
        #expect(error.kind == .format && error.subject == folder.file("bad"))
      }
    }
    #expect(refused > 3_000)
  }
}

extension [UInt8] {
  /// A copy with one to four things wrong.
  func damaged(_ draws: inout Draws) -> [UInt8] {
    var bytes = self
    let tokens = ["9", "-", "\"", "{", "}", "[", "]", "0", ",", ":", "\\", "e9", "99999999999", "null", "\u{0}", "é"]
    for _ in 0..<Int.random(in: 1...4, using: &draws) where !bytes.isEmpty {
      let place = Int.random(in: 0..<bytes.count, using: &draws)
      switch Int.random(in: 0..<6, using: &draws) {
      case 0: bytes[place] = UInt8.random(in: 0...255, using: &draws)
      case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &draws)
      case 2: bytes.removeSubrange(place...)
      case 3: bytes.removeSubrange(place..<Swift.min(place + Int.random(in: 1...9, using: &draws), bytes.count))
      case 4: bytes.insert(contentsOf: Array((tokens.randomElement(using: &draws) ?? "").utf8), at: place)
      default:
        let end = Swift.min(place + Int.random(in: 1...40, using: &draws), bytes.count)
        bytes.insert(contentsOf: bytes[place..<end], at: place)
      }
    }
    return bytes
  }
}
