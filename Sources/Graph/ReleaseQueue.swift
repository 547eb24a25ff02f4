// Chains of tens of thousands of nodes are freed one by one: freed recursively they would overflow the stack.
import Foundation

final class ReleaseQueue {
  var pending: [Tensor] = []

  private static let key: pthread_key_t = {
    var key = pthread_key_t()
    pthread_key_create(&key, nil)
    return key
  }()

  /// The queue of this thread while it frees a deep graph.
  static var current: ReleaseQueue? {
    get { pthread_getspecific(key).map { Unmanaged<ReleaseQueue>.fromOpaque($0).takeUnretainedValue() } }
    set {
      let old = pthread_getspecific(key)
      pthread_setspecific(key, newValue.map { Unmanaged.passRetained($0).toOpaque() })
      if let old { Unmanaged<ReleaseQueue>.fromOpaque(old).release() }
    }
  }

  /// Frees the inputs of a dying node.
  static func release(_ inputs: [Tensor]) {
    if let queue = current {
      queue.pending.append(contentsOf: inputs)
      return
    }
    let queue = ReleaseQueue()
    queue.pending = inputs
    current = queue
    while let last = queue.pending.popLast() { withExtendedLifetime(last) {} }
    current = nil
  }
}
