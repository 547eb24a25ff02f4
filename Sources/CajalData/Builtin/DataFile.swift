/// One file of a built-in data set.
public struct DataFile: Hashable, Sendable {
  /// Name in the user's cache.
  public var name: String
  /// Bytes.
  public var size: Int
  /// 64 hexadecimal digits.
  public var sha256: String
  /// Where to get it, best first.
  public var urls: [String]

  /// A file with the size, the digest and the addresses it is to have.
  public init(_ name: String, size: Int, sha256: String, urls: [String]) {
    self.name = name
    self.size = size
    self.sha256 = sha256
    self.urls = urls
  }
}
