import CJPEG
import Cajal

/// JPEG through libjpeg-turbo's TurboJPEG interface.
enum JPEG {
  /// Grey files give 1 channel, all others 3. The camera's orientation mark is not looked at.
  static func decode(_ bytes: [UInt8], name: String, limit: ImageLimit) throws -> Image {
    guard let handle = tjInitDecompress() else {
      throw CajalError(.system, name, expected: "libjpeg-turbo to start", given: "it did not: out of memory")
    }
    defer { tjDestroy(handle) }
    var (width, height, subsampling, colours) = (Int32(0), Int32(0), Int32(0), Int32(0))
    let size = UInt(bytes.count)
    return try bytes.withUnsafeBufferPointer { memory in
      guard tjDecompressHeader3(handle, memory.baseAddress, size, &width, &height, &subsampling, &colours) == 0 else {
        throw damaged(handle, name)
      }
      // A bit per block of 64 values at the least; more where colours are stored coarser.
      try limit.check(name, width: Int(width), height: Int(height), fileBytes: bytes.count, perByte: 4096)
      let isGrey = colours == TJCS_GRAY.rawValue
      let isInk = colours == TJCS_CMYK.rawValue || colours == TJCS_YCCK.rawValue
      let channels = isGrey ? 1 : isInk ? 4 : 3
      let format = isGrey ? TJPF_GRAY.rawValue : isInk ? TJPF_CMYK.rawValue : TJPF_RGB.rawValue
      let count = Int(width) * Int(height) * channels
      let pixels = try [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
        func run(_ flags: Int32) -> Bool {
          tjDecompress2(
            handle, memory.baseAddress, size, buffer.baseAddress, width, 0, height, Int32(format),
            flags | TJFLAG_LIMITSCANS) == 0
        }
        // Warnings mean missing or damaged data, except for stray bytes between segments, which many cameras write.
        if !run(TJFLAG_STOPONWARNING) {
          let text = String(cString: tjGetErrorStr2(handle))
          guard text.contains("extraneous bytes before marker"), tjGetErrorCode(handle) == TJERR_WARNING.rawValue,
            run(0) || tjGetErrorCode(handle) == TJERR_WARNING.rawValue
          else { throw damaged(handle, name) }
        }
        initialized = count
      }
      return isInk
        ? Image(checked: Int(width), Int(height), 3, withoutInk(pixels))
        : Image(checked: Int(width), Int(height), channels, pixels)
    }
  }

  static func encode(_ picture: Image, quality: Int) throws -> [UInt8] {
    guard let handle = tjInitCompress() else {
      throw CajalError(.system, "JPEG", expected: "libjpeg-turbo to start", given: "it did not: out of memory")
    }
    defer { tjDestroy(handle) }
    let isGrey = picture.channels == 1
    let format = isGrey ? TJPF_GRAY : picture.channels == 3 ? TJPF_RGB : TJPF_RGBA
    let subsampling = Int32((isGrey ? TJSAMP_GRAY : TJSAMP_444).rawValue)
    guard picture.width <= 65500, picture.height <= 65500 else {
      throw CajalError(
        .argument, "JPEG", expected: "at most 65500 pixels a side", given: "\(picture.width) x \(picture.height)")
    }
    let bound = Int(tjBufSize(Int32(picture.width), Int32(picture.height), subsampling))
    return try [UInt8](unsafeUninitializedCapacity: bound) { buffer, initialized in
      var size = UInt(bound)
      var start = buffer.baseAddress
      let status = picture.pixels.withUnsafeBufferPointer {
        tjCompress2(
          handle, $0.baseAddress, Int32(picture.width), 0, Int32(picture.height), Int32(format.rawValue), &start, &size,
          subsampling, Int32(min(max(quality, 1), 100)), TJFLAG_NOREALLOC)
      }
      guard status == 0 else { throw damaged(handle, "JPEG") }
      initialized = Int(size)
    }
  }

  /// Print colours, stored inverted as Adobe does, to RGB.
  private static func withoutInk(_ pixels: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(pixels.count / 4 * 3)
    for i in stride(from: 0, to: pixels.count, by: 4) {
      for ink in 0..<3 { result.append(UInt8((Int(pixels[i + ink]) * Int(pixels[i + 3]) + 127) / 255)) }
    }
    return result
  }

  private static func damaged(_ handle: tjhandle, _ name: String) -> CajalError {
    CajalError(
      .format, name, expected: "a whole JPEG picture",
      given: "libjpeg-turbo says: \(String(cString: tjGetErrorStr2(handle)))", advice: "Get the file again.")
  }
}
