import CajalModels
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

  private func made<Network: Layer<Tensor, Tensor>>(_ network: Network, _ shape: Shape) throws -> Model {
    try Model(network, inputShape: shape, seed: 3)
  }

  /// What Keras's layers have no padding for gets a layer of zeros.
  @Test func architecturesBecomeArchives() throws {
    let folder = ScratchFolder()
    let networks: [(any Layer<Tensor, Tensor>, Shape)] = [
      (LeNet5(), [28, 28, 1]), (OriginalLeNet5(), [28, 28, 1]), (ResNet50(classes: 3, width: 4), [32, 32, 3]),
      (MobileNet(classes: 3, alpha: 0.25), [32, 32, 3]),
      (
        Sequential {
          Conv1D(3, kernelSize: 3, padding: .explicit(low: [2], high: [1]), activation: .relu)
          MaxPooling1D(poolSize: 2, padding: .explicit(1))
          Conv1D(3, kernelSize: 2, padding: .explicit(1))
        }, [9, 2]
      ),
    ]
    for (network, shape) in networks {
      let model = try made(network, shape)
      let x = Tensor((0..<shape.count * 2).map { Float($0 % 13) / 13 }, shape: Shape([2] + shape.dimensions))
      try model.save(to: folder.file("m"))
      let read = try Model.load(from: folder.file("m"))
      #expect(KerasFileTests.distance(try read.predict(x).floats, try model.predict(x).floats.map(Double.init)) < 1e-6)
    }
    // Zeros are not the smallest of what may be negative.
    let pool = try Model(MaxPooling2D(padding: .explicit(1)), inputShape: [4, 4, 1])
    #expect(throws: CajalError.self) { try pool.save(to: folder.file("pool")) }
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
