import CPNG
import Cajal

/// PNG through libpng's simplified interface, which reports errors by return value.
enum PNG {
  static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  /// Values as they are stored; 16-bit ones lose their lower half, palettes are looked up.
  static func decode(_ bytes: [UInt8], name: String, limit: ImageLimit) throws -> Image {
    let plain = try withoutColourProfiles(bytes, name: name)
    var image = png_image()
    image.version = png_uint_32(PNG_IMAGE_VERSION)
    defer { png_image_free(&image) }
    return try plain.withUnsafeBytes { memory in
      guard png_image_begin_read_from_memory(&image, memory.baseAddress, memory.count) != 0 else {
        throw damaged(image, name)
      }
      // One bit per pixel, packed by deflate at its best.
      try limit.check(
        name, width: Int(image.width), height: Int(image.height), fileBytes: bytes.count,
        perByte: 8 * InflateStream.greatestRatio)
      image.flags |= png_uint_32(PNG_IMAGE_FLAG_16BIT_sRGB)
      let colour = image.format & png_uint_32(PNG_FORMAT_FLAG_COLOR) != 0
      let alpha = image.format & png_uint_32(PNG_FORMAT_FLAG_ALPHA) != 0
      let channels = alpha ? 4 : colour ? 3 : 1
      image.format = format(channels: channels)
      let count = Int(image.width) * Int(image.height) * channels
      let pixels = try [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
        guard png_image_finish_read(&image, nil, buffer.baseAddress, 0, nil) != 0, image.warning_or_error & 2 == 0
        else { throw damaged(image, name) }
        initialized = count
      }
      return Image(checked: Int(image.width), Int(image.height), channels, pixels)
    }
  }

  static func encode(_ picture: Image) throws -> [UInt8] {
    var image = png_image()
    image.version = png_uint_32(PNG_IMAGE_VERSION)
    image.width = png_uint_32(picture.width)
    image.height = png_uint_32(picture.height)
    image.format = format(channels: picture.channels)
    defer { png_image_free(&image) }
    // What deflate makes of incompressible rows, each with a filter byte, and the chunks around it.
    let rows = (picture.width * picture.channels + 1) * picture.height
    let bound = rows + rows / 100 + 12 * (rows / 8192 + 1) + 4096
    return try [UInt8](unsafeUninitializedCapacity: bound) { buffer, initialized in
      var size = png_alloc_size_t(bound)
      let done = picture.pixels.withUnsafeBytes {
        png_image_write_to_memory(&image, buffer.baseAddress, &size, 0, $0.baseAddress, 0, nil)
      }
      guard done != 0 else { throw damaged(image, "PNG") }
      initialized = Int(size)
    }
  }

  private static func format(channels: Int) -> png_uint_32 {
    let colour = channels == 1 ? 0 : png_uint_32(PNG_FORMAT_FLAG_COLOR)
    return colour | (channels == 4 ? png_uint_32(PNG_FORMAT_FLAG_ALPHA) : 0)
  }

  /// Drops the chunks that would make libpng change the values (gamma, primaries, profiles): class masks and training
  /// pictures are wanted as they are stored. Finds truncation on the way.
  private static func withoutColourProfiles(_ bytes: [UInt8], name: String) throws -> [UInt8] {
    var result: [UInt8] = signature
    result.reserveCapacity(bytes.count)
    var at = signature.count
    while at < bytes.count {
      guard at + 12 <= bytes.count else { throw truncated(name, at) }
      let length = bytes[at..<(at + 4)].reduce(0) { $0 << 8 | Int($1) }
      guard length <= bytes.count - at - 12 else { throw truncated(name, at) }
      let type = String(decoding: bytes[(at + 4)..<(at + 8)], as: UTF8.self)
      let end = at + 12 + length
      if !["gAMA", "cHRM", "sRGB", "iCCP", "sBIT", "bKGD"].contains(type) { result += bytes[at..<end] }
      at = end
      if type == "IEND" { return result }
    }
    throw truncated(name, at)
  }

  private static func truncated(_ name: String, _ offset: Int) -> CajalError {
    CajalError(
      .format, name, expected: "a whole PNG picture", given: "it is cut off or damaged at byte \(offset)",
      advice: "Get the file again.")
  }

  private static func damaged(_ image: png_image, _ name: String) -> CajalError {
    let message = withUnsafeBytes(of: image.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    return CajalError(
      .format, name, expected: "a whole PNG picture", given: "libpng says: \(message)", advice: "Get the file again.")
  }
}
