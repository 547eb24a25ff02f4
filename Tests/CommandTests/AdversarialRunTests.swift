import Foundation
import Testing

/// `cajal train gan`, run as a process on the digits that come along.
@Suite struct AdversarialRunTests {
  @Test func digitsAreDrawnAndJudged() throws {
    let place = try ScratchDirectory()
    let result = try cajal("train", "gan", "--epochs", "2", in: place)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.errors.isEmpty)
    let accuracy = try #require(result.output.firstMatch(of: /It recognizes ([0-9.]+) % of 359 held-out digits/))
    #expect(try #require(Double(accuracy.1)) > 95)
    let ends = try #require(result.output.firstMatch(of: /as many training digits ([0-9.]+), noise ([0-9.]+)\./))
    #expect(try #require(Double(ends.1)) * 5 < #require(Double(ends.2)))
    for name in [
      "generator/model.safetensors", "discriminator/config.json", "judge/config.json", "samples.png", "epochs/001.png",
      "epochs/002.png", "epochs.png", "log.csv",
    ] { #expect(place.has("output/gan/\(name)"), "\(name) is missing") }
    let log = try place.text("output/gan/log.csv").split(separator: "\n")
    #expect(log.count == 3)
    #expect(
      log[0]
        == "epoch,discriminator_loss,real_score,fake_score,generator_loss,diversity,frechet_distance,classes_found")
    #expect(try cajal("summary", "output/gan/generator", in: place).output.contains("batch_normalization"))
  }

  @Test func batchesThatDoNotFitAreRefusedBeforeTheClassifierIsTrained() throws {
    let place = try ScratchDirectory()
    for (size, words) in [("1", "a batch size of at least 2"), ("100000", "Take a smaller batchSize.")] {
      let result = try cajal("train", "gan", "--batch", size, in: place)
      #expect(result.status == 1 && result.errors.contains(words), "\(result.errors)")
      #expect(!result.output.contains("It recognizes"))
    }
  }

  @Test func dataThatIsNotHereIsToldBeforeAnythingElse() throws {
    let place = try ScratchDirectory()
    let result = try cajal("train", "cgan", in: place, environment: ["CAJAL_DATA": "/nowhere", "HOME": "/nowhere"])
    #expect(result.status == 1 && result.errors.contains("cajal data get mnist"), "\(result.errors)")
  }
}
