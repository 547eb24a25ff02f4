import Cajal

// The layers of the rows of layers_preprocessing.json, layers_images.json and layers_sound.json; random ones have one value
// to draw.
extension LayerGradientTests {
  static let unit = [0.0, 1.0]

  static let imageBodies = allBodies.filter { name, _ in
    ["random-", "solarization", "auto-", "equalization", "clahe"].contains(where: name.hasPrefix)
  }
  static let soundBodies = allBodies.filter { name, _ in ["mel-", "stft-"].contains(where: name.hasPrefix) }
  static let preprocessingBodies = allBodies.filter { name, _ in imageBodies[name] == nil && soundBodies[name] == nil }

  private static let allBodies: [String: Body] = {
    var bodies: [String: Body] = [
      "resizing-crop": one(Resizing(height: 4, width: 4, cropToAspectRatio: true)),
      "resizing-pad": one(Resizing(height: 4, width: 4, padToAspectRatio: true, fillValue: 2)),
      "center-crop": one(CenterCrop(height: 3, width: 2)),
      "center-crop-small": one(CenterCrop(height: 8, width: 4)),
      "rescaling": one(Rescaling(0.5, offset: -1)),
      "normalization-given": one(Normalization(mean: [1, 2, 0.5], variance: [4, 0.25, 1])),
      "normalization-invert": one(Normalization(axis: [], mean: [1.5], variance: [4], invert: true)),
      "category-one": one(CategoryEncoding(numTokens: 5, outputMode: .oneHot)),
      "integer-lookup-mask": one(IntegerLookup(numOovIndices: 2, maskToken: 0, vocabulary: [3, 7, 1])),
      "integer-lookup-invert": one(IntegerLookup(vocabulary: [3, 7, 1], invert: true)),
      "random-brightness": one(RandomBrightness([0.2, 0.2], valueRange: unit)),
      "random-contrast-none": one(RandomContrast([0, 0], valueRange: unit)),
      "random-rotation-nearest-pixel": one(RandomRotation([-0.1, -0.1], interpolation: .nearest)),
      "random-zoom": one(RandomZoom([0.3, 0.3], widthFactor: [-0.2, -0.2])),
      "random-zoom-even": one(RandomZoom([-0.3, -0.3], fillMode: .constant)),
      "random-invert": one(RandomInvert([1, 1], valueRange: unit)),
      "random-grayscale": one(RandomGrayscale(1)),
      "random-color-degeneration": one(RandomColorDegeneration([0.3, 0.3], valueRange: unit)),
      "random-saturation": one(RandomSaturation([0.4, 0.4], valueRange: unit)),
      "random-hue-none": one(RandomHue([0, 0], valueRange: unit)),
      "random-posterization": one(RandomPosterization([3, 3], valueRange: unit)),
      "random-sharpness": one(RandomSharpness([0.8, 0.8], valueRange: unit)),
      "random-gaussian-blur": one(RandomGaussianBlur([1, 1], sigma: [0.7, 0.7], valueRange: unit)),
      "solarization": one(Solarization(additionFactor: [0, 0], thresholdFactor: [0, 0], valueRange: unit)),
      "random-color-jitter": one(
        RandomColorJitter(
          valueRange: unit, brightnessFactor: [0.1, 0.1], saturationFactor: [0.6, 0.6], hueFactor: [0, 0])),
      "random-flip-inference": one(RandomFlip()),
      "clahe": one(ContrastLimitedAdaptiveHistogramEqualization(valueRange: unit, tileGridSize: [2, 2])),
      "clahe-limit": one(ContrastLimitedAdaptiveHistogramEqualization(clipLimit: 60, tileGridSize: [2, 3])),
      "equalization": one(Equalization(valueRange: unit)),
      "equalization-few": one(Equalization(bins: 8)),
      "auto-contrast": one(AutoContrast(valueRange: unit)),
      "mel-spectrogram": one(MelSpectrogram(fftLength: 16, sequenceStride: 4, samplingRate: 1000, numMelBins: 5)),
      "mel-spectrogram-plain": one(
        MelSpectrogram(
          fftLength: 16, sequenceStride: 5, sequenceLength: 11, window: "hamming", samplingRate: 800, numMelBins: 4,
          minFreq: 10, maxFreq: 300, powerToDb: false, magExp: 1)),
      "stft-expanded": one(
        STFTSpectrogram(
          mode: .magnitude, frameLength: 6, frameStep: 4, fftLength: 16, window: "hamming", periodic: true,
          scaling: "spectrum", padding: .same, expandDims: true)),
    ]
    for mode in Interpolation.allCases where mode != .area {
      bodies["resizing-\(mode)"] = one(Resizing(height: 4, width: 8, interpolation: mode))
      bodies["resizing-\(mode)-antialias"] = one(Resizing(height: 3, width: 7, interpolation: mode, antialias: true))
    }
    for mode in [CategoryOutput.int, .oneHot, .multiHot, .count] {
      let name = mode.rawValue
      bodies["discretization-\(name)"] = one(Discretization(binBoundaries: [-0.5, 0, 0.7], outputMode: mode))
      if mode != .int { bodies["category-\(name)"] = one(CategoryEncoding(numTokens: 5, outputMode: mode)) }
      if mode != .oneHot {
        bodies["integer-lookup-\(name)"] = one(IntegerLookup(vocabulary: [3, 7, 1], outputMode: mode))
      }
    }
    for fill in FillMode.allCases {
      bodies["random-translation-\(fill)"] = one(
        RandomTranslation(
          heightFactor: [0.3, 0.3], widthFactor: [-0.45, -0.45], fillMode: fill, fillValue: 0.5))
      bodies["random-rotation-\(fill)"] = one(RandomRotation([0.08, 0.08], fillMode: fill))
    }
    for mode in [STFTSpectrogram.Mode.log, .magnitude, .psd, .real, .imag, .angle, .stft] {
      bodies["stft-\(mode)"] = one(STFTSpectrogram(mode: mode, frameLength: 6, frameStep: 4))
    }
    return bodies
  }()
}
