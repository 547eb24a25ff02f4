// oneDNN 3, loaded at run time: nothing links it, so programs and tests that compute nothing need not have it.
// types.h declares its types and constants, functions.def its functions; this file is the table of them, the way to
// load it, and what the executor runs.
#ifndef C_ONEDNN_H
#define C_ONEDNN_H
#include <stdbool.h>
#include "types.h"

#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wnullability-completeness"

// MARK: - The table

/// oneDNN's functions, by the names of functions.def.
typedef struct {
  /// Version, e.g. 3, 2, 0; the major version is always 3.
  int major, minor, patch;
  /// Text like "oneDNN 3.2.0, in Cajal's threads", for people.
  const char *_Nonnull description;
  /// The file it was loaded from.
  const char *_Nonnull path;

#define ONEDNN_FUNCTION(result, name, parameters) result(*_Nonnull name) parameters;
#include "functions.def"
#undef ONEDNN_FUNCTION

  /// Whether it computes in the threads of ThreadPool; if not, it has threads of its own and waits in its own way.
  bool shares_pool;
} OneDNN;

/// Loads oneDNN once, at the first call; later calls, from any thread, give the same answer.
///
/// Searched in this order, and the first file found decides: the file or folder named by CAJAL_ONEDNN; the program's
/// folder and its `lib`; `$CAJAL_PREFIX/lib`, or else `${XDG_DATA_HOME:-~/.local/share}/cajal/lib`; `.vendor/lib` in a
/// folder above the program; the system.
///
/// Returns 0, or else -1 and in `message` (at most `size` bytes with the final 0) what is wrong and what to do.
int onednn_load(char *_Nullable message, size_t size);

/// The table, or NULL until `onednn_load` has succeeded.
const OneDNN *_Nullable onednn_table(void);

/// A status in words, e.g. "invalid arguments".
const char *_Nonnull onednn_status_text(onednn_status status);

// MARK: - What the executor runs

/// A primitive bound to its arguments. Owns primitive, memory objects and arrays.
typedef struct {
  onednn_primitive _Nullable primitive;
  /// Not owned.
  onednn_stream _Nullable stream;
  int32_t count;
  /// First failure since it was last set to ONEDNN_SUCCESS.
  onednn_status status;
  onednn_exec_arg *_Nullable args;
  /// Where each argument's data lies, `count` addresses: change one between runs and the next run uses it.
  void *_Nullable *_Nullable handles;
  /// The addresses the memory objects hold now.
  void *_Nullable *_Nullable bound;
} onednn_step;

/// Makes a step from a primitive descriptor (not kept), and for each argument its role, descriptor and address.
///
/// `descs[i]` NULL means the descriptor the primitive expects for that role. An address may be NULL until the first
/// run. On failure `*step` is NULL and nothing is kept.
onednn_status onednn_step_create(onednn_step *_Nullable *_Nonnull step, onednn_const_primitive_desc _Nonnull desc,
                                 onednn_engine _Nonnull engine, onednn_stream _Nonnull stream, int32_t count,
                                 const int *_Nullable roles, const onednn_const_memory_desc _Nullable *_Nullable descs,
                                 void *_Nullable const *_Nullable handles);

/// Runs a step; `step` points to an `onednn_step`. Does nothing while its status is a failure.
void onednn_run(void *step);

/// Destroys a step and what it owns; NULL is allowed.
void onednn_step_destroy(onednn_step *_Nullable step);

/// A row-major single-precision matrix product, C = alpha A B + beta C, as a step without descriptors.
typedef struct {
  /// 'N', or 'T' when the matrix is stored transposed.
  char transpose_a, transpose_b;
  /// First failure since it was last set to ONEDNN_SUCCESS.
  onednn_status status;
  int64_t m, n, k;
  const float *_Nullable a, *_Nullable b;
  float *_Nullable c;
  /// Distances between rows, in elements.
  int64_t lda, ldb, ldc;
  float alpha, beta;
} onednn_sgemm_step;

/// Runs an `onednn_sgemm_step`. Does nothing while its status is a failure.
void onednn_run_sgemm(void *step);

#pragma clang diagnostic pop
#endif
