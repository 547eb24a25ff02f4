import Cajal
import CajalModels
import CajalTerminal
import Foundation

/// A model on disk with what its numbers mean: the directory that `cajal train` made, a model's folder, or a file of
/// Keras.
struct SavedModel {
  static let fileName = "model.keras"

  let path: String
  let model: Model
  let card: ModelCard

  /// Errors: `.missing` where there is no model, `.format` where it is damaged.
  init(_ path: String) throws {
    guard let (folder, run) = Self.places(path) else {
      let names = Self.neighbours(path)
      throw CajalError(
        .missing, path, expected: "a saved model", given: "there is none at this path",
        advice: "Train one with 'cajal train digits'." + didYouMean(path, in: names))
    }
    Architectures.registerLayers()
    self.path = path
    model = try Model.load(from: folder)
    card = try ModelCard.read(in: run)
  }

  /// Whether there seems to be a model at a path.
  static func exists(_ path: String) -> Bool { places(path) != nil }

  /// The model's folder, and the directory that has its labels.
  private static func places(_ path: String) -> (model: String, run: String)? {
    var path = path
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    guard !path.isEmpty else { return nil }
    if isKerasFile(path) {
      return (path, path.contains("/") ? String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]) : ".")
    }
    let inner = ["\(path)/\(fileName)", "\(path)/model"].first { isKerasFile($0) || isModel($0) }
    if let inner { return (inner, path) }
    guard isModel(path) else { return nil }
    let hasLabels = FileManager.default.fileExists(atPath: "\(path)/\(ModelCard.fileName)")
    return (path, hasLabels ? path : "\(path)/..")
  }

  /// A file whose name says that a whole model is in it.
  private static func isKerasFile(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    let isThere = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    return isThere && !isFolder.boolValue && (path.hasSuffix(".keras") || path.hasSuffix(".h5"))
  }

  private static func isModel(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: "\(path)/config.json")
  }

  /// Paths that may have been meant.
  private static func neighbours(_ path: String) -> [String] {
    let parent = path.contains("/") ? String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]) : "."
    let names = (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []
    return names.prefix(1000).map { path.contains("/") ? "\(parent)/\($0)" : $0 }.filter { places($0) != nil }
  }
}
