import Cajal
import Foundation
import Testing

@testable import CajalData

@Suite struct FileTests {
  @Test func npyRoundTrips() throws {
    for dtype in DType.allCases {
      for shape: Shape in [[], [3], [2, 3], [0, 4]] {
        let storage = Storage(dtype, count: shape.count)
        storage.withMutableBytes {
          for i in $0.indices { $0[i] = dtype == .bool ? UInt8(i & 1) : UInt8(truncatingIfNeeded: i * 7) }
        }
        let tensor = try Tensor(storage, shape: shape)
        let again = try NPY.decode(NPY.encode(tensor))
        #expect(again.type == tensor.type)
        #expect(again.storage.withBytes { Array($0) } == storage.withBytes { Array($0) })
      }
    }
  }

  private func npy(_ header: String, _ payload: [UInt8], version: UInt8 = 1) -> [UInt8] {
    let text = Array(header.utf8)
    let length: [UInt8] = [UInt8(text.count & 255), UInt8(text.count >> 8)] + (version > 1 ? [0, 0] : [])
    return [0x93] + Array("NUMPY".utf8) + [version, 0] + length + text + payload
  }

  @Test func npyOrdersAndWidths() throws {
    let fortran = try NPY.decode(
      npy(
        "{'descr': '>i2', 'fortran_order': True, 'shape': (2, 3), }\n", [0, 1, 0, 4, 0, 2, 0, 5, 0, 3, 255, 255],
        version: 2))
    #expect(fortran.type == TensorType([2, 3], .int32))
    #expect(fortran.storage.scalars() as [Int32] == [1, 2, 3, 4, 5, -1])
    let unsigned = try NPY.decode(
      npy("{\"descr\": \"<u4\", \"fortran_order\": False, \"shape\": (1,)}", [255, 255, 255, 255], version: 3))
    #expect(unsigned.storage.scalars() as [Int64] == [4_294_967_295])
    let objects = failure { _ = try NPY.decode(npy("{'descr': '|O', 'fortran_order': False, 'shape': (2,), }", [])) }
    #expect(objects?.kind == .unsupported)
    let lying = failure {
      _ = try NPY.decode(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000, 1000000000), }", []))
    }
    #expect(lying?.kind == .format)
  }

  @Test func npzRoundTrips() throws {
    let arrays = ["x": Tensor([1, 2, 3]), "labels": Tensor([Int64](arrayLiteral: 7, 8), shape: [2])]
    for compressed in [true, false] {
      let again = try NPZ.decode(NPZ.encode(arrays, compressed: compressed))
      #expect(again.keys.sorted() == ["labels", "x"])
      #expect(again["x"]?.storage.scalars() as [Float]? == [1, 2, 3])
    }
    var bytes = try NPZ.encode(arrays, compressed: false)
    let place = try #require(bytes.firstIndex(of: 0x93))
    bytes[place + 130] ^= 1
    #expect(failure { _ = try NPZ.decode(bytes, name: "a.npz") }?.kind == .format)
  }

  @Test func numpyAgrees() throws {
    guard system("python3 -c 'import numpy' 2> /dev/null") == 0 else { return print("skipped: no NumPy") }
    try withTemporaryFolder { folder in
      let script = """
        import numpy as n
        n.savez_compressed("\(folder)/a.npz", f=n.asfortranarray(n.arange(6, dtype=">f8").reshape(2, 3)), h=n.float16([1, 2]))
        n.savez("\(folder)/b.npz", i=n.arange(3, dtype="int16"))
        """
      try writeFile("\(folder)/make.py", Array(script.utf8))
      #expect(system("python3 \(folder)/make.py") == 0)
      let arrays = try NPZ.read("\(folder)/a.npz")
      #expect(arrays["f"]?.storage.scalars() as [Double]? == [0, 1, 2, 3, 4, 5])
      #expect(arrays["h"]?.type == TensorType([2], .float16))
      #expect(try NPZ.read("\(folder)/b.npz")["i"]?.storage.scalars() as [Int32]? == [0, 1, 2])
      try NPZ.write(["z": Tensor([1, 2, 3, 4], shape: [2, 2])], to: "\(folder)/c.npz")
      let check =
        "python3 -c 'import numpy; a = numpy.load(\"\(folder)/c.npz\")[\"z\"]; "
        + "assert a.tolist() == [[1, 2], [3, 4]] and a.dtype == \"float32\" or a.dtype == \"int64\"'"
      #expect(system(check) == 0)
    }
  }

  @Test func idxReadsTypes() throws {
    let shorts = try IDX.decode([0, 0, 0x0B, 1, 0, 0, 0, 2, 255, 254, 1, 0])
    #expect(shorts.storage.scalars() as [Int32] == [-2, 256])
    let packed = try Gzip.compress([0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 1, 9, 8])
    #expect(try IDX.decode(packed).storage.scalars() as [UInt8] == [9, 8])
    let short = failure { _ = try IDX.decode([0, 0, 8, 1, 0, 0, 0, 9, 1], name: "x.idx") }
    #expect(short?.kind == .format && short?.subject == "x.idx")
    #expect(failure { _ = try IDX.decode([0, 0, 8, 1, 0, 0, 0, 1, 1, 2]) }?.kind == .format)
    #expect(failure { _ = try IDX.decode(Array(packed.dropLast(9))) }?.kind == .format)
  }

  @Test func bombsAreBounded() throws {
    let bomb = try Gzip.compress([UInt8](repeating: 0, count: 50_000_000))
    #expect(failure { _ = try Gzip.decompress(bomb, limit: 1_000_000) }?.kind == .format)
    #expect(try Gzip.decompress(Gzip.compress([1, 2]) + Gzip.compress([3])) == [1, 2, 3])
    #expect(failure { _ = try Gzip.decompress(Gzip.compress([1, 2]) + [9]) }?.kind == .format)
  }

  @Test func digest() throws {
    var empty = SHA256()
    #expect(empty.finished() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    for piece in [1, 63, 64, 65, 1000] {
      var digest = SHA256()
      let text = [UInt8](repeating: 0x61, count: 1_000_000)
      for start in stride(from: 0, to: text.count, by: piece) where piece > 1 || start < 3 {
        text[start..<min(start + piece, piece > 1 ? text.count : 3)].withUnsafeBytes { digest.update($0) }
      }
      #expect(
        digest.finished()
          == (piece > 1
            ? "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
            : "9834876dcfb05cb167a5c24953eba58c4ac89b1adf57f28f2f9d09af107ee8f0"))
    }
  }

  @Test func systemErrorsAreNamed() throws {
    #expect(failure { _ = try IDX.read("/nowhere/x") }?.kind == .missing)
    #expect(failure { _ = try IDX.read("/tmp") }?.kind == .argument)
    #expect(failure { try NPY.write(Tensor([1]), to: "/nowhere/x.npy") }?.kind == .missing)
  }

  @Test(.enabled(if: access("/dev/full", W_OK) == 0, "no /dev/full to write to")) func fullDisk() throws {
    try withTemporaryFolder { folder in
      symlink("/dev/full", "\(folder)/x.npy.\(getpid()).part")
      let error = failure { try NPY.write(Tensor([1]), to: "\(folder)/x.npy") }
      #expect(error?.kind == .system && error?.given == "the disk is full" && !isFile("\(folder)/x.npy"))
    }
  }
}
