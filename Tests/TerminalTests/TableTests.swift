import CajalTerminal
import Testing

@Suite struct TableTests {
  private var summary: Table {
    var table = Table(["Layer", "Output shape", "Parameters"])
    table.addRow(["conv (Conv2D)", "[batch, 6, 6, 32]", 320])
    table.addRow(["dense (Dense)", "[batch, 10]", 11_530])
    table.addFooter(["total", .empty, 11_850])
    return table
  }

  @Test func numbersStandRight() {
    #expect(
      summary.rendered() == """
        Layer          Output shape       Parameters
        ────────────────────────────────────────────
        conv (Conv2D)  [batch, 6, 6, 32]         320
        dense (Dense)  [batch, 10]            11,530
        ────────────────────────────────────────────
        total                                 11,850

        """)
  }

  @Test func asciiWhereNothingElseCanBeShown() {
    var table = Table(["name", "loss"])
    table.addRow(["a", .number(0.5, digits: 3)])
    let expected = """
      name   loss
      -----------
      a     0.500

      """
    #expect(table.rendered(for: Terminal(isInteractive: false, allowsUnicode: false)) == expected)
    table.rules = .ascii
    #expect(table.rendered() == expected)
    table.rules = .none
    #expect(table.rendered() == "name   loss\na     0.500\n")
  }

  @Test func markdown() {
    var table = Table(["name", "n"], rules: .markdown)
    table.addRow(["a|b", 12])
    #expect(
      table.rendered() == """
        | name |   n |
        |:-----|----:|
        | a\\|b |  12 |

        """)
  }

  @Test func wideCharactersKeepColumns() {
    var table = Table(["label", "n"])
    table.addRow(["数字", 1])
    table.addRow(["line\nend", 22])
    #expect(table.rendered() == "label      n\n────────────\n数字       1\nline end  22\n")
  }

  @Test func narrowTerminalsCutText() {
    var table = Table(["file", "n"])
    table.addRow(["a/very/long/path/to/an/image.png", 3])
    let narrow = table.rendered(for: Terminal(isInteractive: true, width: 20))
    #expect(narrow == "file               n\n────────────────────\na/very/long/path…  3\n")
    #expect(table.rendered(for: Terminal(isInteractive: false, width: 20)).contains("image.png"))
  }

  @Test func unevenRowsAreMadeEven() {
    var table = Table(["a", "b"])
    table.addRow(["1"])
    table.addRow(["1", "2", "3"])
    #expect(table.rows == [["1", .empty], ["1", "2"]])
    #expect(Table([]).rendered() == "")
  }

  @Test func confusionMatrix() {
    let table = Table.confusionMatrix([[9, 1], [0, 12]], labels: ["cat"])
    #expect(
      table.rendered() == """
        true \\ predicted  cat   1   recall
        ──────────────────────────────────
        cat                 9   1   90.0 %
        1                   ·  12  100.0 %

        """)
    let styled = table.rendered(for: Terminal(isInteractive: true, allowsStyle: true))
    #expect(styled.contains("\u{1B}[32m9\u{1B}[0m") && styled.contains("\u{1B}[31m1\u{1B}[0m"))
  }
}
