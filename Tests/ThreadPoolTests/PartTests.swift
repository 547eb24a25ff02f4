import Testing
import ThreadPool

@Suite struct PartTests {
  @Test(arguments: [(0, 16, 2), (1, 16, 2), (100, 16, 3), (4096, 64, 2), (17, 1, 4)])
  func sharesCoverEverythingOnce(count: Int64, grain: Int64, threads: Int32) {
    var next: Int64 = 0
    for thread in 0..<threads {
      var first: Int64 = 0
      var last: Int64 = 0
      pool_part(count, grain, thread, threads, &first, &last)
      #expect(first == next)
      #expect(last >= first)
      next = last
    }
    #expect(next == count)
  }
}
