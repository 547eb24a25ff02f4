import CajalFigures
import Foundation
import Testing

enum FileSystem {
  static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }
}

@Suite struct FigureFileTests {
  private let chart = LineChart(title: "t", series: [Series("s", [1, 2])])

  @Test func gnuplotMissing() throws {
    let scratch = try ScratchDirectory()
    let error = #expect(throws: FigureError.self) {
      try chart.write(to: scratch.file("missing.png"), searchPath: "/nowhere:")
    }
    #expect(error == .gnuplotMissing)
    #expect(
      error.map { "\($0)" }
        == "Figures are drawn by gnuplot, which is not on the PATH. Install it: apt-get install gnuplot-nox")
    #expect(!FileSystem.exists(scratch.file("missing.png")))
  }

  /// A search path with a program named gnuplot that is none.
  private func programs(_ name: String) -> String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/Programs/" + name
  }

  @Test func gnuplotThatFailsIsQuoted() {
    let error = #expect(throws: FigureError.self) { try chart.rendered(as: .png, searchPath: programs("failing")) }
    #expect(error == .gnuplotFailed(message: "line 3: undefined terminal"))
  }

  @Test func gnuplotThatEndsAtOnceDoesNoHarm() {
    let long = LineChart(title: "t", series: [Series("s", (0..<200_000).map { Double($0) })])
    let error = #expect(throws: FigureError.self) { try long.rendered(as: .png, searchPath: programs("silent")) }
    #expect(error == .gnuplotFailed(message: "it ended with status 0"))
  }

  @Test func gnuplotThatIsKilledIsSaid() {
    let error = #expect(throws: FigureError.self) { try chart.rendered(as: .png, searchPath: programs("killed")) }
    #expect(error == .gnuplotFailed(message: "it ended with status -9"))
  }

  @Test func manyPointsGoThroughThePipe() throws {
    let long = LineChart(title: "t", series: [Series("s", (0..<100_000).map { Double($0 % 97) })])
    #expect(pngSize(try long.rendered(as: .png)) == [1_280, 800])
  }

  @Test func otherFormatsAreRefused() throws {
    for path in ["curves.jpg", "curves", "png", ".png/curves", ""] {
      let error = #expect(throws: FigureError.self) { try chart.write(to: path) }
      #expect(error == .unsupportedFormat(path: path, supported: [".png", ".svg"]))
    }
    let scratch = try ScratchDirectory()
    try chart.write(to: scratch.file("UPPER.PNG"))
    #expect(pngSize(try scratch.bytes("UPPER.PNG")) != nil)
  }

  @Test func placesThatCannotBeWritten() throws {
    let scratch = try ScratchDirectory()
    let error = #expect(throws: FigureError.self) { try chart.write(to: scratch.file("none/chart.png")) }
    #expect(error == .cannotWrite(path: scratch.file("none/chart.png"), reason: "No such file or directory"))

    // A directory in the way: the rename fails, and nothing half-made stays.
    try FileManager.default.createDirectory(atPath: scratch.file("taken.png/x"), withIntermediateDirectories: true)
    #expect(throws: FigureError.self) { try chart.write(to: scratch.file("taken.png")) }
    #expect(try scratch.names.allSatisfy { !$0.hasSuffix(".partial") })
  }
}
