// A program that saves and trains while a test kills it or takes the disk away from it.
import Cajal
import Foundation

/// A network with dropout, normalization and kept state, so that everything a backup must hold is there.
func network(_ seed: Int) throws -> Model {
  let model = try Model(
    Sequential {
      Dense(24, activation: .relu)
      BatchNormalization()
      Dropout(0.3)
      Dense(3, activation: .softmax)
    }, inputShape: [6], seed: seed)
  model.compile(optimizer: .adam(learningRate: 0.01), loss: .sparseCategoricalCrossentropy, metrics: [.accuracy])
  return model
}

func samples() -> (x: Tensor, y: Tensor) {
  var state: UInt64 = 7
  func next() -> Float {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Float(state >> 40) / Float(1 << 24)
  }
  let values = (0..<(100 * 6)).map { _ in next() }
  let labels = (0..<100).map { Int32(values[$0 * 6] * 3) }
  return (Tensor(values, shape: [100, 6]), Tensor(labels, shape: [100]))
}

/// All bits of the weights, in one number.
func fingerprint(_ model: Model) -> String {
  var hash: UInt64 = 0xcbf2_9ce4_8422_2325
  for variable in model.variables {
    variable.value.withBytes { for byte in $0 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 } }
  }
  return String(hash, radix: 16)
}

/// Sets every weight to one number.
func fill(_ model: Model, _ value: Float) throws {
  for variable in model.variables {
    try model.setWeight(
      variable.name, Tensor([Float](repeating: value, count: variable.type.shape.count), shape: variable.type.shape))
  }
}

func say(_ text: String) { FileHandle.standardOutput.write(Data((text + "\n").utf8)) }

let arguments = CommandLine.arguments
guard arguments.count > 2 else {
  say("SavingTrial save|limit|train FOLDER …")
  exit(2)
}
let folder = arguments[2]
do {
  switch arguments[1] {
  case "save":  // saves as fast as it can, every weight of a file the same number
    let model = try Model(
      Sequential {
        Dense(256)
        Dense(256)
      }, inputShape: [256])
    model.compile(optimizer: .adam, loss: .meanSquaredError)
    var number: Float = 0
    while true {
      number += 1
      try fill(model, number)
      try model.save(to: folder + "/model.cajal")
      try model.saveWeights(to: folder + "/weights.safetensors")
      if number == 1 { say("ready") }
    }
  case "limit":  // saves under a limit on the size of files
    let model = try Model(
      Sequential {
        Dense(256)
        Dense(256)
      }, inputShape: [256])
    try fill(model, 2)
    var limit = rlimit(rlim_cur: rlim_t(arguments[3]) ?? 0, rlim_max: rlim_t(arguments[3]) ?? 0)
    setrlimit(__rlimit_resource_t(1), &limit)  // RLIMIT_FSIZE
    for attempt in [
      { try model.save(to: folder + "/model.cajal") }, { try model.saveWeights(to: folder + "/weights.safetensors") },
    ] {
      do {
        try attempt()
        say("saved")
      } catch {
        say("error \(error)")
      }
    }
  case "train":  // trains with backups; kills itself after so many steps, if asked to
    let model = try network(11)
    let (x, y) = samples()
    let deadly = arguments.count > 3 ? Int(arguments[3]) ?? 0 : 0
    let backup = BackupAndRestore(folder, everySteps: 2)
    let watch = LambdaCallback(batchEnd: { if $0.step == deadly { kill(getpid(), SIGKILL) } })
    let history = try model.fit(
      x, y, epochs: 6, batchSize: 16, validationSplit: 0.2,
      callbacks: [ReduceLROnPlateau(monitor: "loss", factor: 0.5, patience: 0, minDelta: 0.3), backup, watch],
      verbose: .silent)
    let losses = history["loss"].map { String($0.bitPattern, radix: 16) }.joined(separator: " ")
    say("\(backup.hasResumed) \(fingerprint(model)) \(losses)")
  default: exit(2)
  }
} catch {
  say("error \(error)")
  exit(1)
}
