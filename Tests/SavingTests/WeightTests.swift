import Foundation
import Testing

@testable import Cajal

@Suite struct WeightTests {
  private func model(_ units: Int = 4, seed: Int = 0) throws -> Model {
    try Model(
      Sequential {
        Dense(units, name: "first")
        Dense(2, name: "last")
      }, inputShape: [3], seed: seed)
  }

  @Test func weightsComeBackInKerasOrder() throws {
    let folder = ScratchFolder()
    let a = try model(seed: 1)
    try a.saveWeights(to: folder.file("w"))
    let file = try SafetensorsFile(folder.file("w"))
    #expect(file.entries.map(\.name) == ["first/kernel", "first/bias", "last/kernel", "last/bias"])
    #expect(file.entries.map(\.type) == a.variables.map(\.type))
    let b = try model(seed: 2)
    #expect(b.bits != a.bits)
    let report = try b.loadWeights(from: folder.file("w"))
    #expect(b.bits == a.bits && report.isComplete && report.loaded.count == 4 && report.description == "4 loaded")
    // A saved model has weights as well.
    try a.save(to: folder.file("m.cajal"))
    let c = try model(seed: 3)
    #expect(try c.loadWeights(from: folder.file("m.cajal")).isComplete)
    #expect(c.bits == a.bits)
  }

  @Test func aTrainedConvolutionLiesPlainlyInTheFile() throws {
    let folder = ScratchFolder()
    let (x, y) = Networks.samples(32)
    let trained = try Networks.rich()
    try trained.fit(x, y, batchSize: 16, verbose: .silent)
    try trained.saveWeights(to: folder.file("w"))
    #expect(
      try SafetensorsFile(folder.file("w")).tensor("conv2d/kernel").floats == trained.weight("conv2d/kernel").floats)
    // Into a model whose programs have bound their memory, and into a fresh one: the same answers.
    let bound = try Networks.rich(seed: 12)
    try bound.fit(x, y, batchSize: 16, verbose: .silent)
    let layouts = bound.variables.map(\.layout)
    try bound.loadWeights(from: folder.file("w"))
    #expect(bound.variables.map(\.layout) == layouts)
    #expect(bound.bits == trained.bits)
    #expect(try bound.predict(x).floats == trained.predict(x).floats)
  }

  @Test func whatDoesNotFitIsReported() throws {
    let folder = ScratchFolder()
    try model(5, seed: 1).saveWeights(to: folder.file("five"))
    let four = try model(seed: 2)
    let before = four.bits
    let error = #expect(throws: CajalError.self) { try four.loadWeights(from: folder.file("five")) }
    #expect(
      error?.kind == .shape && error?.description.contains("first/kernel (float32[3, 5], not float32[3, 4])") == true)
    #expect(four.bits == before)
    let report = try four.loadWeights(from: folder.file("five"), skippingMismatched: true)
    #expect(
      report.loaded == ["last/bias"] && report.mismatched.map(\.path) == ["first/kernel", "first/bias", "last/kernel"])

    try Safetensors.write([("first/bias", Tensor([1, 2, 3, 4])), ("other", Tensor([1]))], to: folder.file("part"))
    let partial = #expect(throws: CajalError.self) { try four.loadWeights(from: folder.file("part")) }
    #expect(partial?.given == "missing: first/kernel, last/kernel, last/bias; unexpected: other")
    #expect(partial?.advice.contains("allowingPartial") == true)
    let allowed = try four.loadWeights(from: folder.file("part"), allowingPartial: true)
    #expect(allowed.loaded == ["first/bias"] && allowed.missing.count == 3 && allowed.unexpected == ["other"])
    #expect(try four.weight("first/bias").floats == [1, 2, 3, 4])
  }

  @Test func otherFloatsAreConverted() throws {
    let folder = ScratchFolder()
    let model = try Model(Dense(2), inputShape: [1])
    for dtype in [DType.float16, .bfloat16, .float64] {
      try Safetensors.write(
        [("kernel", Tensor([[0.5, -2]]).cast(to: dtype)), ("bias", Tensor([1, 3]).cast(to: dtype))],
        to: folder.file("w"))
      try model.loadWeights(from: folder.file("w"))
      #expect(try model.weight("kernel").floats == [0.5, -2] && model.weight("bias").floats == [1, 3])
    }
    try Safetensors.write(
      [("kernel", Tensor([1, 2] as [Int32], shape: [1, 2])), ("bias", Tensor([1, 3]))], to: folder.file("w"))
    #expect(throws: CajalError.self) { try model.loadWeights(from: folder.file("w")) }
  }

  /// Weights and configurations with bytes changed: a model reads or an error says why, whole files or none.
  @Test func thousandsOfDamagedModels() throws {
    let folder = ScratchFolder(isFast: true)
    let model = try Networks.rich()
    let (x, y) = Networks.samples(8)
    try model.fit(x, y, batchSize: 8, verbose: .silent)
    try model.save(to: folder.file("m.cajal"))
    var draws = Draws(5)
    var refused = 0
    for name in ["config.json", "model.safetensors", "training.safetensors"] {
      let good = try folder.read("m.cajal/" + name)
      for _ in 0..<1_500 {
        let bad = good.damaged(&draws)
        try folder.write(bad, to: "m.cajal/" + name)
        // The sizes are right, so that what is in the files is looked at.
        if name != "config.json" {
          let config = String(decoding: try folder.read("good.json", or: "m.cajal/config.json"), as: UTF8.self)
          let text = config.replacingOccurrences(of: "\"bytes\" : \(good.count)", with: "\"bytes\" : \(bad.count)")
          try folder.write(Array(text.utf8), to: "m.cajal/config.json")
        }
        do { _ = try Model.load(from: folder.file("m.cajal")) } catch is CajalError { refused += 1 }
      }
      try folder.write(good, to: "m.cajal/" + name)
      if name == "config.json" { try folder.write(good, to: "good.json") }
    }
    #expect(refused > 2_000)
  }

  /// Every number of a configuration in turn at the ends of its range.
  @Test func extremeNumbersInAConfiguration() throws {
    let folder = ScratchFolder(isFast: true)
    let model = try Model(
      Sequential {
        ZeroPadding2D(1)
        Conv2D(4, kernelSize: 3, dilationRate: 2)
        UpSampling2D(size: 2)
        MaxPooling2D(poolSize: 2)
        Conv2DTranspose(2, kernelSize: 2, strides: 2)
        Cropping2D(1)
        Reshape([-1, 2])
        Conv1D(2, kernelSize: 2)
        Flatten()
        RepeatVector(3)
        Dense(3)
      }, inputShape: [8, 8, 1])
    model.compile(optimizer: .adam, loss: .mse, metrics: [.auc, .mse])
    try model.save(to: folder.file("m.cajal"))
    let text = String(decoding: try folder.read("m.cajal/config.json"), as: UTF8.self)
    let values = [
      "9223372036854775807", "-9223372036854775808", "4611686018427387904", "4294967296", "-1", "0", "1e308", "65536",
    ]
    var refused = 0
    for place in text.ranges(of: try Regex("[0-9.]+")) {
      for value in values {
        let bad = text.replacingCharacters(in: place, with: value)
        try folder.write(Array(bad.utf8), to: "m.cajal/config.json")
        do { _ = try Model.load(from: folder.file("m.cajal")) } catch is CajalError { refused += 1 }
      }
    }
    #expect(refused > 100)
  }
}

extension ScratchFolder {
  fileprivate func read(_ name: String, or other: String) throws -> [UInt8] {
    try read(names.contains(name) ? name : other)
  }
}
