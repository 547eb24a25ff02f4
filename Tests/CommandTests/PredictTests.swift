import Cajal
import CajalData
import Foundation
import Testing

/// Asking a saved model about files of all kinds, right and wrong.
@Suite(.serialized) struct PredictTests {
  /// A place with a model of digits in `model-of-digits`.
  private func trained() throws -> ScratchDirectory {
    let place = try ScratchDirectory()
    let result = try cajal("train", "digits", "--epochs", "3", "--output", "run", in: place)
    try #require(result.status == 0, "\(result.errors)")
    return place
  }

  /// A one as people draw it: a black stroke on white paper.
  private func drawOne(_ path: String, ink: UInt8, paper: UInt8) throws {
    var pixels = [UInt8](repeating: paper, count: 80 * 80 * 3)
    for y in 8..<72 { for x in 34..<48 { for channel in 0..<3 { pixels[(y * 80 + x) * 3 + channel] = ink } } }
    try Image(width: 80, height: 80, channels: 3, pixels: pixels).write(path)
  }

  @Test func filesOfAllKinds() throws {
    let place = try trained()
    try drawOne(place.file("dark.png"), ink: 0, paper: 255)
    try drawOne(place.file("light.png"), ink: 255, paper: 0)
    let pictures = try cajal("predict", "run", "dark.png", "light.png", in: place)
    #expect(pictures.status == 0)
    let rows = pictures.output.split(separator: "\n").dropFirst(2).map { $0.split(separator: " ").dropFirst() }
    #expect(rows.count == 2 && rows.first == rows.last, "inverted paper gives the same answer: \(pictures.output)")
    #expect(
      pictures.errors == """
        dark.png: resized from 80 x 80 to 8 x 8, made grey, inverted, since the model knows light on dark (--as-is keeps it)
        light.png: resized from 80 x 80 to 8 x 8, made grey

        """)
    #expect(!(try cajal("predict", "run", "dark.png", "--as-is", in: place).errors.contains("inverted")))

    // The same digit as a picture, a row of a table and an array.
    let image = try Image.read(place.file("run/example.png"))
    let numbers = image.pixels.map { "\(Float($0) / 255)" }.joined(separator: ",")
    try place.write(numbers + "\n" + numbers + "\n", to: "rows.csv")
    try NPY.write(Tensor(image.pixels, shape: [1, 8, 8, 1]), to: place.file("array.npy"))
    let all = try cajal(
      "predict", "run", "run/example.png", "rows.csv", "array.npy", "--output", "answers.csv", in: place)
    #expect(all.status == 0, "\(all.errors)")
    let lines = try place.text("answers.csv").split(separator: "\n").map { $0.split(separator: ",") }
    #expect(lines.count == 5)
    #expect(lines[0].prefix(5) == ["input", "row", "class", "probability", "p_0"])
    #expect(Set(lines.dropFirst().map { $0[2] }).count == 1, "all four are the same digit")

    #expect(try cajal("predict", "run/model.keras", "rows.csv", "--output", "answers.npy", in: place).status == 0)
    let outputs = try NPY.read(place.file("answers.npy"))
    #expect(outputs.shape == [2, 10])
    #expect(abs(outputs.floats.reduce(0, +) - 2) < 1e-4)
  }

  @Test func wrongFiles() throws {
    let place = try trained()
    try place.write("1,2,3\n", to: "short.csv")
    try place.write("this is no picture", to: "text.png")
    try place.write("", to: "empty.png")
    try place.write("a", to: "picture.bmp")
    let image = try Data(contentsOf: URL(fileURLWithPath: place.file("run/example.png")))
    try image.prefix(image.count / 2).write(to: URL(fileURLWithPath: place.file("half.png")))
    try NPY.write(Tensor([1, 2, 3], shape: [3]), to: place.file("three.npy"))
    try NPY.write(Tensor([Float](repeating: .nan, count: 64), shape: [8, 8, 1]), to: place.file("nan.npy"))
    for (name, said) in [
      ("short.csv", "expected 64 columns"), ("text.png", "expected a PNG or JPEG picture"),
      ("empty.png", "the file is empty"), ("picture.bmp", "ends in .png"), ("half.png", "half.png"),
      ("missing.png", "missing.png"), ("three.npy", "[8, 8, 1]"), ("nan.npy", "finite numbers"),
    ] {
      let result = try cajal("predict", "run", name, in: place)
      #expect(result.status == 1, "\(name)")
      #expect(result.errors.hasPrefix("cajal: ") && result.errors.contains(said), "\(name): \(result.errors)")
      #expect(result.errors.split(separator: "\n").count == 1, "\(name): \(result.errors)")
      #expect(result.output.isEmpty)
    }
    let refused = try cajal("predict", "run", "run/example.png", "--output", "/dev/null/x.csv", in: place)
    #expect(refused.status == 1 && refused.errors.contains("/dev/null/x.csv"))
  }

  @Test func damagedModels() throws {
    let place = try trained()
    try place.write("{", to: "run/labels.json")
    let labels = try cajal("predict", "run", "run/example.png", in: place)
    #expect(labels.status == 1 && labels.errors.contains("run/labels.json"))
    try FileManager.default.removeItem(atPath: place.file("run/labels.json"))
    #expect(try cajal("predict", "run", "run/example.png", in: place).status == 0)

    let path = place.file("run/model.keras")
    let weights = try Data(contentsOf: URL(fileURLWithPath: path))
    try weights.prefix(weights.count / 2).write(to: URL(fileURLWithPath: path))
    let cut = try cajal("predict", "run", "run/example.png", in: place)
    #expect(cut.status == 1 && cut.errors.contains("model.keras"))
    #expect(cut.errors.split(separator: "\n").count == 1)
  }

  @Test func aModelOfAnotherTaskIsRefused() throws {
    let place = try trained()
    let folder = ["CAJAL_DATA", "CAJAL_TEST_DATA"].compactMap { ProcessInfo.processInfo.environment[$0] }.first
    guard let folder, FileManager.default.fileExists(atPath: folder) else { return }
    let result = try cajal("evaluate", "run", "car", "--data", folder, in: place)
    #expect(result.status == 1)
    #expect(result.errors.contains("It was trained for 'digits': cajal evaluate run digits"))
  }
}
