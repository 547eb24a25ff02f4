import Foundation
import Testing

/// Every study runs on a handful of samples and leaves its numbers and pictures.
@Suite(.serialized) struct StudyTests {
  /// Pictures of stripes, as wide as their class says.
  private static func writeDigits(_ folder: String, train: Int, test: Int) throws {
    func bigEndian(_ value: Int) -> [UInt8] { [24, 16, 8, 0].map { UInt8(value >> $0 & 255) } }
    func write(_ name: String, _ bytes: [UInt8]) throws {
      try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
    }
    for (part, count) in [("train", train), ("t10k", test)] {
      var pixels: [UInt8] = []
      for sample in 0..<count {
        for place in 0..<784 {
          let column = place % 28
          pixels.append(column > 2 + sample % 3 && column < 6 + 2 * (sample % 10) ? UInt8(200 + place % 50) : 0)
        }
      }
      let head = [0, 0, 8, 3] + bigEndian(count) + bigEndian(28) + bigEndian(28)
      try write("\(part)-images-idx3-ubyte", head + pixels)
      try write("\(part)-labels-idx1-ubyte", [0, 0, 8, 1] + bigEndian(count) + (0..<count).map { UInt8($0 % 10) })
    }
  }

  private static func writeBeats(_ folder: String) throws {
    func rows(_ count: Int, abnormal: Int) -> String {
      (0..<count).map { row in
        let isAbnormal = row % abnormal == abnormal - 1
        let values = (0..<140).map { sin(Double($0) / (isAbnormal ? 4 : 9) + Double(row % 7) / 20) }
        return "  \(isAbnormal ? 2 : 1)  " + values.map { String(format: "%.5e", $0) }.joined(separator: "  ")
      }.joined(separator: "\n")
    }
    try rows(60, abnormal: 6).write(toFile: "\(folder)/ECG5000_TRAIN.txt", atomically: true, encoding: .utf8)
    try rows(80, abnormal: 3).write(toFile: "\(folder)/ECG5000_TEST.txt", atomically: true, encoding: .utf8)
  }

  private static func writeRatings(_ folder: String) throws {
    var lines = ["userId,movieId,rating,timestamp"]
    for person in 1...20 {
      for film in 1...30 where (person * 7 + film * 3) % 4 != 0 {
        lines.append("\(person),\(film * 10),\(Double(1 + (person % 3 + film % 3) * 2) / 2 + 0.5),0")
      }
    }
    try lines.joined(separator: "\n").write(toFile: "\(folder)/ratings.csv", atomically: true, encoding: .utf8)
    let titles = ["movieId,title,genres"] + (1...30).map { "\($0 * 10),\"Film \($0), the\",Drama" }
    try titles.joined(separator: "\n").write(toFile: "\(folder)/movies.csv", atomically: true, encoding: .utf8)
  }

  /// Thirty measurements that three numbers explain.
  private static func writeTumours(_ folder: String) throws {
    let rows = (0..<80).map { row -> String in
      let hidden = (0..<3).map { sin(Double(row * (7 * $0 + 3) + 1)) }
      let values = (0..<30).map { 5 + hidden[$0 % 3] * Double($0 + 1) + 0.1 * sin(Double(row * 31 + $0 * 17)) }
      return "\(row),\(hidden[0] > 0 ? "M" : "B")," + values.map { String(format: "%.4f", $0) }.joined(separator: ",")
    }
    try rows.joined(separator: "\n").write(toFile: "\(folder)/wdbc.data", atomically: true, encoding: .utf8)
  }

  private static func data(_ place: ScratchDirectory) throws -> String {
    for name in ["mnist", "fashion", "ecg5000", "movielens", "breast-cancer"] {
      try FileManager.default.createDirectory(atPath: place.file("data/\(name)"), withIntermediateDirectories: true)
    }
    try writeDigits(place.file("data/mnist"), train: 1200, test: 100)
    try writeDigits(place.file("data/fashion"), train: 300, test: 60)
    try writeBeats(place.file("data/ecg5000"))
    try writeRatings(place.file("data/movielens"))
    try writeTumours(place.file("data/breast-cancer"))
    return place.file("data")
  }

  @Test(arguments: [
    ("vae", "bound", ["samples.png", "reconstructions.png", "interpolation.png", "traversal.png"]),
    ("reduction", "autoencoder_error", ["reconstructions.png"]), ("compression", "psnr_8_bits", ["pictures.png"]),
    ("denoising", "gaussian_gain", ["denoised.png"]), ("anomaly", "autoencoder_of_8_auc", []),
    ("retrieval", "codes_of_32", ["neighbours.png"]), ("recommendation", "autoencoder_rmse", []),
    ("fewlabels", "pre-trained_network_100", []),
  ])
  func everyStudyRuns(_ name: String, _ measure: String, _ pictures: [String]) throws {
    let place = try ScratchDirectory()
    let data = try Self.data(place)
    let result = try cajal("train", name, "--epochs", "1", "--data", data, in: place)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.errors.isEmpty)
    let numbers = try place.text("output/\(name)/results.csv").split(separator: "\n").map { $0.split(separator: ",") }
    let value = try #require(numbers.first { $0[0] == measure }, "\(numbers)")
    #expect(try #require(Double(value[1])).isFinite)
    for file in pictures + ["model/config.json"] { #expect(place.has("output/\(name)/\(file)"), "\(file) is missing") }
  }

