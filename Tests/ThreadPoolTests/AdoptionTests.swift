// Leading a library's OpenMP calls to the pool. The library under test is compiled here: it calls GNU's entry points by
// name, against a stand-in for the runtime that only aborts.
import Foundation
import Testing
import ThreadPool

@Suite("Adopting a library's threads", .enabled(if: Library.compiler != nil, "needs clang"))
struct AdoptionTests {
  private static let calls = """
    #include <stdbool.h>
    extern void GOMP_parallel(void (*)(void *), void *, unsigned, unsigned);
    extern void GOMP_parallel_start(void (*)(void *), void *, unsigned);
    extern void GOMP_parallel_end(void);
    extern void GOMP_barrier(void);
    extern bool GOMP_loop_static_start(long, long, long, long, long *, long *);
    extern bool GOMP_loop_static_next(long *, long *);
    extern void GOMP_loop_end_nowait(void);
    extern int omp_get_max_threads(void), omp_get_num_threads(void), omp_get_thread_num(void), omp_in_parallel(void);

    static int visits[64], phases[64];
    typedef struct { long start, end, increment, chunk; int *counts; } loop;
    static void count(void *context) {
      loop *l = context;
      long from, to;
      if (GOMP_loop_static_start(l->start, l->end, l->increment, l->chunk, &from, &to))
        do {
          for (long i = from; l->increment > 0 ? i < to : i > to; i += l->increment)
            __atomic_fetch_add(&l->counts[i], 1, __ATOMIC_SEQ_CST);
        } while (GOMP_loop_static_next(&from, &to));
      GOMP_loop_end_nowait();
    }
    /// How often a loop visits each index, as a parallel region in one call or in three.
    void visit(long start, long end, long increment, long chunk, int *counts, int pieces) {
      loop l = {start, end, increment, chunk, counts};
      if (!pieces) { GOMP_parallel(count, &l, 5, 0); return; }
      GOMP_parallel_start(count, &l, 5);
      count(&l);
      GOMP_parallel_end();
    }
    /// Every thread writes, all meet, every thread reads all: the number of values missed.
    static int missed;
    static void meet(void *context) {
      (void)context;
      int me = omp_get_thread_num(), team = omp_get_num_threads();
      for (int round = 1; round <= 200; round++) {
        __atomic_store_n(&phases[me], round, __ATOMIC_SEQ_CST);
        GOMP_barrier();
        for (int k = 0; k < team; k++)
          if (__atomic_load_n(&phases[k], __ATOMIC_SEQ_CST) != round) __atomic_fetch_add(&missed, 1, __ATOMIC_SEQ_CST);
        GOMP_barrier();
      }
      visits[me] += omp_in_parallel();
    }
    int meetings(void) {
      GOMP_parallel(meet, 0, 5, 0);
      return missed;
    }
    int inside(void) { int sum = 0; for (int k = 0; k < 64; k++) sum += visits[k]; return sum; }
    int most(void) { return omp_get_max_threads(); }
    """
  private typealias Visit = @convention(c) (Int, Int, Int, Int, UnsafeMutablePointer<Int32>, Int32) -> Void
  private typealias Number = @convention(c) () -> Int32

  /// Why the library keeps its own threads; nil when it computes in the pool's.
  private static func adopt(_ library: Library) -> String? {
    var message = [UInt8](repeating: 0, count: 200)
    let status = message.withUnsafeMutableBytes {
      pool_adopt(library.handle, $0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count)
    }
    return status == 0 ? nil : String(decoding: message.prefix { $0 != 0 }, as: UTF8.self)
  }

  @Test("loops, meetings and questions are answered by the pool", .timeLimit(.minutes(1)))
  func wholeRuntime() throws {
    let library = try Library(Self.calls, named: "calls", runtime: "runtime")
    #expect(Self.adopt(library) == nil)
    let visit = try library.function("visit", as: Visit.self)
    for (start, end, step) in [(0, 100, 1), (3, 50, 7), (40, 2, -3), (5, 5, 1), (0, 2, 1)] {
      for chunk in [0, 1, 4] {
        for pieces: Int32 in [0, 1] {
          var counts = [Int32](repeating: 0, count: 128)
          visit(start, end, step, chunk, &counts, pieces)
          var expected = [Int32](repeating: 0, count: 128)
          for i in stride(from: start, to: end, by: step) { expected[i] = 1 }
          #expect(counts == expected, "\(start) to \(end) by \(step), chunks of \(chunk)")
        }
      }
    }
    #expect(try library.function("meetings", as: Number.self)() == 0)
    #expect(try library.function("inside", as: Number.self)() == 5)
    #expect(try library.function("most", as: Number.self)() == pool_threads())
  }

  @Test("a library that needs more than the pool offers keeps its own threads")
  func unknownEntryPoint() throws {
    let library = try Library(
      "extern void GOMP_parallel_sections(void); void f(void) { GOMP_parallel_sections(); }", named: "more",
      runtime: "more-runtime")
    #expect(Self.adopt(library)?.contains("GOMP_parallel_sections") == true)
  }

  @Test("a library without parallel calls is left alone")
  func noCalls() throws {
    let library = try Library("int f(void) { return 1; }", named: "none", runtime: "none-runtime")
    #expect(Self.adopt(library)?.contains("no calls") == true)
  }
}

/// A shared library compiled for a test, against a runtime whose every function ends the process.
private final class Library {
  static let compiler = path("clang")

  static func path(_ name: String) -> String? {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(name)" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  let handle: UnsafeMutableRawPointer
  private let folder: URL

  init(_ text: String, named name: String, runtime: String) throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("cajal-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let entries = Set(text.matches(of: /\b(GOMP_\w+|omp_\w+)\(/).map { String($0.1) })
    let stubs = "#include <stdlib.h>\n" + entries.sorted().map { "void \($0)(void) { abort(); }\n" }.joined()
    let other = try Self.build(stubs, in: folder, named: "lib\(runtime).so", [])
    let file = try Self.build(text, in: folder, named: "lib\(name).so", [other, "-Wl,-rpath,\(folder.path)"])
    handle = try #require(dlopen(file, RTLD_NOW | RTLD_LOCAL))
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  func function<F>(_ name: String, as type: F.Type) throws -> F {
    unsafeBitCast(try #require(dlsym(handle, name)), to: type)
  }

  private static func build(_ text: String, in folder: URL, named name: String, _ options: [String]) throws -> String {
    let source = folder.appendingPathComponent(name + ".c"), file = folder.appendingPathComponent(name)
    try text.write(to: source, atomically: true, encoding: .utf8)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try #require(compiler))
    process.arguments = ["-shared", "-fPIC", "-O1", source.path, "-o", file.path] + options
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    return file.path
  }
}
