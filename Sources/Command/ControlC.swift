// What happens on Ctrl-C while something long runs.
import Cajal

#if canImport(Glibc)
  import Glibc
#endif

/// The first Ctrl-C asks the running work to stop where it can; the second ends the program at once.
enum ControlC {
  /// Takes over the interrupt signal for the rest of the program.
  static func stopsCleanly() {
    Interruption.clear()  // first use: the handler then finds everything made
    var action = sigaction()
    action.__sigaction_handler.sa_handler = { _ in
      // Only calls that are allowed inside a signal handler.
      if Interruption.isRequested { _exit(CommandLineProgram.Status.interrupted) }
      Interruption.request()
      let text: StaticString = "\nStopping after this step; Ctrl-C again ends at once.\n"
      _ = write(2, text.utf8Start, text.utf8CodeUnitCount)
    }
    action.sa_flags = SA_RESTART
    sigaction(SIGINT, &action, nil)
    // Whoever started the program may have blocked the signal, as threads of a pool do.
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGINT)
    sigprocmask(SIG_UNBLOCK, &signals, nil)
  }
}
