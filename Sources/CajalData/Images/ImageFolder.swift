import Cajal
import Foundation

/// Pictures in one folder per class: `folder/cat/1.jpg`, `folder/dog/7.png`.
///
/// Classes are the sub-folders' names in byte order, files likewise, so places and labels are the same everywhere.
/// Pictures are read when their batch is made; put `cache()` behind to keep them.
public struct ImageFolder: Sendable {
  /// What happens with a file that cannot be read as a picture.
  public enum Unreadable: Sendable {
    /// The batch throws an error naming it (default).
    case fail
    /// All files are tried when the folder is opened and bad ones are left out; `skipped` tells which.
    case skip
  }

  /// Names of the classes in the order of their labels.
  public let classNames: [String]
  /// Files and their classes, in order.
  public private(set) var files: [(path: String, label: Int)]
  /// Files left out, with the reason.
  public private(set) var skipped: [(path: String, reason: String)] = []
  private let width: Int
  private let height: Int
  private let channels: Int

  /// Lists the pictures of a folder; none is read yet.
  ///
  /// - Parameters:
  ///   - width: every picture is resized to it (bilinear, antialiased).
  ///   - channels: 1 grey or 3 RGB.
  ///   - classNames: the classes to use, in the order of their labels; `nil` takes all sub-folders.
  /// Errors: `.missing` for a folder or class that is not there, `.argument` if there is no picture.
  public init(
    _ folder: String, width: Int, height: Int, channels: Int = 3, classNames: [String]? = nil,
    unreadable: Unreadable = .fail
  ) throws {
    guard (1...16384).contains(width), (1...16384).contains(height), channels == 1 || channels == 3 else {
      throw CajalError(
        .argument, "ImageFolder", expected: "sizes of 1 to 16384 and 1 or 3 channels",
        given: "\(width) x \(height) x \(channels)")
    }
    self.width = width
    self.height = height
    self.channels = channels
    let names = try classNames ?? listFolder(folder).filter { isFolder("\(folder)/\($0)") }
    self.classNames = names
    files = []
    for (label, name) in names.enumerated() {
      for file in try listFolder("\(folder)/\(name)") where Self.isPicture(file) {
        files.append(("\(folder)/\(name)/\(file)", label))
      }
    }
    if case .skip = unreadable {
      files = files.filter { file in
        do {
          _ = try Image.read(file.path)
          return true
        } catch {
          skipped.append((file.path, "\(error)"))
          return false
        }
      }
    }
    guard !files.isEmpty else {
      throw CajalError(
        .argument, folder, expected: "pictures (.png, .jpg, .jpeg) in one folder per class", given: "there are none")
    }
  }

  /// Inputs `[height, width, channels]`: 0…255 as `uint8` or 0…1 as `float32`; targets: the label as `int32`.
  public func dataset(dtype: DType = .float32) throws -> Dataset {
    guard dtype == .float32 || dtype == .uint8 else {
      throw CajalError(
        .dtype, "ImageFolder", expected: "float32 or uint8", given: "\(dtype.rawValue) was asked for")
    }
    let folder = self
    let bytes = Dataset(
      count: files.count, inputs: [TensorType([height, width, channels], .uint8)], targets: [TensorType([], .int32)]
    ) { sample in
      let (path, label) = folder.files[sample.index]
      let image = try Image.read(path, channels: folder.channels)
        .resized(width: folder.width, height: folder.height)
      sample.input().copyBytes(from: image.pixels)
      sample.target().storeBytes(of: Int32(label), as: Int32.self)
    }
    return dtype == .uint8 ? bytes : try bytes.rescaled(1 / 255)
  }

  private static func isPicture(_ name: String) -> Bool {
    guard !name.hasPrefix("."), let ending = name.split(separator: ".").last?.lowercased() else { return false }
    return ["png", "jpg", "jpeg"].contains(ending)
  }
}

/// Names in a folder, sorted by their bytes.
func listFolder(_ path: String) throws -> [String] {
  guard let folder = opendir(path) else { throw systemError(path, "a folder that can be read") }
  defer { closedir(folder) }
  var names: [String] = []
  while let entry = readdir(folder) {
    let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    if name != ".", name != ".." { names.append(name) }
  }
  return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
}

func isFolder(_ path: String) -> Bool {
  var status = stat()
  return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
}

func isFile(_ path: String) -> Bool {
  var status = stat()
  return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
}
