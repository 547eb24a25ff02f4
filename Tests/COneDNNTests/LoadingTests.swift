import Foundation
import Testing

/// Finding and refusing libraries, each case in a process of its own, because a process loads oneDNN once.
@Suite("Loading oneDNN", .enabled(if: Clang.path != nil, "needs clang"))
struct LoadingTests {
  /// A program in a folder where nothing is found by chance.
  private final class Prober {
    let folder: TemporaryFolder
    let path: String

    init() throws {
      folder = try TemporaryFolder()
      let main = try folder.write(
        """
        #include <COneDNN.h>
        #include <stdio.h>
        #include <stdlib.h>
        int main(void) {
          char message[12288];
          int status = onednn_load(message, sizeof message);
          char brief[8] = "";
          if (status != onednn_load(brief, sizeof brief) || brief[7]) return 3;
          if (status) return puts(message), 1;
          printf("%s|pool %d\\n", onednn_table()->description, onednn_table()->shares_pool);
          return 0;
        }
        """, to: "main.c")
      path = folder.url.appendingPathComponent("bin/prober").path
      try FileManager.default.createDirectory(
        at: folder.url.appendingPathComponent("bin"), withIntermediateDirectories: true)
      let pool = ["pool", "openmp", "adopt", "waiting", "cores"].map { Checkout.pool.path + "/\($0).c" }
      let sources = pool + ["table.c", "step.c"].map { Checkout.sources.appendingPathComponent($0).path }
      let outcome = try Clang.run(
        ["-Wall", "-Werror", "-I", Checkout.include.path, "-I", Checkout.pool.path + "/include", main] + sources + [
          "-ldl", "-lpthread", "-o", path,
        ])
      try #require(outcome.status == 0, "\(outcome.output)")
    }

    func run(_ environment: [String: String] = [:]) throws -> Outcome {
      try execute(path, environment: ["HOME": folder.url.path].merging(environment) { $1 })
    }

    /// A library that is not oneDNN 3.
    func library(_ text: String, at place: String) throws -> String {
      let source = try folder.write(text, to: "library.c")
      let file = folder.url.appendingPathComponent(place)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      let outcome = try Clang.run(["-shared", "-fPIC", "-I", Checkout.include.path, source, "-o", file.path])
      try #require(outcome.status == 0, "\(outcome.output)")
      return file.path
    }

    func version(_ major: Int, runtime: String = "SEQ") -> String {
      """
      #include <types.h>
      static const onednn_version v = {\(major), 7, 1, "", ONEDNN_RUNTIME_\(runtime), 0};
      const onednn_version *dnnl_version(void) { return &v; }
      """
    }
  }

  @Test("CAJAL_ONEDNN that points nowhere is named, with what to do")
  func namedFileIsMissing() throws {
    let outcome = try Prober().run(["CAJAL_ONEDNN": "/nowhere/libdnnl.so.3"])
    #expect(outcome.status == 1)
    #expect(outcome.output.contains("CAJAL_ONEDNN is '/nowhere/libdnnl.so.3': No such file"))
    #expect(outcome.output.contains("unset it"))
  }

  @Test("CAJAL_ONEDNN may be a folder; an empty one is an error")
  func namedFolder() throws {
    let prober = try Prober()
    let empty = try prober.run(["CAJAL_ONEDNN": prober.folder.url.path])
    #expect(empty.status == 1)
    #expect(empty.output.contains("which holds no libdnnl.so.3"))
  }

  @Test("a file that is no library")
  func notALibrary() throws {
    let prober = try Prober()
    let file = try prober.folder.write("text", to: "text")
    let outcome = try prober.run(["CAJAL_ONEDNN": file])
    #expect(outcome.status == 1)
    #expect(outcome.output.contains("'\(file)' is there but cannot be loaded"))
  }

  @Test("another version is refused")
  func otherVersion() throws {
    let prober = try Prober()
    let file = try prober.library(prober.version(2), at: "two/libdnnl.so.2")
    let outcome = try prober.run(["CAJAL_ONEDNN": file])
    #expect(outcome.status == 1)
    #expect(outcome.output.contains("is oneDNN 2.7; Cajal needs version 3"))
  }

