import Foundation
import VectorKernels

/// libgomp's pool, if the system has one: lets the tests run kernels on four threads.
enum ThreadPool {
  static let isInstalled: Bool = {
    guard let library = dlopen("libgomp.so.1", RTLD_NOW), let parallel = dlsym(library, "GOMP_parallel"),
      let number = dlsym(library, "omp_get_thread_num"), let size = dlsym(library, "omp_get_num_threads")
    else { return false }
    typealias Query = @convention(c) () -> Int32
    typealias Body = @convention(c) (UnsafeMutableRawPointer?) -> Void
    typealias Parallel = @convention(c) (Body, UnsafeMutableRawPointer?, UInt32, UInt32) -> Void
    vk_use_openmp(
      unsafeBitCast(parallel, to: Parallel.self), unsafeBitCast(number, to: Query.self),
      unsafeBitCast(size, to: Query.self))
    vk_set_threads(4)
    return true
  }()
}
