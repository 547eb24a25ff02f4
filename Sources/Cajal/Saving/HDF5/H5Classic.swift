// The classic layout of HDF5, which Keras's files have, read without the C library: it trusts addresses, lengths and counts
// of a file, and a damaged one ends the process. Here each is looked at before it is used.
import Foundation

/// Groups, arrays and texts of an HDF5 file of the classic layout (superblock 0 or 1).
final class H5Classic: H5Contents {
  private(set) var kinds: [String: H5File.Kind] = [:]
  private let source: any ByteSource
  private let path: String
  private var objects: [String: Object] = [:]
  /// Bytes that may still be looked at while the file is listed: more is asked for by files that go round in circles.
  private var rest: Int

  private static let mostMembers = 200_000
  private static let deepest = 40
  private static let nowhere = UInt64.max

  /// What is known of a group or array.
  private struct Object {
    var space: [UInt8]?
    var type: [UInt8]?
    var layout: [UInt8]?
    var symbols: (tree: UInt64, heap: UInt64)?
    var attributes: [[UInt8]] = []
    /// Filters, external files and whatever else makes an array more than its bytes.
    var isSpecial = false
  }

  init(_ source: any ByteSource, path: String) throws {
    self.source = source
    self.path = path
    rest = source.byteCount.multipliedReportingOverflow(by: 4).partialValue + (64 << 20)
    let head = try bytes(0, 96)
    guard head[8] <= 1, head[13] == 8, head[14] == 8 else { throw damaged("addresses of 8 bytes") }
    let entry = head[8] == 0 ? 56 : 60
    guard head.number(entry - 32, 8) == 0 else { throw damaged("a file that begins at its first byte") }
    try list("", at: head.number(entry + 8, 8), depth: 0, above: [])
  }

  private func damaged(_ expected: String) -> CajalError {
    CajalError(
      .format, path, expected: expected, given: "the file is damaged, cut off or of another kind",
      advice: "Copy or save the file again.")
  }

  private func bytes(_ address: UInt64, _ count: Int) throws -> [UInt8] {
    let size = source.byteCount
    guard count >= 0, count <= size, address <= UInt64(size - count) else { throw damaged("what lies inside the file") }
    rest -= count
    guard rest >= 0 else { throw damaged("parts that do not repeat") }
    var bytes = [UInt8](repeating: 0, count: count)
    try bytes.withUnsafeMutableBytes { try source.read(into: $0, at: Int(address)) }
    return bytes
  }

  // MARK: - Groups

  private func list(_ name: String, at address: UInt64, depth: Int, above: Set<UInt64>) throws {
    guard kinds.count < Self.mostMembers, depth < Self.deepest, !above.contains(address) else {
      throw damaged("at most \(Self.mostMembers) members, and no group inside itself")
    }
    let object = try object(at: address)
    objects[name] = object
    guard let symbols = object.symbols else {
      kinds[name] = object.layout != nil ? .dataset : .other
      return
    }
    kinds[name] = .group
    let heap = try bytes(symbols.heap, 32)
    guard heap.starts(with: Array("HEAP".utf8)), heap.number(8, 8) <= UInt64(source.byteCount) else {
      throw damaged("a heap of names")
    }
    let names = try bytes(heap.number(24, 8), Int(heap.number(8, 8)))
    for (offset, inner) in try members(symbols.tree, depth: 0) {
      guard offset < UInt64(names.count), let end = names[Int(offset)...].firstIndex(of: 0) else {
        throw damaged("names of members")
      }
      let member = String(decoding: names[Int(offset)..<end], as: UTF8.self)
      guard !member.isEmpty, !member.contains("/") else { throw damaged("names of members") }
      let full = name.isEmpty ? member : name + "/" + member
      guard kinds[full] == nil else { throw damaged("each member once") }
      if let inner {
        try list(full, at: inner, depth: depth + 1, above: above.union([address]))
      } else {
        kinds[full] = .other  // a link to elsewhere
      }
    }
  }

  /// Offsets of names and addresses of the members of a group; no address for a symbolic link.
  private func members(_ address: UInt64, depth: Int) throws -> [(name: UInt64, address: UInt64?)] {
    if address == Self.nowhere { return [] }
    guard depth < 32 else { throw damaged("a tree of members") }
    let head = try bytes(address, 8)
    if head.starts(with: Array("SNOD".utf8)) {
      let count = Int(head.number(6, 2))
      let entries = try bytes(address + 8, count * 40)
      return (0..<count).map { index in
        let isLink = entries.number(index * 40 + 16, 4) == 2
        return (entries.number(index * 40, 8), isLink ? nil : entries.number(index * 40 + 8, 8))
      }
    }
    guard head.starts(with: Array("TREE".utf8)), head[4] == 0 else { throw damaged("a tree of members") }
    let count = Int(head.number(6, 2))
    let children = try bytes(address + 24, count * 16 + 8)
    var found: [(name: UInt64, address: UInt64?)] = []
    for index in 0..<count {
      found += try members(children.number(index * 16 + 8, 8), depth: depth + 1)
      guard found.count <= Self.mostMembers else { throw damaged("at most \(Self.mostMembers) members") }
    }
    return found
  }

