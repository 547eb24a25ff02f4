import CajalGraph
import Synchronization

/// The blocked arrangements of weights that oneDNN chose, by layout: it offers no way to describe them from scratch.
final class KnownForms: Sendable {
  private struct Key: Hashable, Sendable {
    var form: WeightsForm
    var layout: Layout
  }
  private struct Entry: @unchecked Sendable { var description: MemoryDescription }  // immutable once made
  private let entries = Mutex<[Key: Entry]>([:])

  func remember(_ description: MemoryDescription, _ form: WeightsForm, _ layout: Layout) {
    let entry = Entry(description: description)
    entries.withLock { if $0[Key(form: form, layout: layout)] == nil { $0[Key(form: form, layout: layout)] = entry } }
  }

  func description(_ form: WeightsForm, _ layout: Layout) -> MemoryDescription? {
    entries.withLock { $0[Key(form: form, layout: layout)] }?.description
  }
}
