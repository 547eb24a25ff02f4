// What a compiled program is made of and where its time goes, as data; the other files show it.
import CajalCPU
import CajalCompiler
import CajalTerminal

/// A compiled program in words and numbers: its kernels, what each pass of the compiler did, and the times of measured runs.
///
/// Example:
/// ```swift
/// let profile = try model.profile(batchSize: 32, runs: 50)
/// print(profile)                                   // a table, the longest kernels first
/// let slow = profile.kernels.max { $0.seconds < $1.seconds }
/// try profile.trace().write(toFile: "trace.json", atomically: true, encoding: .utf8)
/// ```
public struct Profile: Sendable {
  /// What was compiled: `training step of 32`.
  public let title: String
  /// Kernels in the order they run.
  public let kernels: [Kernel]
  /// What the compiler did, in order.
  public let passes: [CompilerPass]
  /// Working memory, shared by all programs of the model.
  public let arenaBytes: Int
  /// What the working memory would be if no two values shared it.
  public let unsharedBytes: Int
  /// From the first look at the architecture to bound kernels.
  public let compileSeconds: Double
  /// Measured runs; 0 where nothing was measured.
  public let runs: Int
  /// The limits of the machine; nil where nothing was measured.
  public let machine: MachineLimits?
  /// What the quickest run did, from its start.
  public let events: [Event]

  /// One kernel of a program.
  public struct Kernel: Sendable {
    /// What kernels are counted as.
    public enum Kind: String, CaseIterable, Sendable, Codable {
      /// Matrix products and convolutions, with their gradients.
      case product
      /// Elementwise work and reductions, in one pass over memory.
      case map
      /// From one layout to another.
      case conversion
      /// Everything else: pooling, normalization, copies, rows, indices.
      case other
    }

    /// An array that a kernel reads or writes.
    public struct Operand: Hashable, Sendable {
      /// `float32[32, 10]`
      public let type: String
      /// `plain`, `blocked 16`, `batch innermost` or `permuted`.
      public let layout: String
    }

    /// The path of the layer it comes from; empty for what belongs to none.
    public let layer: String
    /// What it computes: `convolution + bias + relu`.
    public let name: String
    /// As what it is counted.
    public let kind: Kind
    /// What runs it: the name that oneDNN gives its implementation, or the kind of the library's own loops.
    public let implementation: String
    /// What it reads.
    public let inputs: [Operand]
    /// What it writes.
    public let outputs: [Operand]
    /// Bytes of all its operands, each counted once.
    public let bytes: Int
    /// Operations; a multiplication with an addition counts two, an elementwise function one for each element.
    public let flops: Double
    /// Functions called in one run: the kernel's own, and conversions before and after.
    public let calls: Int
    /// How often one run may start threads.
    public let forks: Int
    /// Conversions between layouts that it makes on its own account.
    public let conversions: Int
    /// Whether it runs only when a parameter has changed; it is not measured then.
    public let isPreparation: Bool
    /// The median time of one run.
    public let seconds: Double
    /// The part of the time that went into conversions between layouts.
    public let conversionSeconds: Double
    /// The kernel in one line, as `CAJAL_DUMP` prints it.
    let line: String
  }

  /// What one pass of the compiler did.
  public struct CompilerPass: Sendable {
    /// The name by which `CAJAL_PASSES_OFF` knows it.
    public let name: String
    /// Operations before it ran.
    public let before: Int
    /// Operations after it ran.
    public let after: Int
    /// Operations by name that there are fewer of, and by how many.
    public let removed: [String: Int]
    /// Operations by name that there are more of, and by how many.
    public let made: [String: Int]
    /// What else there is to say.
    public let note: String
    /// The time it took.
    public let seconds: Double
  }

  /// One function of one kernel, run once.
  public struct Event: Sendable {
    /// Position in `kernels`.
    public let kernel: Int
    /// Whether it is a conversion between layouts that the kernel makes on its own account.
    public let isConversion: Bool
    /// Seconds from the start of the run.
    public let start: Double
    /// How long it took.
    public let seconds: Double
  }
}

extension Profile {
  /// Seconds in all kernels of one run.
  public var seconds: Double { kernels.reduce(0) { $0 + $1.seconds } }

  /// The part of them that went into conversions between layouts.
  public var conversionSeconds: Double { kernels.reduce(0) { $0 + $1.conversionSeconds } }

  /// Conversions between layouts in one run: kernels of that kind, and those inside others.
  public var conversionCount: Int { count(of: .conversion) + repeated.reduce(0) { $0 + $1.conversions } }

  /// How often one run may start threads.
  public var forkCount: Int { repeated.reduce(0) { $0 + $1.forks } }

  /// Kernels of one kind in one run.
  public func count(of kind: Kernel.Kind) -> Int { repeated.count { $0.kind == kind } }

  /// The kernels of every run.
  var repeated: [Kernel] { kernels.filter { !$0.isPreparation } }

  init(_ report: ProgramReport, title: String, machine: MachineLimits?) {
    self.title = title
    kernels = report.kernels.map(Kernel.init)
    passes = report.passes.map(CompilerPass.init)
    arenaBytes = report.arenaBytes
    unsharedBytes = report.unsharedBytes
    compileSeconds = report.compileSeconds
    runs = report.runs
    self.machine = machine
    events = report.events.map {
      Event(kernel: $0.kernel, isConversion: $0.isConversion, start: $0.start, seconds: $0.seconds)
    }
  }
}

extension Profile.Kernel {
  fileprivate init(_ report: KernelReport) {
    func operand(_ operand: (type: String, layout: String)) -> Operand {
      Operand(type: operand.type, layout: operand.layout)
    }
    layer = report.path
    name = report.label
    kind = Kind(rawValue: report.kind.rawValue) ?? .other
    implementation = report.implementation
    inputs = report.inputs.map(operand)
    outputs = report.outputs.map(operand)
    bytes = report.bytes
    flops = report.flops
    calls = report.calls
    forks = report.forks
    conversions = report.conversions
    isPreparation = report.isPreparation
    seconds = report.seconds
    conversionSeconds = report.conversionSeconds
    line = report.text
  }
}

extension Profile.CompilerPass {
  fileprivate init(_ report: PassReport) {
    name = report.name
    before = report.before
    after = report.after
    removed = report.removed
    made = report.made
    note = report.note
    seconds = report.seconds
  }
}
