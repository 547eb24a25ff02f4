import Foundation

/// Files that are written aside and put in place when they are complete: at any moment, also after a kill or a crash
/// of the machine, a reader finds the old file or the new one, whole.
enum AsideFile {
  /// Writes a file through `body` and puts it in the place of the old one.
  ///
  /// Errors: `.system` where the system refuses; the old file is then as it was.
  static func replace(_ path: String, _ body: (OpenFile) throws -> Void) throws {
    let target = Aside.resolved(path)
    guard !Aside.isFolder(target) else {
      throw CajalError(.argument, path, expected: "the path of a file", given: "it is a folder")
    }
    Aside.sweep(target)
    let (aside, lock) = try make(target)
    do {
      try withExtendedLifetime(lock) {
        try body(lock)
        try lock.synchronize()
        guard rename(aside, target) == 0 else {
          throw OpenFile.failure(target, "to put the new file in its place", errno)
        }
      }
    } catch {
      unlink(aside)
      throw (error as? CajalError).map { Aside.named($0, aside, target) } ?? error
    }
    try Aside.synchronizeParent(of: target)
  }

  private static func make(_ target: String) throws -> (path: String, file: OpenFile) {
    for _ in 0..<16 {
      let path = Aside.path(target)
      let file = try Aside.naming(target, path) { try OpenFile.making(path) }
      // Between making and locking a sweep may have taken it for a leftover.
      if try Aside.lock(file) { return (path, file) }
    }
    throw CajalError(.system, target, expected: "to write beside it", given: "the files made there vanish")
  }
}

/// What files and folders written aside have in common: their names, locks and leftovers.
enum Aside {
  static let mark = ".part-"
  static let oldMark = ".old-"

  /// A new name beside the target.
  static func path(_ target: String, mark: String = mark) -> String {
    target + mark + String(UInt64.random(in: 0..<(1 << 48)), radix: 36)
  }

  /// The target of symbolic links, so that a link stays one; without slashes at the end.
  static func resolved(_ path: String) -> String {
    var path = path
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }

  /// The kind of what lies at a path, `S_IFREG` or `S_IFDIR`; nil where nothing does.
  static func kind(_ path: String) -> mode_t? {
    var status = stat()
    return stat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
  }

  static func isFolder(_ path: String) -> Bool { kind(path) == S_IFDIR }

  static func parent(of path: String) -> String {
    let parent = (path as NSString).deletingLastPathComponent
    return parent.isEmpty ? "." : parent
  }

  /// Locks a new file or folder as long as it is open; false where it has been removed meanwhile.
  static func lock(_ file: OpenFile) throws -> Bool {
    _ = flock(file.descriptor, LOCK_EX | LOCK_NB)  // where locks are unknown, sweeping finds them taken as well
    return try file.status().st_nlink > 0
  }

  /// Names of what lies beside the target and was written aside for it.
  static func leftovers(_ target: String) -> [String] {
    let name = (target as NSString).lastPathComponent
    let names = (try? FileManager.default.contentsOfDirectory(atPath: parent(of: target))) ?? []
    return names.filter { $0.hasPrefix(name + mark) || $0.hasPrefix(name + oldMark) }.map {
      parent(of: target) + "/" + $0
    }
  }

  /// Removes what killed writers have left; whoever still writes holds a lock.
  static func sweep(_ target: String) {
    for path in leftovers(target) {
      let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)
      guard descriptor >= 0 else { continue }
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 {
        if isFolder(path) { AsideFolder.remove(path) } else { unlink(path) }
      }
      close(descriptor)
    }
  }

  static func synchronizeParent(of path: String) throws { try OpenFile.folder(parent(of: path)).synchronize() }

  /// Errors name what the person asked for, not the name it is written under.
  static func naming<Result>(_ target: String, _ aside: String, _ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error as CajalError {
      throw named(error, aside, target)
    }
  }

  static func named(_ error: CajalError, _ aside: String, _ target: String) -> CajalError {
    var error = error
    error.subject = error.subject.replacingOccurrences(of: aside, with: target)
    return error
  }
}
