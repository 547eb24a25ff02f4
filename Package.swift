// swift-tools-version: 6.0
// One target per room; imports only downwards. ARCHITECTURE.md says what lives where.
import PackageDescription

let package = Package(
  name: "Cajal",
  products: [
    .library(name: "Cajal", targets: ["Cajal", "CajalData", "CajalModels"]),
    .executable(name: "cajal", targets: ["CajalCommand"]),
  ],
  targets: [
    // C
    .target(name: "ThreadPool", linkerSettings: [.linkedLibrary("dl")]),
    .target(name: "COneDNN", dependencies: ["ThreadPool"], linkerSettings: [.linkedLibrary("dl")]),
    .target(name: "VectorKernels", dependencies: ["ThreadPool"], linkerSettings: [.linkedLibrary("m")]),
    .target(name: "CCurl", linkerSettings: [.linkedLibrary("dl")]),
    .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
    .systemLibrary(name: "CJPEG", pkgConfig: "libturbojpeg", providers: [.apt(["libturbojpeg0-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CZip", pkgConfig: "libzip", providers: [.apt(["libzip-dev"])]),
    .systemLibrary(name: "CHDF5", pkgConfig: "hdf5-serial", providers: [.apt(["libhdf5-dev"])]),
    .target(name: "HDF5Access", dependencies: ["CHDF5"]),

    // The engine
    .target(name: "CBackend"),
    .target(name: "CajalGraph", dependencies: ["CBackend"], path: "Sources/Graph"),
    .target(name: "CajalCompiler", dependencies: ["CajalGraph"], path: "Sources/Compiler"),
    .target(
      name: "CajalCPU", dependencies: ["CajalGraph", "CajalCompiler", "COneDNN", "ThreadPool", "VectorKernels"],
      path: "Sources/CPU"),

    // What people look at: tables, progress, figures
    .target(name: "CajalTerminal", path: "Sources/Terminal"),
    .target(name: "CajalFigures", dependencies: ["CPNG"], path: "Sources/Figures"),

    // The library
    .target(
      name: "Cajal",
      dependencies: [
        "CBackend", "CajalGraph", "CajalCompiler", "CajalCPU", "CajalTerminal", "CZip", "HDF5Access",
      ]),
    .target(
      name: "CajalData", dependencies: ["Cajal", "CCurl", "CPNG", "CJPEG", "CZlib"],
      resources: [.copy("Resources")]),
    .target(name: "CajalModels", dependencies: ["Cajal"]),
    .target(name: "CajalArguments", dependencies: ["CajalTerminal"], path: "Sources/Command/Arguments"),
    .executableTarget(
      name: "CajalCommand",
      dependencies: ["Cajal", "CajalArguments", "CajalData", "CajalModels", "CajalTerminal", "CajalFigures"],
      path: "Sources/Command", exclude: ["Arguments"]),

    // Examples, one program each
    .executableTarget(name: "QuickStart", dependencies: ["Cajal", "CajalData"], path: "Examples/QuickStart"),
    .executableTarget(name: "NetworkByHand", dependencies: ["Cajal"], path: "Examples/NetworkByHand"),
    .executableTarget(
      name: "GradientDescent", dependencies: ["Cajal", "CajalFigures"], path: "Examples/GradientDescent"),
    .executableTarget(name: "Digits", dependencies: ["Cajal", "CajalData", "CajalTerminal"], path: "Examples/Digits"),
    .executableTarget(name: "MNIST", dependencies: ["Cajal", "CajalData"], path: "Examples/MNIST"),
    .executableTarget(name: "Fashion", dependencies: ["Cajal", "CajalData"], path: "Examples/Fashion"),
    .executableTarget(name: "Concrete", dependencies: ["Cajal", "CajalData"], path: "Examples/Concrete"),
    .executableTarget(
      name: "Autoencoders", dependencies: ["Cajal", "CajalData", "CajalFigures"], path: "Examples/Autoencoders"),
    .executableTarget(name: "Boltzmann", dependencies: ["Cajal"], path: "Examples/Boltzmann"),
    .executableTarget(name: "Car", dependencies: ["Cajal", "CajalData"], path: "Examples/Car"),
    .executableTarget(
      name: "DigitsFromNoise", dependencies: ["Cajal", "CajalData", "CajalModels"], path: "Examples/DigitsFromNoise"),

    // Tests
    .testTarget(name: "AutoencoderTests", dependencies: ["Cajal", "CajalData"]),
    .testTarget(name: "LayerTests", dependencies: ["Cajal", "CajalModels"]),
    .testTarget(name: "TrainingPartsTests", dependencies: ["Cajal"]),
    .testTarget(name: "EngineTests", dependencies: ["Cajal", "CajalGraph", "CajalCompiler", "CajalCPU"]),
    .testTarget(
      name: "ForcingTests", dependencies: ["Cajal", "CajalCPU", "CajalCommand", "CajalCompiler", "CajalModels"]),
    .testTarget(name: "SyllabusTests", dependencies: ["Cajal", "CajalModels"]),
    .testTarget(name: "BoltzmannTests", dependencies: ["Cajal"]),
    .testTarget(name: "ParityTests", dependencies: ["Cajal"]),
    .testTarget(name: "EnduranceTests", dependencies: ["Cajal"]),
    .testTarget(name: "TrainingTests", dependencies: ["Cajal", "CajalModels", "CajalTerminal"]),
    .testTarget(
      name: "GraphTests", dependencies: ["Cajal", "CajalGraph", "CajalCompiler", "CajalCPU", "VectorKernels"]),
    .testTarget(name: "SavingTests", dependencies: ["Cajal", "CajalData", "CajalModels", "SavingTrial"]),
    .executableTarget(name: "SavingTrial", dependencies: ["Cajal"], path: "Tests/SavingTrial"),
    .executableTarget(name: "KerasTrial", dependencies: ["Cajal", "CajalData"], path: "Tests/KerasTrial"),
    .testTarget(name: "COneDNNTests", dependencies: ["COneDNN"]),
    .testTarget(name: "ThreadPoolTests", dependencies: ["ThreadPool"]),
    .testTarget(name: "VectorKernelsTests", dependencies: ["VectorKernels"]),
    .testTarget(name: "TerminalTests", dependencies: ["CajalTerminal"]),
    .testTarget(name: "FiguresTests", dependencies: ["CajalFigures"], exclude: ["Programs"]),
    .testTarget(name: "DataTests", dependencies: ["CajalData"]),
    .testTarget(name: "CommandTests", dependencies: ["Cajal", "CajalArguments", "CajalCommand", "CajalData"]),
  ],
  swiftLanguageModes: [.v6]
)
