import Cajal
import CajalData
import Foundation
import Testing

/// Models of Keras in the commands: conversion, summary, answers.
@Suite(.serialized) struct ConvertTests {
  private static let golden = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Golden/keras").path

  @Test func thereAndBackAgain() throws {
    let place = try ScratchDirectory()
    let source = Self.golden + "/sequential.keras"
    func convert(_ words: String...) throws {
      let result = try cajal(["convert"] + words, in: place)
      #expect(result.status == 0, "\(result.errors)")
    }
    try convert(source, "folder.cajal")
    try convert("folder.cajal", "again.keras")
    try convert("again.keras", "alone.safetensors")
    try convert("again.keras", "alone.weights.h5")
    try convert("alone.weights.h5", "third.keras", "--model", source)
    try convert(Self.golden + "/sequential.h5", "old.keras")
    #expect(try place.text("folder.cajal/config.json").contains("cajal.model"))

    let x = Tensor((0..<72).map { Float($0) / 72 }, shape: [1, 6, 6, 2])
    try NPY.write(x, to: place.file("x.npy"))
    var answers: [[Float]] = []
    for model in [source, "folder.cajal", "again.keras", "third.keras", "old.keras"] {
      let result = try cajal(["predict", model, "x.npy", "--output", "y.npy"], in: place)
      #expect(result.status == 0, "\(model): \(result.errors)")
      answers.append(try NPY.read(place.file("y.npy")).scalars())
    }
    #expect(answers.allSatisfy { $0 == answers[0] } && answers[0].count == 4)

    let summary = try cajal(["summary", "again.keras"], in: place)
    #expect(summary.status == 0 && summary.output.contains("Conv2D") && summary.output.contains("batch_normalization"))
    let lost = try cajal(["convert", "alone.weights.h5", "m.keras"], in: place)
    #expect(lost.status == 1 && lost.errors.contains("weights alone"), "\(lost.errors)")
  }
}
