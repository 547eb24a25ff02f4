import ThreadPool

/// Lets kernels divide their work among up to five threads, whatever the machine has.
enum FiveThreads {
  static let areAllowed: Void = pool_set_threads(5)
}