  @Test(arguments: [
    ("rbm-features", 1, "features_accuracy", "filters.png"), ("rbm-filling", 60, "machine_rmse", nil),
    ("dbn-mnist", 1, "belief_1000", "dreams.png"),
  ])
  func machinesRun(_ name: String, _ epochs: Int, _ measure: String, _ picture: String?) throws {
    let place = try ScratchDirectory()
    let result = try cajal("train", name, "--epochs", "\(epochs)", "--data", Self.data(place), in: place)
    #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
    let numbers = try place.text("output/\(name)/results.csv").split(separator: "\n").map { $0.split(separator: ",") }
    func value(_ name: String) throws -> Double {
      let row = try #require(numbers.first { $0[0] == name }, "\(numbers)")
      return try #require(Double(row[1]))
    }
    #expect(try value(measure).isFinite)
    // What three numbers explain is filled in better than by means.
    if name == "rbm-filling" { #expect(try value("machine_rmse") < 0.8 * value("mean_rmse")) }
    if let picture { #expect(place.has("output/\(name)/\(picture)"), "\(picture) is missing") }
  }

  @Test func theMachineOfRatingsIsHeldAgainstMeans() throws {
    let place = try ScratchDirectory()
    let result = try cajal("train", "rbm-ratings", "--epochs", "2", "--data", Self.data(place), in: place)
    #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
    let lines = try place.text("output/rbm-ratings/results.csv").split(separator: "\n").map { $0.split(separator: ",") }
    let names = ["mean_of_all_ratings", "mean_of_the_film", "film_and_person", "machine"].map { $0 + "_rmse" }
    #expect(lines.dropFirst().prefix(4).map { String($0[0]) } == names)
    #expect(lines.dropFirst().prefix(4).allSatisfy { (Double($0[1]) ?? .nan).isFinite })
  }

  @Test func aSeedFixesAStudy() throws {
    let place = try ScratchDirectory()
    let data = try Self.data(place)
    func losses(_ seed: String) throws -> String {
      let result = try cajal("train", "anomaly", "--epochs", "3", "--data", data, "--seed", seed, in: place)
      #expect(result.status == 0, "\(result.errors)")
      return try place.text("output/anomaly/autoencoder-of-8.csv")
    }
    let first = try losses("1")
    #expect(try losses("1") == first)
    #expect(try losses("2") != first)
  }

  /// Ctrl-C after the first draws: what they came to is still told.
  @Test func madeUpRowsFindMoreThanFewRows() throws {
    let place = try ScratchDirectory()
    let run = try CajalProcess(["train", "rbm-balance"], in: place)
    let end = Date(timeIntervalSinceNow: 240)
    while !run.output.contains("draw 3/20"), run.isRunning, Date() < end { Thread.sleep(forTimeInterval: 0.05) }
    run.interrupt()
    let result = try run.finish()
    #expect(result.errors.contains("Stopping"))
    let lines = try place.text("output/rbm-balance/results.csv").split(separator: "\n")
    let numbers = lines.map { $0.split(separator: ",") }
    func value(_ name: String) throws -> Double {
      let row = try #require(numbers.first { $0[0] == name }, "\(numbers)")
      return try #require(Double(row[1]))
    }
    #expect(try value("plain_recall") < value("rows_made_up_recall"))
    #expect(try value("rows_made_up_recall") > 0.9)
    #expect(try value("plain_auc") > 0.9)
    for name in ["plain", "rows_repeated", "rows_made_up"] {
      #expect(try (0...1).contains(value("\(name)_balanced_accuracy")))
    }
  }

  @Test func whatIsMissingOrDamagedIsSaid() throws {
    let place = try ScratchDirectory()
    let absent = try cajal("train", "anomaly", in: place)
    #expect(absent.status == 1 && absent.errors.contains("ECG5000_TRAIN.txt"))
    let byHand = try cajal("data", "get", "ecg5000", in: place)
    #expect(byHand.status == 1 && byHand.errors.contains("timeseriesclassification.com"))
    let data = try Self.data(place)
    try "1 2 3".write(toFile: "\(data)/ecg5000/ECG5000_TRAIN.txt", atomically: true, encoding: .utf8)
    let damaged = try cajal("train", "anomaly", "--data", data, in: place)
    #expect(damaged.status == 1 && damaged.errors.contains("line 1") && damaged.errors.contains("140 values"))
    let typo = try cajal("train", "denoisng", in: place)
    #expect(typo.status == 2 && typo.errors.contains("denoising"))
    let list = try cajal("tasks", in: place)
    #expect(list.output.contains("fewlabels") && list.output.contains("recommendation"))
  }
}
