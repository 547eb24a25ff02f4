import Cajal
import Foundation
import Testing

/// A kill, a full disk, a limit, a missing permission: the last good file stays and says so.
@Suite(.serialized) struct InterruptedSavingTests {
  /// The number that all weights of a file are, where they are all the same.
  private func number(_ tensors: [Tensor]) -> Float? {
    let values = Set(tensors.flatMap(\.floats))
    return values.count == 1 ? values.first : nil
  }

  @Test(arguments: [false, true]) func aKillLeavesTheOldOrTheNewOne(withoutExchange: Bool) throws {
    let folder = ScratchFolder()
    var draws = Draws(withoutExchange ? 2 : 1)
    for round in 0..<24 {
      try TrialProgram.runAndKill(
        ["save", folder.path], after: Int.random(in: 0..<30_000, using: &draws),
        environment: withoutExchange ? ["CAJAL_NO_EXCHANGE": "1"] : [:])
      let model = try Model.load(from: folder.file("model.cajal"))
      let file = try SafetensorsFile(folder.file("weights.safetensors"))
      #expect(number(try model.variables.map { try model.weight($0.name) }) != nil, "round \(round)")
      #expect(number(try file.entries.map { try file.tensor($0.name) }) != nil, "round \(round)")
    }
    // What the killed writers have left goes with the next save.
    let model = try Model.load(from: folder.file("model.cajal"))
    try model.save(to: folder.file("model.cajal"))
    try model.saveWeights(to: folder.file("weights.safetensors"))
    #expect(folder.names == ["model.cajal", "weights.safetensors"])
  }

  @Test func aCompleteCopyAsideIsFoundWhereTheMainOneIsMissing() throws {
    let folder = ScratchFolder()
    let model = try small()
    try model.save(to: folder.file("m.cajal"))
    try FileManager.default.moveItem(atPath: folder.file("m.cajal"), toPath: folder.file("m.cajal.part-abc"))
    // An unfinished one beside it does not count.
    try FileManager.default.createDirectory(atPath: folder.file("m.cajal.part-zzz"), withIntermediateDirectories: true)
    try folder.write([1, 2, 3], to: "m.cajal.part-zzz/model.safetensors")
    let loaded = try Model.load(from: folder.file("m.cajal"))
    #expect(try loaded.weight("dense/kernel").floats == model.weight("dense/kernel").floats)
    try loaded.save(to: folder.file("m.cajal"))
    #expect(folder.names == ["m.cajal"])
  }

  @Test(arguments: [100, 40_000, 300_000]) func aLimitOnFilesIsAnErrorAndKeepsTheOldOnes(bytes: Int) throws {
    let folder = ScratchFolder()
    let model = try Model(
      Sequential {
        Dense(256)
        Dense(256)
      }, inputShape: [256])
    try model.save(to: folder.file("model.cajal"))
    try model.saveWeights(to: folder.file("weights.safetensors"))
    let before = try folder.read("weights.safetensors")
    let (text, process) = try TrialProgram.run(["limit", folder.path, String(bytes)])
    #expect(process.terminationReason == .exit && process.terminationStatus == 0)
    let lines = text.split(separator: "\n")
    #expect(lines.count == 2)
    for line in lines {
      #expect(line.hasPrefix("error") && line.contains("File too large") && line.contains("ulimit"), "\(line)")
    }
    #expect(try folder.read("weights.safetensors") == before)
    #expect(
      try Model.load(from: folder.file("model.cajal")).weight("dense/kernel").floats
        == model.weight("dense/kernel").floats)
    #expect(folder.names == ["model.cajal", "weights.safetensors"])
  }

  @Test func aFullDiskIsAnErrorAndKeepsTheOldOnes() throws {
    let folder = ScratchFolder()
    let disk = folder.file("disk")
    try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
    let (mount, _) = (Process(), ())
    mount.executableURL = URL(fileURLWithPath: "/bin/mount")
    mount.arguments = ["-t", "tmpfs", "-o", "size=1m", "tmpfs", disk]
    mount.standardError = FileHandle.nullDevice
    try mount.run()
    mount.waitUntilExit()
    guard mount.terminationStatus == 0 else {
      print("aFullDiskIsAnError…: skipped, because this process may not mount a small disk.")
      return
    }
    defer { umount(disk) }
    let model = try Model(
      Sequential {
        Dense(256)
        Dense(256)
      }, inputShape: [256])  // 526 KB
    let before = try model.weight("dense/kernel").floats
    try model.saveWeights(to: disk + "/w.safetensors")
    try model.setWeight("dense/kernel", Tensor.zeros([256, 256]))
    let error = #expect(throws: CajalError.self) { try model.saveWeights(to: disk + "/w.safetensors") }
    #expect(error?.kind == .system)
    #expect(error?.description.contains("No space left") == true && error?.subject == disk + "/w.safetensors")
    #expect(throws: CajalError.self) { try model.save(to: disk + "/m.cajal") }
    // The HDF5 library must not mind: neither the next file nor the end of the process.
    #expect(throws: CajalError.self) { try model.save(to: disk + "/m.keras") }
    let elsewhere = ScratchFolder()
    try model.save(to: elsewhere.file("m.keras"))
    #expect(try Model.load(from: elsewhere.file("m.keras")).bits == model.bits)
    #expect(try SafetensorsFile(disk + "/w.safetensors").tensor("dense/kernel").floats == before)
    #expect(try FileManager.default.contentsOfDirectory(atPath: disk) == ["w.safetensors"])
  }

  @Test func aFolderThatCannotBeWrittenIsAnError() throws {
    let model = try small()
    // /proc takes no files, whoever asks.
    for path in ["/proc/w.safetensors", "/nowhere/at/all/w.safetensors"] {
      let error = #expect(throws: CajalError.self) { try model.saveWeights(to: path) }
      #expect(
        error?.subject == path && (error?.kind == .system || error?.kind == .missing), "\(String(describing: error))")
      #expect(throws: CajalError.self) { try model.save(to: path) }
      #expect(throws: CajalError.self) { try model.save(to: path + ".cajal") }
    }
    guard geteuid() != 0 else { return }
    let folder = ScratchFolder()
    try model.saveWeights(to: folder.file("w.safetensors"))
    chmod(folder.path, 0o555)
    defer { chmod(folder.path, 0o755) }
    #expect(throws: CajalError.self) { try model.saveWeights(to: folder.file("w.safetensors")) }
    #expect(try SafetensorsFile(folder.file("w.safetensors")).entries.count == 2)
  }

  @Test func nothingOfAnybodyElseIsReplaced() throws {
    let folder = ScratchFolder()
    let model = try small()
    try FileManager.default.createDirectory(atPath: folder.file("mine"), withIntermediateDirectories: true)
    try folder.write([1], to: "mine/notes.txt")
    #expect(throws: CajalError.self) { try model.save(to: folder.file("mine")) }
    #expect(throws: CajalError.self) { try model.saveWeights(to: folder.file("mine")) }
    try folder.write([1], to: "file")
    #expect(throws: CajalError.self) { try model.save(to: folder.file("file/")) }
    try model.save(to: folder.file("model/"))
    try folder.write([1], to: "model/notes.txt")
    let error = #expect(throws: CajalError.self) { try model.save(to: folder.file("model")) }
    #expect(error?.given.contains("notes.txt") == true)
    #expect(folder.names == ["file", "mine", "model"])
  }

  private func small() throws -> Model { try Model(Sequential { Dense(4) }, inputShape: [3], seed: 5) }
}
