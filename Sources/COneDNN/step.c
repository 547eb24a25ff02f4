// Primitives bound to their arguments, run by the executor.
#include "COneDNN.h"
#include <stdlib.h>

const char *onednn_status_text(onednn_status status) {
  switch (status) {
  case ONEDNN_SUCCESS: return "success";
  case ONEDNN_OUT_OF_MEMORY: return "out of memory";
  case ONEDNN_INVALID_ARGUMENTS: return "invalid arguments";
  case ONEDNN_UNIMPLEMENTED: return "not implemented on this machine or for these types";
  case ONEDNN_LAST_IMPL_REACHED: return "no further implementation";
  case ONEDNN_RUNTIME_ERROR: return "error while running";
  case ONEDNN_NOT_REQUIRED: return "not required";
  }
  return "unknown status";
}

onednn_status onednn_step_create(onednn_step **result, onednn_const_primitive_desc desc, onednn_engine engine,
                                 onednn_stream stream, int32_t count, const int *roles,
                                 const onednn_const_memory_desc *descs, void *const *handles) {
  *result = NULL;
  const OneDNN *table = onednn_table();
  if (!table || count < 0 || (count > 0 && !roles)) return ONEDNN_INVALID_ARGUMENTS;
  onednn_step *step = calloc(1, sizeof *step);
  if (!step) return ONEDNN_OUT_OF_MEMORY;
  size_t length = count ? (size_t)count : 1;
  step->stream = stream;
  step->args = calloc(length, sizeof *step->args);
  step->handles = calloc(length, sizeof *step->handles);
  step->bound = calloc(length, sizeof *step->bound);
  onednn_status status = ONEDNN_OUT_OF_MEMORY;
  if (step->args && step->handles && step->bound) status = table->primitive_create(&step->primitive, desc);
  for (int32_t i = 0; status == ONEDNN_SUCCESS && i < count; i++) {
    onednn_const_memory_desc memory = descs ? descs[i] : NULL;
    if (!memory) memory = table->primitive_desc_query_md(desc, ONEDNN_QUERY_EXEC_ARG_MD, roles[i]);
    void *handle = handles ? handles[i] : NULL;
    status = table->memory_create(&step->args[i].memory, memory, engine, handle);
    step->args[i].arg = roles[i];
    step->handles[i] = step->bound[i] = handle;
    step->count = i + 1;
  }
  if (status != ONEDNN_SUCCESS) {
    onednn_step_destroy(step);
    return status;
  }
  *result = step;
  return ONEDNN_SUCCESS;
}

void onednn_step_destroy(onednn_step *step) {
  const OneDNN *table = onednn_table();
  if (!step || !table) return;
  for (int32_t i = 0; step->args && i < step->count; i++)
    if (step->args[i].memory) table->memory_destroy(step->args[i].memory);
  if (step->primitive) table->primitive_destroy(step->primitive);
  free(step->args);
  free(step->handles);
  free(step->bound);
  free(step);
}

void onednn_run(void *argument) {
  onednn_step *step = argument;
  if (step->status != ONEDNN_SUCCESS) return;
  const OneDNN *table = onednn_table();
  for (int32_t i = 0; i < step->count; i++) {
    if (step->handles[i] == step->bound[i]) continue;
    step->status = table->memory_set_data_handle(step->args[i].memory, step->handles[i]);
    if (step->status != ONEDNN_SUCCESS) return;
    step->bound[i] = step->handles[i];
  }
  step->status = table->primitive_execute(step->primitive, step->stream, step->count, step->args);
}

void onednn_run_sgemm(void *argument) {
  onednn_sgemm_step *step = argument;
  if (step->status != ONEDNN_SUCCESS) return;
  const OneDNN *table = onednn_table();
  step->status = !table ? ONEDNN_RUNTIME_ERROR
                        : table->sgemm(step->transpose_a, step->transpose_b, step->m, step->n, step->k, step->alpha,
                                       step->a, step->lda, step->b, step->ldb, step->beta, step->c, step->ldc);
}