  // MARK: - Object headers

  private func object(at address: UInt64) throws -> Object {
    let head = try bytes(address, 16)
    guard head[0] == 1 else { throw damaged("an object's header") }
    var object = Object()
    var blocks = [(address: address + 16, count: Int(head.number(8, 4)))]
    var seen = 0
    while let block = blocks.popLast() {
      seen += 1
      guard seen <= 1000 else { throw damaged("headers that end") }
      let messages = try bytes(block.address, block.count)
      var at = 0
      while at + 8 <= messages.count {
        let (type, size) = (messages.number(at, 2), Int(messages.number(at + 2, 2)))
        let isShared = messages[at + 4] & 2 != 0
        guard at + 8 + size <= messages.count else { throw damaged("messages inside their header") }
        let data = Array(messages[at + 8..<at + 8 + size])
        at += 8 + size
        switch type {
        case 0x01: object.space = data
        case 0x03: object.type = isShared ? nil : data
        case 0x08: object.layout = data
        case 0x07, 0x0b: object.isSpecial = true
        case 0x0c where !isShared: object.attributes.append(data)
        case 0x11 where size >= 16: object.symbols = (data.number(0, 8), data.number(8, 8))
        case 0x10 where size >= 16:
          guard data.number(8, 8) <= UInt64(source.byteCount) else { throw damaged("headers inside the file") }
          blocks.append((data.number(0, 8), Int(data.number(8, 8))))
        default: break
        }
      }
    }
    return object
  }

  // MARK: - Arrays

  func entry(_ name: String) throws -> H5File.Entry? {
    guard kinds[name] != nil else { return nil }
    guard kinds[name] == .dataset, let object = objects[name], let space = object.space, let type = object.type,
      let layout = object.layout, !object.isSpecial
    else {
      throw CajalError(
        .format, path, expected: "an uncompressed array of numbers inside the file",
        given: "\(name.prefix(120)) is something else", advice: "Save the file again.")
    }
    let shape = try sizes(space, name)
    let dtype = try numbers(type, name)
    let count = shape.reduce(1, *)
    let wanted = count * dtype.byteCount
    let place: H5File.Place
    guard layout.count >= 2, layout[0] == 3 else { throw damaged("a known layout of \(name.prefix(120))") }
    switch layout[1] {
    case 0:
      guard layout.count >= 4 + wanted, Int(layout.number(2, 2)) == wanted else {
        throw damaged("\(wanted) bytes of \(name.prefix(120))")
      }
      place = .inside(Array(layout[4..<4 + wanted]))
    case 1:
      guard layout.count >= 18 else { throw damaged("a known layout of \(name.prefix(120))") }
      let (address, size) = (layout.number(2, 8), layout.number(10, 8))
      // An array is as large in the file as it says, so that memory is bounded by the file.
      guard
        count == 0
          || size == UInt64(wanted) && wanted <= source.byteCount
            && address <= UInt64(source.byteCount - wanted)
      else { throw damaged("\(name.prefix(120)) with \(count) elements inside the file") }
      place = .at(count == 0 ? 0 : Int(address))
    default:
      throw CajalError(
        .unsupported, path, expected: "arrays in one piece", given: "\(name.prefix(120)) is cut into chunks",
        advice: "Save the file again with Keras.")
    }
    return H5File.Entry(path: name, type: TensorType(Shape(shape), dtype), place: place)
  }

  private func sizes(_ space: [UInt8], _ name: String) throws -> [Int] {
    guard space.count >= 4, space[0] == 1 || space[0] == 2, space[1] <= 16 else { throw damaged("a shape") }
    guard space[0] == 1 || space[3] < 2 else { throw damaged("a shape of \(name.prefix(120))") }
    let (rank, start) = (Int(space[1]), space[0] == 1 ? 8 : 4)
    guard space.count >= start + rank * 8 else { throw damaged("a shape of \(name.prefix(120))") }
    var count: UInt64 = 1
    return try (0..<rank).map { axis in
      let size = space.number(start + axis * 8, 8)
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      guard !overflow, size <= 1 << 36, product <= 1 << 36 else { throw damaged("arrays of at most 2^36 elements") }
      count = product
      return Int(size)
    }
  }

