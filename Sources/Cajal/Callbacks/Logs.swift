/// Named numbers of a step or an epoch in the order they were added: `loss`, `accuracy`, `val_loss`, ….
public struct Logs: Hashable, Sendable, ExpressibleByDictionaryLiteral, RandomAccessCollection, CustomStringConvertible
{
  private var entries: [Entry] = []

  /// One number with its name.
  public struct Entry: Hashable, Sendable, Codable {
    /// `loss`, `val_accuracy`, ….
    public var name: String
    /// The number.
    public var value: Double
    /// A number with its name.
    public init(name: String, value: Double) {
      self.name = name
      self.value = value
    }
  }

  /// No numbers yet.
  public init() {}
  public init(dictionaryLiteral elements: (String, Double)...) {
    for (name, value) in elements { self[name] = value }
  }

  /// The number of that name; setting adds it at the end or takes the place of the old one, nil removes it.
  public subscript(name: String) -> Double? {
    get { entries.first { $0.name == name }?.value }
    set {
      let place = entries.firstIndex { $0.name == name }
      switch (place, newValue) {
      case (let place?, let value?): entries[place].value = value
      case (let place?, nil): entries.remove(at: place)
      case (nil, let value?): entries.append(Entry(name: name, value: value))
      case (nil, nil): break
      }
    }
  }

  /// The names in order.
  public var names: [String] { entries.map(\.name) }
  public var startIndex: Int { 0 }
  public var endIndex: Int { entries.count }
  public subscript(position: Int) -> Entry { entries[position] }

  /// `loss 0.25, accuracy 0.9`
  public var description: String { entries.map { "\($0.name) \($0.value)" }.joined(separator: ", ") }
}

extension Logs: Codable {
  public init(from decoder: Decoder) throws {
    for entry in try [Entry](from: decoder) { self[entry.name] = entry.value }
  }
  public func encode(to encoder: Encoder) throws { try entries.encode(to: encoder) }
}
