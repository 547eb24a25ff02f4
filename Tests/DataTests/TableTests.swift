import Cajal
import Foundation
import Testing

@testable import CajalData

private func records(_ text: String, separator: UInt8 = 0x2C) throws -> [[String]] {
  let reader = try CSVReader(MemoryStream(Array(text.utf8)[...], name: "t.csv"))
  reader.separator = separator
  var all: [[String]] = []
  while try reader.next() { all.append(reader.ends.indices.map { String(decoding: reader.field($0), as: UTF8.self) }) }
  return all
}

@Suite struct TableTests {
  @Test(arguments: [
    ("a,b\nc,d\n", [["a", "b"], ["c", "d"]]),
    ("a,b\r\nc,d", [["a", "b"], ["c", "d"]]),
    ("a,b\rc,d\r", [["a", "b"], ["c", "d"]]),
    ("\u{FEFF}a,b\n", [["a", "b"]]),
    ("\"a,1\",\"b\nc\",\"say \"\"hi\"\"\"\n", [["a,1", "b\nc", "say \"hi\""]]),
    (",\n\n,,\n", [["", ""], ["", "", ""]]),
    ("\"\"\n", [[""]]),
    ("a,\n", [["a", ""]]),
    ("", []),
    ("\n\n", []),
  ])
  func readsRecords(text: String, expected: [[String]]) throws { #expect(try records(text) == expected) }

  @Test func joinsSpaces() throws {
    #expect(try records(" 1  2 \n3 4\n", separator: 0x20) == [["1", "2"], ["3", "4"]])
  }

  @Test(arguments: [
    ("a,b\n1,2,3\n", "CSV data, line 2: expected 2 fields, as on the first line, but there are 3."),
    ("a,b\n\"1,2\n", "CSV data, line 2, field 1: expected a closing quote, but the file ends before it."),
    (
      "a\n\"1\"2\n",
      "CSV data, line 2, field 1: expected a separator after the closing quote, but something else follows."
    ),
    ("a,a\n1,2\n", "CSV data, line 1: expected every column name once, but 'a' comes twice."),
    ("a,b\n", "CSV data: expected at least one row, but there is only a header."),
    ("a\n1\0\n", "CSV data, line 2: expected text, but there is a zero byte."),
  ])
  func namesTheLine(text: String, message: String) {
    let error = failure { _ = try Table(csv: Array(text.utf8), options: CSVOptions(header: true)) }
    #expect(error?.description.hasPrefix(message) == true, "\(String(describing: error))")
  }

  @Test func parsesNumbersExactly() {
    for text in [
      "0", "-0", ".28", "5.", "1e5", "-1.5E-3", "3.14159265358979312", "123456789012345678", "+7", " 2 ", "1e308",
    ] {
      let plain = text.trimmingCharacters(in: .whitespaces)
      #expect(parsedNumber(Array(text.utf8)[...]) == Double(plain.hasPrefix("+") ? String(plain.dropFirst()) : plain))
    }
    for text in ["", "-", "1,2", "0x10", "inf", "nan", "1e999", "1 2", "5more", "e5"] {
      #expect(parsedNumber(Array(text.utf8)[...]) == nil, "\(text)")
    }
    var random = SampleRandom(seed: 1)
    for _ in 0..<20000 {
      let value = Double(random.below(2_000_000_001) - 1_000_000_000) / pow(10, Double(random.below(9)))
      #expect(parsedNumber(Array("\(value)".utf8)[...]) == value)
    }
  }

  @Test func infersColumns() throws {
    let table = try Table(csv: Array("size;colour;price\n1;red;2.5\n2;blue;?\n3;red;4\n".utf8), name: "t.csv")
    #expect(table.columns.map(\.name) == ["size", "colour", "price"])
    #expect(table.columns.map(\.kind) == [.number, .category, .number])
    #expect(table.columns[1].vocabulary == ["blue", "red"] && table.columns[1].codes == [1, 0, 1])
    #expect(table.columns[2].missing == [1])
    let error = failure { _ = try TableEncoder(fitting: table, target: "size").dataset(table) }
    #expect(error?.subject == "t.csv, line 3, column 'price'")
    let dropped = try TableEncoder(fitting: table, target: "size", missing: .drop).dataset(table)
    #expect(dropped.count == 2)
    let filled = try TableEncoder(fitting: table, target: "size", missing: .mean).dataset(table)
    #expect(try collect(filled).values == [0, 1, 2.5, 1, 0, 3.25, 0, 1, 4])
    let ordinal = try TableEncoder(fitting: table, target: "size", categories: .ordinal, missing: .value(-1))
    #expect(try collect(ordinal.dataset(table)).values == [1, 2.5, 0, -1, 1, 4])
  }

  @Test func encoderIsKept() throws {
    try withTemporaryFolder { folder in
      let table = try Table(csv: Array("a,b\nx,1\ny,2\n".utf8))
      let encoder = try TableEncoder(fitting: table, target: "b")
      try encoder.write(to: "\(folder)/encoder.json")
      let again = try TableEncoder.read("\(folder)/encoder.json")
      #expect(again == encoder && again.featureNames == ["a=x", "a=y"])
      let new = try Table(csv: Array("a\ny\nz\n".utf8), name: "new.csv", options: CSVOptions(header: true))
      #expect(failure { _ = try again.dataset(new) }?.subject == "new.csv, line 3, column 'a'")
      #expect(
        try collect(again.dataset(Table(csv: Array("a\ny\nx\n".utf8), options: CSVOptions(header: true)))).values == [
          0, 1, 1, 0,
        ])
      try writeFile("\(folder)/broken.json", Array("{\"features\": []}".utf8))
      #expect(failure { _ = try TableEncoder.read("\(folder)/broken.json") }?.kind == .format)
    }
  }

  @Test func fieldsAcrossChunks() throws {
    let long = String(repeating: "x", count: 1 << 18)
    #expect(try records("\"\(long)\n\",b\n") == [["\(long)\n", "b"]])
    #expect(try records("\(long),\(long)\n").map { $0.map(\.count) } == [[1 << 18, 1 << 18]])
  }
}
