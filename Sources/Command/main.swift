// The program `cajal`.
#if canImport(Glibc)
  import Glibc
#endif

exit(CommandLineProgram.run(Array(CommandLine.arguments.dropFirst())))
