import Foundation

/// Folders of a few known files that are written aside and put in place when they are complete.
enum AsideFolder {
  /// Writes a folder through `body` and puts it in the place of the old one.
  ///
  /// The old folder may hold nothing but files of the given names: nothing of anybody else's is ever removed.
  /// - Parameter names: Everything that such a folder may hold.
  /// Errors: `.argument` where something else is in the way; `.system` where the system refuses. The old folder is then
  /// as it was.
  static func replace(_ path: String, _ body: (_ make: (String) throws -> OpenFile) throws -> Void) throws {
    let target = Aside.resolved(path)
    try demandReplaceable(target)
    let isThere = Aside.kind(target) != nil
    if isThere { Aside.sweep(target) }
    let (aside, folder) = try make(target)
    do {
      try withExtendedLifetime(folder) {
        try body { name in try OpenFile.making(aside + "/" + name) }
        try folder.synchronize()
        try swap(aside, target)
      }
    } catch {
      remove(aside)
      throw (error as? CajalError).map { Aside.named($0, aside, target) } ?? error
    }
    try Aside.synchronizeParent(of: target)
    if !isThere { Aside.sweep(target) }
  }

  private static func make(_ target: String) throws -> (path: String, folder: OpenFile) {
    for _ in 0..<16 {
      let path = Aside.path(target)
      guard mkdir(path, 0o777) == 0 else { throw OpenFile.failure(target, "to make a folder beside it", errno) }
      guard let folder = try? OpenFile.folder(path) else { continue }
      // Between making and locking a sweep may have taken it for a leftover.
      if try Aside.lock(folder) { return (path, folder) }
    }
    throw CajalError(.system, target, expected: "to write beside it", given: "the folders made there vanish")
  }

  // MARK: - Putting in place

  private static func swap(_ aside: String, _ target: String) throws {
    // A folder takes the place of nothing or of an empty folder.
    if rename(aside, target) == 0 { return }
    guard errno == ENOTEMPTY || errno == EEXIST else { throw refused(target) }
    if let exchange {
      if exchange(AT_FDCWD, aside, AT_FDCWD, target, 2) == 0 { return remove(aside) }  // RENAME_EXCHANGE
      guard errno == ENOSYS || errno == EINVAL else { throw refused(target) }
    }
    // In two moves: between them both folders are complete, and reading finds them.
    let old = Aside.path(target, mark: Aside.oldMark)
    guard rename(target, old) == 0 else { throw refused(target) }
    guard rename(aside, target) == 0 else {
      let error = refused(target)
      _ = rename(old, target)
      throw error
    }
    remove(old)
  }

  private static func refused(_ target: String) -> CajalError {
    OpenFile.failure(target, "to put the new folder in its place", errno)
  }

  private typealias Exchange =
    @convention(c) (Int32, UnsafePointer<CChar>, Int32, UnsafePointer<CChar>, UInt32) -> Int32

  /// The system's way to let two paths change places in one move; not every C library has it.
  private static let exchange: Exchange? = {
    guard ProcessInfo.processInfo.environment["CAJAL_NO_EXCHANGE"] == nil,
      let symbol = dlsym(dlopen(nil, RTLD_LAZY), "renameat2")
    else { return nil }
    return unsafeBitCast(symbol, to: Exchange.self)
  }()

  /// A folder may be replaced where all it holds is what a saved model holds.
  private static func demandReplaceable(_ target: String) throws {
    guard let kind = Aside.kind(target) else { return }
    guard kind == S_IFDIR else {
      throw CajalError(
        .argument, target, expected: "a saved model or nothing at this path", given: "there is a file",
        advice: "Choose another name.")
    }
    let names = try FileManager.default.contentsOfDirectory(atPath: target)
    if let stranger = names.sorted().first(where: { !SavedFolder.names.contains($0) }) {
      throw CajalError(
        .argument, target, expected: "a saved model or nothing at this path", given: "the folder holds \(stranger)",
        advice: "Choose another name: a saved model is a folder of its own.")
    }
  }

  /// Removes a folder with the files that a saved model has; a folder with others stays.
  static func remove(_ path: String) {
    for name in SavedFolder.names + [KerasFolder.weights, KerasFolder.archive] { unlink(path + "/" + name) }
    rmdir(path)
  }
}
