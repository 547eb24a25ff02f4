// Which form a path names.

/// How a model lies on the disk, and where.
enum SavedForm: Equatable {
  /// One of Keras's archives, the form that `save` writes unless the path names another one.
  case archive(String)
  /// Cajal's own folder: a path that ends in `.cajal` or `/`, or at which there is a folder.
  case folder(String)

  init(writing path: String) {
    if path.hasSuffix("/") || path.hasSuffix(".cajal") || Aside.isFolder(Aside.resolved(path)) {
      self = .folder(path)
    } else {
      self = .archive(path.hasSuffix(".keras") ? path : path + ".keras")
    }
  }

  var path: String {
    switch self {
    case .archive(let path), .folder(let path): path
    }
  }

  /// Where a model lies that was saved to a path: there, or in the archive that the path has become.
  static func found(_ path: String) -> String {
    guard !path.hasSuffix("/"), Aside.kind(Aside.resolved(path)) == nil, !SavedFolder.exists(path) else { return path }
    let archive = path + ".keras"
    return Aside.kind(Aside.resolved(archive)) == nil ? path : archive
  }
}
