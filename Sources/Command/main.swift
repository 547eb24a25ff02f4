import Cajal
import Foundation

do {
  let arguments = Array(CommandLine.arguments.dropFirst())
  if arguments.first == "bench" { try BenchCommand.run(Array(arguments.dropFirst())) }
} catch {
  FileHandle.standardError.write(Data("cajal: \(error)\n".utf8))
  exit(1)
}
