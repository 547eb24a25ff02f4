import Foundation
import Testing

/// Our declarations against oneDNN's own headers: constants, layouts, and the exact type of every function.
@Suite(
  "oneDNN declarations",
  .enabled(
    if: Checkout.hasOfficialHeaders && Clang.path != nil,
    "needs clang and oneDNN's headers: run scripts/install-onednn.sh --headers"))
struct DeclarationTests {
  @Test("every constant has the official value")
  func constants() throws {
    let declared = try declaredConstants()
    #expect(declared.count > 200)
    let assertions = declared.map { name in
      "_Static_assert((long long)\(name) == (long long)\(officialName(name)), \"\(name) differs\");"
    }
    let outcome = try check(
      "#include <oneapi/dnnl/dnnl.h>\n#include <COneDNN.h>\n" + assertions.joined(separator: "\n"))
    #expect(outcome.status == 0, "\(outcome.output)")
  }

  @Test("structures and enumerations have the official layout")
  func layouts() throws {
    let outcome = try check(
      """
      #include <oneapi/dnnl/dnnl.h>
      #include <COneDNN.h>
      #include <stddef.h>
      #define SAME_SIZE(ours, theirs) _Static_assert(sizeof(ours) == sizeof(theirs), #ours " differs")
      #define SAME_FIELD(ours, theirs, field) \\
        _Static_assert(offsetof(ours, field) == offsetof(theirs, field) && \\
          sizeof(((ours *)0)->field) == sizeof(((theirs *)0)->field), #ours "." #field " differs")
      SAME_SIZE(onednn_exec_arg, dnnl_exec_arg_t);
      SAME_FIELD(onednn_exec_arg, dnnl_exec_arg_t, arg);
      SAME_FIELD(onednn_exec_arg, dnnl_exec_arg_t, memory);
      SAME_SIZE(onednn_version, dnnl_version_t);
      SAME_FIELD(onednn_version, dnnl_version_t, major);
      SAME_FIELD(onednn_version, dnnl_version_t, minor);
      SAME_FIELD(onednn_version, dnnl_version_t, patch);
      SAME_FIELD(onednn_version, dnnl_version_t, hash);
      SAME_FIELD(onednn_version, dnnl_version_t, cpu_runtime);
      SAME_FIELD(onednn_version, dnnl_version_t, gpu_runtime);
      SAME_SIZE(int64_t[ONEDNN_MAX_NDIMS], dnnl_dims_t);
      \(try declaredEnumerations().map { "SAME_SIZE(\($0), \(officialType($0)));" }.joined(separator: "\n"))
      """)
    #expect(outcome.status == 0, "\(outcome.output)")
  }

  @Test("every function has the official type")
  func functions() throws {
    let outcome = try checkFunctions(
      "_Static_assert(__builtin_types_compatible_p(result (*) parameters, __typeof__(&dnnl_##name)), #name \" differs\");"
    )
    #expect(outcome.status == 0, "\(outcome.output)")
  }

  @Test("the comparison notices a wrong type and a wrong value")
  func noticesDifferences() throws {
    let functions = try checkFunctions(
      "_Static_assert(__builtin_types_compatible_p(long (*) parameters, __typeof__(&dnnl_##name)), #name \" differs\");"
    )
    #expect(functions.status != 0)
    #expect(functions.output.contains("sgemm differs"))
    let constant = try check(
      "#include <oneapi/dnnl/dnnl.h>\n#include <COneDNN.h>\n_Static_assert((int)ONEDNN_F32 == (int)dnnl_f16, \"differs\");"
    )
    #expect(constant.status != 0)
  }

  // MARK: - Reading our headers

  private func declaredConstants() throws -> [String] {
    let text = try String(contentsOf: Checkout.include.appendingPathComponent("types.h"), encoding: .utf8)
    return text.matches(of: #/\b(ONEDNN_\w+) = /#).map { String($0.1) }
  }

  private func declaredEnumerations() throws -> [String] {
    let text = try String(contentsOf: Checkout.include.appendingPathComponent("types.h"), encoding: .utf8)
    let names = text.matches(of: #/typedef enum \{[^}]*\} (onednn_\w+);/#).map { String($0.1) }
    #expect(names.contains("onednn_alg_kind"))
    return names
  }

  private func declaredHandles() throws -> [String] {
    let text = try String(contentsOf: Checkout.include.appendingPathComponent("types.h"), encoding: .utf8)
    return text.matches(of: #/typedef (?:const )?struct \w+ \*(onednn_\w+);/#).map { String($0.1) }
  }

  /// The naming rule of types.h.
  private func officialName(_ name: String) -> String {
    let rest = name.dropFirst("ONEDNN_".count)
    if rest.hasPrefix("ARG_") || rest.hasPrefix("RUNTIME_") && !rest.hasSuffix("_ERROR") || rest == "MAX_NDIMS" {
      return "DNNL_\(rest)"
    }
    return rest.hasPrefix("TAG_") ? "dnnl_\(rest.dropFirst(4))" : "dnnl_\(rest.lowercased())"
  }

  private func officialType(_ name: String) -> String {
    var rest = name.dropFirst("onednn_".count)
    let isConstant = rest.hasPrefix("const_")
    if isConstant { rest = rest.dropFirst("const_".count) }
    return "\(isConstant ? "const_" : "")dnnl_\(rest == "attr" ? "primitive_attr" : rest)_t"
  }

  // MARK: - Compiling

  /// Our list of functions, read with the official types under our names.
  private func checkFunctions(_ assertion: String) throws -> Outcome {
    let types = try declaredHandles() + declaredEnumerations() + ["onednn_version", "onednn_exec_arg"]
    return try check(
      """
      #include <oneapi/dnnl/dnnl.h>
      \(types.map { "typedef \(officialType($0)) \($0);" }.joined(separator: "\n"))
      #define ONEDNN_FUNCTION(result, name, parameters) \(assertion)
      #include <functions.def>
      """)
  }

  private func check(_ text: String) throws -> Outcome {
    let folder = try TemporaryFolder()
    let file = try folder.write(text, to: "check.c")
    return try Clang.run([
      "-fsyntax-only", "-Werror", "-ferror-limit=0", "-I", Checkout.vendor.appendingPathComponent("include").path,
      "-I", Checkout.include.path, file,
    ])
  }
}
