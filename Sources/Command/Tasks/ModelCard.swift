import Cajal
import CajalData
import Foundation

/// What a model's numbers mean: kept beside the model's folder as `labels.json`, so that answers have names.
struct ModelCard: Codable {
  /// The task it was trained for.
  var task: String?
  /// Names of the classes in the order of the outputs.
  var classes: [String]?
  /// Of the answer, where it is a number.
  var unit: String?
  /// How a table becomes inputs.
  var encoder: TableEncoder?
  /// What was done to the features.
  var standardization: Standardization?

  static let fileName = "labels.json"
  private static let largestFile = 64 << 20

  /// Writes the card into the directory of a run.
  func write(in directory: String) throws {
    let path = "\(directory)/\(Self.fileName)"
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    do {
      try encoder.encode(self).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw CajalError(.system, path, expected: "a file that can be written", given: error.localizedDescription)
    }
  }

  /// The card in the directory of a run; an empty one if there is none.
  static func read(in directory: String) throws -> ModelCard {
    let path = "\(directory)/\(fileName)"
    guard FileManager.default.fileExists(atPath: path) else { return ModelCard() }
    do {
      let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
      guard size <= largestFile else {
        throw CajalError(.format, path, expected: "at most \(largestFile) bytes", given: "there are \(size)")
      }
      return try JSONDecoder().decode(ModelCard.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
    } catch let error as DecodingError {
      throw CajalError(
        .format, path, expected: "class names as cajal writes them", given: "it cannot be read: \(Self.reason(error))",
        advice: "Remove the file to go on without names, or train again.")
    }
  }

  private static func reason(_ error: DecodingError) -> String {
    switch error {
    case .dataCorrupted(let context), .keyNotFound(_, let context), .typeMismatch(_, let context),
      .valueNotFound(_, let context):
      context.debugDescription.prefix { $0 != "\n" }.trimmingCharacters(in: CharacterSet(charactersIn: ". "))
    @unknown default: "it is damaged"
    }
  }
}
