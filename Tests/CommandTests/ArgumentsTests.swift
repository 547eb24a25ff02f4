import CajalArguments
import Testing

/// A command that has one of everything.
private let form = CommandForm(
  "cajal train", "Trains a network.",
  [Positional("TASK", "what to learn"), Positional("PLACE", "where", isOptional: true)],
  [
    Option("--data", .text("DIR"), "where the data is"), Option("--epochs", .integer("N", 1...100), "passes"),
    Option("--seed", .integer("S", 0...Int.max), "random numbers"),
    Option("--rate", .positive("RATE", atMost: 10), "step size"), Option("--quiet", .none, "says less"),
  ], notes: ["A note."], examples: [("cajal train digits", "a first network")])

@Suite struct ArgumentsTests {
  @Test(
    arguments: [
      ([], "cajal train: TASK is missing: what to learn."),
      (["a", "b", "c"], "cajal train: nothing is expected after 'b', but 'c' was given."),
      (["a", "--epoch", "3"], "cajal train: there is no option '--epoch'. Did you mean '--epochs'?"),
      (["a", "--colour"], "cajal train: there is no option '--colour'."),
      (["a", "-x"], "cajal train: there is no option '-x'."),
      (["a", "--epochs"], "cajal train: --epochs needs a value: --epochs N."),
      (["a", "--epochs", "--quiet"], "cajal train: --epochs needs a value: --epochs N."),
      (["a", "--epochs", "ten"], "cajal train: --epochs expects a whole number from 1 to 100, but 'ten' was given."),
      (["a", "--epochs", "0"], "cajal train: --epochs expects a whole number from 1 to 100, but '0' was given."),
      (["a", "--epochs=101"], "cajal train: --epochs expects a whole number from 1 to 100, but '101' was given."),
      (
        ["a", "--epochs", "99999999999999999999"],
        "cajal train: --epochs expects a whole number from 1 to 100, but '99999999999999999999' was given."
      ),
      (["a", "--seed", "-1"], "cajal train: --seed expects a whole number of at least 0, but '-1' was given."),
      (["a", "--rate", "nan"], "cajal train: --rate expects a number above 0, at most 10.0, but 'nan' was given."),
      (["a", "--rate", "11"], "cajal train: --rate expects a number above 0, at most 10.0, but '11' was given."),
      (["a", "--data="], "cajal train: --data expects some text, but it is empty."),
      (["a", "--quiet=yes"], "cajal train: --quiet takes no value, but 'yes' was given."),
      (["a", "--quiet", "--quiet"], "cajal train: --quiet was given twice."),
    ] as [([String], String)])
  func mistakes(words: [String], message: String) throws {
    let error = #expect(throws: UsageError.self) { try form.parse(words) }
    #expect(error?.message == message)
    #expect(error?.description == message + "\nSee 'cajal train --help'.")
  }

  @Test func valuesFollowOrAreJoined() throws {
    let arguments = try form.parse(["--epochs=7", "digits", "--data", "a=b", "--rate", "1e-3", "here", "--quiet"])
    #expect(arguments.positionals == ["digits", "here"])
    #expect(arguments.integer("--epochs") == 7)
    #expect(arguments.text("--data") == "a=b")
    #expect(arguments.number("--rate") == 1e-3)
    #expect(arguments.has("--quiet"))
    #expect(arguments.integer("--seed") == nil)
  }

  @Test func nothingIsAnOptionAfterTwoDashes() throws {
    #expect(try form.parse(["--", "--quiet", "-"]).positionals == ["--quiet", "-"])
    #expect(!CommandForm.asksForHelp(["--", "--help"]))
    #expect(CommandForm.asksForHelp(["digits", "-h"]))
  }

  @Test func helpSaysEverything() {
    #expect(
      form.help() == """
        Trains a network.

        Usage:
          cajal train TASK [PLACE] [--data DIR] [--epochs N] [--seed S] [--rate RATE] [--quiet]

        Arguments:
          TASK   what to learn
          PLACE  where

        Options:
          --data DIR   where the data is
          --epochs N   passes
          --seed S     random numbers
          --rate RATE  step size
          --quiet      says less
          --help       shows this text

        A note.

        Examples:
          cajal train digits  a first network

        """)
  }
}