  @Test("a library without a version is not oneDNN")
  func noVersion() throws {
    let prober = try Prober()
    let file = try prober.library("int other;", at: "other/libdnnl.so.3")
    let outcome = try prober.run(["CAJAL_ONEDNN": file])
    #expect(outcome.status == 1)
    #expect(outcome.output.contains("is not oneDNN"))
  }

  @Test("a missing function is named")
  func missingFunction() throws {
    let prober = try Prober()
    let file = try prober.library(prober.version(3), at: "three/libdnnl.so.3")
    let outcome = try prober.run(["CAJAL_ONEDNN": file])
    #expect(outcome.status == 1)
    #expect(outcome.output.contains("is oneDNN 3.7.1 but lacks the function dnnl_set_verbose"))
  }

  @Test("a build with threads of its own loads and says so", arguments: ["SEQ", "TBB", "THREADPOOL", "OMP"])
  func otherThreads(runtime: String) throws {
    let prober = try Prober()
    let list = try String(contentsOf: Checkout.include.appendingPathComponent("functions.def"), encoding: .utf8)
    let names = list.matches(of: /ONEDNN_FUNCTION\([^,]+, (\w+),/).map { String($0.1) }.filter { $0 != "version" }
    #expect(names.count > 80)
    let functions = names.map { "void dnnl_\($0)(void) {}" }.joined(separator: "\n")
    let file = try prober.library(
      prober.version(3, runtime: runtime) + "\n" + functions, at: "whole/libdnnl.so.3")
    let outcome = try prober.run(["CAJAL_ONEDNN": file])
    #expect(outcome.status == 0, "\(outcome.output)")
    #expect(outcome.output.contains("oneDNN 3.7.1, "))
    #expect(outcome.output.contains("|pool 0"), "\(outcome.output)")
  }

  @Test(
    "each place is looked at, the earlier first",
    arguments: [
      ["bin/libdnnl.so.3", "bin/lib/libdnnl.so.3"], ["bin/lib/libdnnl.so.3", "prefix/lib/libdnnl.so.3"],
      ["prefix/lib/libdnnl.so.3", ".vendor/lib/libdnnl.so.3"], [".vendor/lib/libdnnl.so.3"],
    ])
  func order(places: [String]) throws {
    let prober = try Prober()
    for place in places { _ = try prober.library(prober.version(2), at: place) }
    let outcome = try prober.run(["CAJAL_PREFIX": prober.folder.url.appendingPathComponent("prefix").path])
    #expect(outcome.output.contains("/\(places[0])' is oneDNN 2.7"), "\(outcome.output)")
  }

  @Test("the user's data folder stands for the prefix", arguments: ["XDG_DATA_HOME", "HOME"])
  func dataFolder(variable: String) throws {
    let prober = try Prober()
    let share = variable == "HOME" ? "home/.local/share" : "home"
    _ = try prober.library(prober.version(2), at: "\(share)/cajal/lib/libdnnl.so.3")
    let outcome = try prober.run([variable: prober.folder.url.appendingPathComponent("home").path])
    #expect(outcome.output.contains("/\(share)/cajal/lib/libdnnl.so.3' is oneDNN 2.7"), "\(outcome.output)")
  }

  @Test("a stranger's library is passed over", .enabled(if: geteuid() == 0, "needs the right to give files away"))
  func stranger() throws {
    let prober = try Prober()
    let file = try prober.library(prober.version(2), at: "bin/libdnnl.so.3")
    try FileManager.default.setAttributes([.ownerAccountID: 12345], ofItemAtPath: file)
    let outcome = try prober.run()
    #expect(!outcome.output.contains("is oneDNN 2.7"))
    #expect(outcome.status == 0 || outcome.output.contains("belongs to another user: '\(file)'"), "\(outcome.output)")
  }

  @Test("with none anywhere, the message names the set-up command")
  func absent() throws {
    let outcome = try Prober().run()
    if outcome.status != 0 {  // 0: this system has its own
      #expect(outcome.output.contains("make setup"))
      #expect(outcome.output.contains("CAJAL_ONEDNN"))
    }
  }
}
