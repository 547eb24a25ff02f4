import Cajal
import Foundation

/// Where the files of built-in data sets are looked for.
public struct DataSearch: Sendable {
  /// Folders, first to last.
  public let roots: [String]

  /// A folder named by the caller, then `$CAJAL_DATA`, then the user's cache.
  public init(folder: String? = nil, environment: [String: String] = ProcessInfo.processInfo.environment) {
    var roots: [String] = []
    if let folder { roots.append(folder) }
    if let given = environment["CAJAL_DATA"], !given.isEmpty { roots.append(given) }
    roots.append(Self.cache(environment))
    self.roots = roots
  }

  /// `${XDG_CACHE_HOME:-~/.cache}/cajal`: where downloads go.
  public static func cache(_ environment: [String: String] = ProcessInfo.processInfo.environment) -> String {
    if let given = environment["XDG_CACHE_HOME"], given.hasPrefix("/") { return "\(given)/cajal" }
    return "\(environment["HOME"] ?? "/tmp")/.cache/cajal"
  }

  /// The first of several places that exists, under the first root that has one.
  func first(of places: [String], _ exists: (String) -> Bool) -> String? {
    for root in roots {
      for place in places where exists("\(root)/\(place)") { return "\(root)/\(place)" }
    }
    return nil
  }

  /// A file that belongs to a data set, in any of the known arrangements of folders.
  func file(_ names: [String], of dataSet: String, folders: [String]) throws -> String {
    let prefixes = [dataSet + "/"] + folders.map { $0 + "/" } + [""]
    let places = names.flatMap { name in prefixes.map { $0 + name } }
    guard let found = first(of: places, isFile) else { throw missing(names[0], dataSet) }
    return found
  }

  func missing(_ what: String, _ dataSet: String) -> CajalError {
    CajalError(
      .missing, "data set \(dataSet)", expected: "\(what) in \(roots.joined(separator: ", "))",
      given: "it is not there",
      advice: "Get it with `cajal data get \(dataSet)`, or name the folder that has it.")
  }
}
