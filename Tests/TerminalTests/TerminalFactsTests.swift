import CajalTerminal
import Foundation
import Testing

@Suite struct TerminalFactsTests {
  private func terminal(_ isTerminal: Bool, columns: Int? = 100, _ environment: [String: String]) -> Terminal {
    Terminal(isTerminal: isTerminal, columns: columns) { environment[$0] }
  }

  @Test func watchedTerminalIsStyledAndLive() {
    let facts = terminal(true, ["TERM": "xterm", "LANG": "en_US.UTF-8"])
    #expect(facts == Terminal(isInteractive: true, width: 100, allowsStyle: true, allowsUnicode: true))
  }

  @Test func aFileIsPlain() {
    let facts = terminal(false, columns: nil, [:])
    #expect(facts == Terminal(isInteractive: false, width: 80, allowsStyle: false, allowsUnicode: true))
  }

  @Test func variablesDecideAboutColours() {
    #expect(!terminal(true, ["NO_COLOR": "1"]).allowsStyle)
    #expect(terminal(true, ["NO_COLOR": ""]).allowsStyle)
    #expect(!terminal(true, ["TERM": "dumb"]).allowsStyle)
    #expect(!terminal(true, ["TERM": "dumb"]).isInteractive)
    #expect(terminal(false, ["CLICOLOR_FORCE": "1"]).allowsStyle)
    #expect(!terminal(false, ["CLICOLOR_FORCE": "0"]).allowsStyle)
    #expect(!terminal(false, ["CLICOLOR_FORCE": "1", "NO_COLOR": "1"]).allowsStyle)
    #expect(!terminal(false, ["CLICOLOR_FORCE": "1"]).isInteractive)
  }

  @Test func firstLocaleVariableDecidesAboutUnicode() {
    #expect(!terminal(true, ["LANG": "C"]).allowsUnicode)
    #expect(terminal(true, ["LANG": "C.utf8"]).allowsUnicode)
    #expect(!terminal(true, ["LC_ALL": "POSIX", "LANG": "en_US.UTF-8"]).allowsUnicode)
    #expect(terminal(true, ["LC_ALL": "", "LANG": "en_US.UTF-8"]).allowsUnicode)
  }

  @Test func widthComesFromTheTerminalThenColumns() {
    #expect(terminal(true, columns: 132, ["COLUMNS": "90"]).width == 132)
    #expect(terminal(false, columns: nil, ["COLUMNS": "90"]).width == 90)
    #expect(terminal(false, columns: nil, ["COLUMNS": "wide"]).width == 80)
    #expect(terminal(true, columns: 3, [:]).width == 20)
  }

  @Test func styleOnlyWhereAllowed() {
    let colour = Terminal(isInteractive: true, allowsStyle: true)
    #expect(Style.bold.with(.green).applied(to: "ok", in: colour) == "\u{1B}[1;32mok\u{1B}[0m")
    #expect(Style.bold.applied(to: "ok", in: .plain) == "ok")
    #expect(Style.plain.applied(to: "ok", in: colour) == "ok")
  }

  @Test func memoryKeepsWhatWasWritten() {
    let memory = MemoryOutput()
    memory.write("a")
    memory.writeLine("b")
    #expect(memory.text == "ab\n")
  }

  @Test func descriptorsGetAllOfALongText() {
    let pipe = Pipe()
    let text = String(repeating: "数字 0123456789\n", count: 20_000)
    let output = FileDescriptorOutput(pipe.fileHandleForWriting.fileDescriptor)
    // More than a pipe holds, so that the writer must go on after a part; and without waiting, so that it must be patient.
    _ = fcntl(output.fileDescriptor, F_SETFL, O_NONBLOCK)
    let writer = Thread {
      output.write(text)
      try? pipe.fileHandleForWriting.close()
    }
    writer.start()
    #expect(pipe.fileHandleForReading.readDataToEndOfFile() == Data(text.utf8))
    #expect(!output.terminal.isInteractive)
  }

  @Test func closedDescriptorsDoNoHarm() {
    FileDescriptorOutput(-1).write("lost")
    #expect(!Terminal(fileDescriptor: -1).isInteractive)
  }
}
