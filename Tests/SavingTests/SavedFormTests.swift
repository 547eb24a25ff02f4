import Foundation
import Testing

@testable import Cajal

/// Which form a path names: one of Keras's archives unless it says otherwise.
@Suite struct SavedFormTests {
  private func model(seed: Int = 1) throws -> Model {
    let model = try Model(Sequential { Dense(3, activation: .tanh) }, inputShape: [2], seed: seed)
    model.compile(optimizer: .adam, loss: .meanSquaredError)
    return model
  }

  @Test func archivesUnlessThePathSaysOtherwise() throws {
    let folder = ScratchFolder()
    let model = try model()
    try model.fit(Tensor([[1, 2], [3, 4]]), Tensor([[0, 1, 0], [1, 0, 1]]), verbose: .silent)
    for name in ["plain", "v1.2", "named.keras", "own.cajal", "slash/"] { try model.save(to: folder.file(name)) }
    #expect(folder.names == ["named.keras", "own.cajal", "plain.keras", "slash", "v1.2.keras"])
    for name in ["plain.keras", "v1.2.keras", "named.keras"] { #expect(KerasFile.isArchive(folder.file(name))) }
    for name in ["own.cajal", "slash"] { #expect(Aside.isFolder(folder.file(name))) }
    for name in ["plain", "plain.keras", "v1.2", "named", "own.cajal", "slash", "slash/"] {
      let read = try Model.load(from: folder.file(name))
      #expect(read.bits == model.bits && read.store.step == 1, "\(name)")
      let other = try self.model(seed: 2)
      #expect(try other.loadWeights(from: folder.file(name)).isComplete && other.bits == model.bits, "\(name)")
    }
  }

  @Test func aFolderStaysAFolderAndAFileAFile() throws {
    let folder = ScratchFolder()
    let (first, second) = (try model(), try model(seed: 2))
    try first.save(to: folder.file("kept/"))
    try second.save(to: folder.file("kept"))
    #expect(folder.names == ["kept"])
    #expect(try Model.load(from: folder.file("kept")).bits == second.bits)
    // A file of somebody else's at the path itself is left alone.
    try folder.write([1, 2, 3], to: "notes")
    try first.save(to: folder.file("notes"))
    #expect(try folder.read("notes") == [1, 2, 3])
    #expect(try Model.load(from: folder.file("notes.keras")).bits == first.bits)
  }

  @Test func checkpointsFollowThePath() throws {
    let folder = ScratchFolder()
    let (x, y) = (Tensor([[1, 2], [3, 4]]), Tensor([[0, 1, 0], [1, 0, 1]]))
    let plain = ModelCheckpoint(folder.file("{epoch}"))
    let own = ModelCheckpoint(folder.file("last.cajal"))
    try model().fit(x, y, epochs: 2, callbacks: [plain, own], verbose: .silent)
    #expect(folder.names == ["1.keras", "2.keras", "last.cajal"])
    #expect(plain.lastPath == folder.file("2.keras") && own.lastPath == folder.file("last.cajal"))
  }

  /// Training goes on from an archive with the same bits as from a folder.
  @Test func trainingGoesOnTheSame() throws {
    let folder = ScratchFolder()
    let (x, y) = Networks.samples(40)
    let model = try Networks.rich(optimizer: AdamW())
    try model.fit(x, y, epochs: 1, batchSize: 16, verbose: .silent)
    try model.save(to: folder.file("m.keras"))
    try model.save(to: folder.file("m.cajal"))
    let (one, other) = (try Model.load(from: folder.file("m.keras")), try Model.load(from: folder.file("m.cajal")))
    for each in [one, other] { try each.fit(x, y, epochs: 2, batchSize: 16, initialEpoch: 1, verbose: .silent) }
    let values = { (model: Model) in
      try model.variables.map { try model.weight($0.name).floats.map(\.bitPattern) }.sorted {
        $0.lexicographicallyPrecedes($1)
      }
    }
    #expect(try values(one) == values(other))
  }
}