  private func numbers(_ type: [UInt8], _ name: String) throws -> DType {
    guard type.count >= 12 else { throw damaged("numbers in \(name.prefix(120))") }
    let size = Int(type.number(4, 4))
    switch (type[0] & 15, size) {
    case (0, _) where type[1] & 1 == 0:
      let isSigned = type[1] & 8 != 0
      switch size {
      case 1: return isSigned ? .int8 : .uint8
      case 4 where isSigned: return .int32
      case 8: return .int64
      default: break
      }
    case (1, _) where type[1] & 0x41 == 0 && type.count >= 20:
      let form = [type[12], type[13], type[14], type[15]]
      if size == 4, form == [23, 8, 0, 23] { return .float32 }
      if size == 8, form == [52, 11, 0, 52] { return .float64 }
      if size == 2, form == [10, 5, 0, 10] { return .float16 }
    default: break
    }
    throw CajalError(
      .unsupported, path, expected: "little-endian numbers of a known kind",
      given: "those of \(name.prefix(120)) are others")
  }

  func read(_ entry: H5File.Entry, into memory: UnsafeMutableRawBufferPointer) throws {
    switch entry.place {
    case .at(let offset): try source.read(into: memory, at: offset)
    case .inside(let bytes): memory.copyBytes(from: bytes.prefix(memory.count))
    case .library: throw damaged("an array of this file")
    }
  }

  // MARK: - Texts

  func texts(_ name: String, of object: String) throws -> [String] {
    for attribute in objects[object]?.attributes ?? [] {
      if let texts = try texts(attribute, named: name) { return texts }
    }
    return []
  }

  /// The texts of an attribute of that name; nil for one of another name.
  private func texts(_ data: [UInt8], named name: String) throws -> [String]? {
    guard data.count >= 9, (1...3).contains(data[0]) else { throw damaged("attributes") }
    let lengths = [2, 4, 6].map { Int(data.number($0, 2)) }
    func padded(_ count: Int) -> Int { data[0] == 1 ? (count + 7) / 8 * 8 : count }
    let start = data[0] == 3 ? 9 : 8
    let typeAt = start + padded(lengths[0])
    let spaceAt = typeAt + padded(lengths[1])
    let valueAt = spaceAt + padded(lengths[2])
    guard valueAt <= data.count, data[0] == 1 || data[1] & 3 == 0 else { throw damaged("attributes") }
    let own = data[start..<start + lengths[0]].prefix { $0 != 0 }
    guard own.elementsEqual(name.utf8) else { return nil }
    let type = Array(data[typeAt..<typeAt + lengths[1]])
    let count = try sizes(Array(data[spaceAt..<spaceAt + lengths[2]]), name).reduce(1, *)
    guard type.count >= 8 else { throw damaged("texts in \(name)") }
    let size = Int(type.number(4, 4))
    guard count <= (data.count - valueAt) / max(size, 1), size > 0 || count == 0 else {
      throw damaged("texts in \(name)")
    }
    switch type[0] & 15 {
    case 3:
      return (0..<count).map { index in
        String(decoding: data[valueAt + index * size..<valueAt + (index + 1) * size].prefix { $0 != 0 }, as: UTF8.self)
      }
    case 9 where type[1] & 15 == 1 && size == 16:
      return try (0..<count).map { index in
        let at = valueAt + index * 16
        return try heapText(
          data.number(at + 4, 8), Int(data.number(at + 12, 4)), most: Int(data.number(at, 4)))
      }
    default: return count == 0 ? [] : nil
    }
  }

  /// A text of a global heap.
  private func heapText(_ address: UInt64, _ index: Int, most: Int) throws -> String {
    if most == 0 { return "" }
    let head = try bytes(address, 16)
    guard head.starts(with: Array("GCOL".utf8)) else { throw damaged("a heap of texts") }
    let end = address.addingReportingOverflow(head.number(8, 8))
    guard !end.overflow, end.partialValue <= UInt64(source.byteCount) else { throw damaged("a heap inside the file") }
    var at = address + 16
    while at + 16 <= end.partialValue {
      let object = try bytes(at, 16)
      let (number, size) = (Int(object.number(0, 2)), object.number(8, 8))
      guard number != 0, size <= end.partialValue - at - 16 else { break }
      if number == index {
        return String(decoding: try bytes(at + 16, min(Int(size), most)).prefix { $0 != 0 }, as: UTF8.self)
      }
      at += 16 + (size + 7) / 8 * 8
    }
    throw damaged("the texts of attributes")
  }
}

extension [UInt8] {
  /// A little-endian number of up to eight bytes; what lies behind the end counts as 0.
  fileprivate func number(_ offset: Int, _ count: Int) -> UInt64 {
    (0..<count).reduce(0) { value, index in
      let at = offset + index
      return at < self.count ? value | UInt64(self[at]) << UInt64(8 * index) : value
    }
  }
}
