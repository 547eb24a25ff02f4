import Foundation
import Synchronization

/// A small HTTP server on loopback with the misbehaviour that downloads meet.
final class RangeServer: Sendable {
  struct Behaviour {
    /// Connections that close after so many body bytes; then whole answers.
    var cuts: [Int] = []
    var honoursRanges = true
    /// First answers, before normal ones.
    var statuses: [Int] = []
    var tellsLength = true
    var stalls = false
  }

  let port: UInt16
  let requests = Mutex<[String]>([])
  private let listener: Int32
  private let content: [UInt8]
  private let behaviour: Mutex<Behaviour>

  init(_ content: [UInt8], _ behaviour: Behaviour = Behaviour()) throws {
    self.content = content
    self.behaviour = Mutex(behaviour)
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let (descriptor, length) = (listener, size)
    let status = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) | listen(descriptor, 8) | getsockname(descriptor, $0, &size)
      }
    }
    guard status == 0 else { throw POSIXError(.EADDRNOTAVAIL) }
    port = UInt16(bigEndian: address.sin_port)
    Thread.detachNewThread { [self] in
      while case let connection = accept(listener, nil, nil), connection >= 0 {
        serve(connection)
        shutdown(connection, Int32(SHUT_WR))
        close(connection)
      }
    }
  }

  func stop() {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
  }

  var url: String { "http://127.0.0.1:\(port)/file" }

  private func serve(_ connection: Int32) {
    var request = ""
    var buffer = [UInt8](repeating: 0, count: 4096)
    while !request.contains("\r\n\r\n") {
      let count = recv(connection, &buffer, buffer.count, 0)
      if count <= 0 { return }
      request += String(decoding: buffer[..<count], as: UTF8.self)
    }
    requests.withLock { $0.append(request) }
    let (status, cut, now) = behaviour.withLock { behaviour -> (Int?, Int?, Behaviour) in
      let status = behaviour.statuses.isEmpty ? nil : behaviour.statuses.removeFirst()
      let cut = status != nil || behaviour.cuts.isEmpty ? nil : behaviour.cuts.removeFirst()
      return (status, cut, behaviour)
    }
    if request.hasPrefix("GET /moved") {
      return send(
        connection, "HTTP/1.1 302 Found\r\nLocation: /file\r\nContent-Length: 5\r\nConnection: close\r\n\r\nmoved")
    }
    if let status {
      return send(connection, "HTTP/1.1 \(status) X\r\nContent-Length: 4\r\nConnection: close\r\n\r\nsorry")
    }
    var start = 0
    if now.honoursRanges, let range = request.lowercased().range(of: "range: bytes=") {
      start = Int(request[range.upperBound...].prefix { $0.isNumber }) ?? 0
    }
    let head =
      start > 0
      ? "206 Partial Content\r\nContent-Range: bytes \(start)-\(content.count - 1)/\(content.count)" : "200 OK"
    let length = now.tellsLength ? "Content-Length: \(content.count - start)\r\n" : ""
    send(connection, "HTTP/1.1 \(head)\r\n\(length)Connection: close\r\n\r\n")
    let body = Array(content[start...].prefix(cut ?? content.count))
    _ = body.withUnsafeBytes { Foundation.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    if now.stalls { sleep(3) }
  }

  private func send(_ connection: Int32, _ text: String) {
    _ = text.withCString { Foundation.send(connection, $0, strlen($0), Int32(MSG_NOSIGNAL)) }
  }
}
