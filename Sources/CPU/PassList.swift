import CajalCompiler

/// What can be switched off, in the order in which it happens: the one list that compiling and its tests go by.
package enum PassList {
  /// The passes over plain code.
  static var passes: [any Pass] {
    [
      Simplify(), Share(), SinkTransposes(), Simplify(), RemoveDead(), FoldScales(), ChooseRows(),
      FuseEpilogues(), FuseNormalization(), FuseConvolutionPool(), MaskBeforePooling(), KeepWinners(),
      FuseElementwise(), FuseUpdates(), MergeUpdates(),
    ]
  }

  /// What comes before or after them and has a switch of its own.
  enum Stage: String, CaseIterable {
    case recurrent = "fuse-recurrent"
    case layouts, winograd, prepare, memory
  }

  /// The names that `CAJAL_PASSES_OFF` takes, besides `all`.
  package static let names: [String] =
    passes.map { type(of: $0).name }.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    + Stage.allCases.map(\.rawValue)
}

extension PassSettings {
  func allows(_ stage: PassList.Stage) -> Bool { allows(stage.rawValue) }
}
