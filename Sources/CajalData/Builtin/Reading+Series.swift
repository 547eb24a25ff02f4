// Heartbeats and ratings.
import Cajal

extension Reading {
  private static let beats = [
    "normal", "R on T", "premature ventricular", "supraventricular or ectopic", "unclassified",
  ]

  /// Rows of a class 1…5 and 140 values, apart by spaces or commas.
  static func heartbeats(_ search: DataSearch) throws -> DataSplit {
    func part(_ file: String) throws -> Dataset {
      let path = try Places.find(file, of: "ecg5000", search)
      let text = String(decoding: try openStream(path).readAll(limit: 1 << 26), as: UTF8.self)
      var values: [Float] = []
      var labels: [Int32] = []
      for (number, line) in text.split(whereSeparator: \.isNewline).enumerated() {
        let fields = line.split { $0 == " " || $0 == "\t" || $0 == "," }.map { Float($0) }
        let numbers = fields.compactMap { $0 }.filter(\.isFinite)
        guard numbers.count == 141, fields.count == 141, (1...5).contains(numbers[0]), numbers[0] == numbers[0].rounded()
        else {
          throw CajalError(
            .format, "\(path), line \(number + 1)", expected: "a class 1 to 5 and 140 values",
            given: "there are \(fields.count) fields")
        }
        labels.append(Int32(numbers[0]) - 1)
        values += numbers.dropFirst()
      }
      return try Dataset(
        inputs: Tensor(values, shape: [labels.count, 140]), targets: Tensor(labels, shape: [labels.count]))
    }
    return DataSplit(
      train: try part("ECG5000_TRAIN.txt"), test: try part("ECG5000_TEST_1500rows.txt.gz"), classNames: beats)
  }

  /// A table userId, movieId, rating, timestamp and one of titles; people and films are numbered as they come.
  static func ratings(_ search: DataSearch) throws -> DataSplit {
    let path = try Places.find("ratings.csv", of: "movielens", search)
    let table = try Table(csv: path, options: CSVOptions(header: true, kinds: [:]))
    let (people, films) = (try table.column("userId"), try table.column("movieId"))
    let ratings = try table.column("rating").numbers
    guard people.kind == .number, films.kind == .number, ratings.count == table.rowCount else {
      throw CajalError(
        .format, path, expected: "numbers in userId, movieId and rating", given: "there is something else")
    }
    if let wrong = ratings.firstIndex(where: { !($0 >= 0.5 && $0 <= 5) }) {
      throw CajalError(
        .format, "\(path), line \(table.lines[wrong])", expected: "a rating from 0.5 to 5", given: "it is \(ratings[wrong])")
    }
    func numbered(_ column: Column) -> (numbers: [Double: Int32], ids: [Double]) {
      let ids = Set(column.numbers).sorted()
      return (Dictionary(uniqueKeysWithValues: ids.enumerated().map { ($1, Int32($0)) }), ids)
    }
    let (person, film) = (numbered(people), numbered(films))
    let pairs = (0..<table.rowCount).flatMap { row -> [Int32] in
      [person.numbers[people.numbers[row], default: 0], film.numbers[films.numbers[row], default: 0]]
    }
    let all = try Dataset(
      inputs: Tensor(pairs, shape: [table.rowCount, 2]), targets: Tensor(ratings.map { Float($0) }, shape: [table.rowCount, 1]))
    let (train, test) = try all.split(0.9, seed: 0)
    return DataSplit(train: train, test: test, classNames: try titles(of: film.ids, search))
  }

  private static func titles(of ids: [Double], _ search: DataSearch) throws -> [String] {
    let path = try Places.find("movies.csv", of: "movielens", search)
    let table = try Table(csv: path, options: CSVOptions(header: true, kinds: ["title": .category]))
    let (numbers, titles) = (try table.column("movieId").numbers, try table.column("title"))
    guard numbers.count == table.rowCount, titles.codes.count == table.rowCount else {
      throw CajalError(.format, path, expected: "columns movieId and title", given: "there is something else")
    }
    var known: [Double: String] = [:]
    for (row, id) in numbers.enumerated() where titles.codes[row] >= 0 {
      known[id] = titles.vocabulary[Int(titles.codes[row])]
    }
    return ids.map { known[$0] ?? "film \(Int($0))" }
  }
}
