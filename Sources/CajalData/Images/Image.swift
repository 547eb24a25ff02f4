import Cajal

/// A picture of 8-bit values: rows from top to bottom, channels last.
public struct Image: Hashable, Sendable {
  /// Pixels of a row.
  public let width: Int
  /// Rows.
  public let height: Int
  /// 1 grey, 3 RGB, 4 RGB and alpha.
  public let channels: Int
  /// `height · width · channels` bytes.
  public let pixels: [UInt8]

  /// Errors: `.shape` unless sizes are positive, channels 1, 3 or 4, and there are as many pixels.
  public init(width: Int, height: Int, channels: Int, pixels: [UInt8]) throws {
    guard width > 0, height > 0, [1, 3, 4].contains(channels), width <= 1 << 24, height <= 1 << 24,
      pixels.count == width * height * channels
    else {
      throw CajalError(
        .shape, "Image", expected: "width · height · channels bytes with 1, 3 or 4 channels",
        given: "\(width) · \(height) · \(channels) with \(pixels.count) bytes")
    }
    self.init(checked: width, height, channels, pixels)
  }

  init(checked width: Int, _ height: Int, _ channels: Int, _ pixels: [UInt8]) {
    self.width = width
    self.height = height
    self.channels = channels
    self.pixels = pixels
  }

  /// A picture from values 0…255 (`uint8`) or 0…1 (floating types; others are cut off).
  ///
  /// Shapes: `[height, width]` or `[height, width, channels]`.
  public init(_ tensor: Tensor) throws {
    let shape = tensor.shape.dimensions
    guard shape.count == 2 || shape.count == 3 else {
      throw CajalError(.shape, "Image", expected: "[height, width, channels]", given: "the tensor is \(tensor.shape)")
    }
    let storage = tensor.storage
    let pixels: [UInt8]
    switch tensor.dtype {
    case .uint8: pixels = storage.scalars()
    case .float32:
      pixels = storage.scalars(as: Float.self).map { $0.isNaN ? 0 : UInt8(min(max($0 * 255, 0), 255).rounded()) }
    default:
      throw CajalError(
        .dtype, "Image", expected: "uint8 (0…255) or float32 (0…1)", given: "the tensor is \(tensor.dtype.rawValue)")
    }
    try self.init(width: shape[1], height: shape[0], channels: shape.count == 3 ? shape[2] : 1, pixels: pixels)
  }

  /// `[height, width, channels]`: 0…255 as `uint8`, 0…1 as `float32`.
  public func tensor(_ dtype: DType = .float32) throws -> Tensor {
    let shape: Shape = [height, width, channels]
    switch dtype {
    case .uint8: return Tensor(pixels, shape: shape)
    case .float32: return Tensor(pixels.map { Float($0) / 255 }, shape: shape)
    default:
      throw CajalError(.dtype, "Image.tensor", expected: "uint8 or float32", given: "\(dtype.rawValue) was asked for")
    }
  }

  /// The same picture with another number of channels.
  ///
  /// Grey is 0.299 R + 0.587 G + 0.114 B, rounded (ITU-R BT.601); alpha is dropped, or added as 255.
  public func converted(channels wanted: Int) throws -> Image {
    guard [1, 3, 4].contains(wanted) else {
      throw CajalError(
        .argument, "Image.converted", expected: "1, 3 or 4 channels", given: "\(wanted) were asked for")
    }
    if wanted == channels { return self }
    let count = width * height
    let result = [UInt8](unsafeUninitializedCapacity: count * wanted) { result, initialized in
      pixels.withUnsafeBufferPointer { pixels in
        for i in 0..<count {
          let red = pixels[i * channels]
          let green = channels == 1 ? red : pixels[i * channels + 1]
          let blue = channels == 1 ? red : pixels[i * channels + 2]
          if wanted == 1 {
            let sum = 19595 * UInt32(red) + 38470 * UInt32(green) + 7471 * UInt32(blue)
            result[i] = UInt8((sum + 32768) >> 16)
            continue
          }
          result[i * wanted] = red
          result[i * wanted + 1] = green
          result[i * wanted + 2] = blue
          if wanted == 4 { result[i * wanted + 3] = channels == 4 ? pixels[i * 4 + 3] : 255 }
        }
      }
      initialized = count * wanted
    }
    return Image(checked: width, height, wanted, result)
  }

  /// Reads a PNG or JPEG file, told apart by its first bytes.
  ///
  /// - Parameter channels: converts to 1, 3 or 4; `nil` keeps what the file has.
  /// Errors: `.format` naming the file, for other formats and anything damaged or cut off; `.missing`, `.system`.
  public static func read(_ path: String, channels: Int? = nil, limit: ImageLimit = ImageLimit()) throws -> Image {
    try decode(try FileStream(path).readAll(limit: limit.fileBytes), name: path, channels: channels, limit: limit)
  }

  /// Decodes a PNG or JPEG file that lies in memory.
  public static func decode(
    _ bytes: [UInt8], name: String = "image", channels: Int? = nil, limit: ImageLimit = ImageLimit()
  ) throws -> Image {
    let image: Image
    if bytes.starts(with: PNG.signature) {
      image = try PNG.decode(bytes, name: name, limit: limit)
    } else if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
      image = try JPEG.decode(bytes, name: name, limit: limit)
    } else {
      throw CajalError(
        .format, name, expected: "a PNG or JPEG picture", given: bytes.isEmpty ? "the file is empty" : "it is neither")
    }
    return try channels.map { try image.converted(channels: $0) } ?? image
  }

  /// Writes a picture as PNG or JPEG, as the file's ending says.
  ///
  /// - Parameter quality: of JPEG, 1…100.
  public func write(_ path: String, quality: Int = 95) throws {
    let ending = path.split(separator: ".").last.map { $0.lowercased() } ?? ""
    switch ending {
    case "png": try writeFile(path, try PNG.encode(self))
    case "jpg", "jpeg": try writeFile(path, try JPEG.encode(self, quality: quality))
    default:
      throw CajalError(.argument, path, expected: "a file name ending in .png, .jpg or .jpeg", given: "it does not")
    }
  }
}

/// What a picture file may ask for at most, so that a small file cannot fill the memory.
public struct ImageLimit: Hashable, Sendable {
  /// Bytes of the file.
  public var fileBytes: Int
  /// Width times height.
  public var pixels: Int

  /// Bounds for files and pictures that may be anybody's.
  public init(fileBytes: Int = 256 << 20, pixels: Int = 100_000_000) {
    self.fileBytes = fileBytes
    self.pixels = pixels
  }

  /// - Parameter perByte: pixels that one byte of the file can describe at most in this format.
  func check(_ name: String, width: Int, height: Int, fileBytes: Int, perByte: Int) throws {
    guard width > 0, height > 0, width <= 1 << 24, height <= 1 << 24 else {
      throw CajalError(.format, name, expected: "a picture with pixels", given: "it claims \(width) x \(height)")
    }
    guard width * height <= pixels else {
      throw CajalError(
        .format, name, expected: "at most \(pixels) pixels", given: "it claims \(width) x \(height)",
        advice: "Raise `ImageLimit.pixels` if the file can be trusted.")
    }
    guard width * height <= fileBytes * perByte + 4096 else {
      throw CajalError(
        .format, name, expected: "\(width) x \(height) pixels, as the header says",
        given: "\(fileBytes) bytes cannot hold them", advice: "The file is truncated or its header is damaged.")
    }
  }
}
