#include "index.h"

#include <string.h>

#include "indices.h"
#include "ThreadPool.h"

// MARK: - Gather

static void gather_member(void *context, int thread, int threads) {
  const vk_gather_arguments *a = context;
  int64_t bytes = a->width * a->element_size, first, last;
  pool_part(a->batch * a->count, 1, thread, threads, &first, &last);
  for (int64_t i = first; i < last; i++) {
    int64_t b = i / a->count, id = id_at(a->ids, a->id_type, b * a->ids_batch_stride + i % a->count);
    char *to = (char *)a->output + i * bytes;
    if (id < 0 || id >= a->rows) {
      report(a->error, i);
      memset(to, 0, (size_t)bytes);
      continue;
    }
    const char *from = (const char *)a->table + b * a->table_batch_stride * a->element_size + id * bytes;
    if (bytes == 4) memcpy(to, from, 4);
    else memcpy(to, from, (size_t)bytes);
  }
}

void vk_gather(void *arguments) {
  vk_gather_arguments *a = arguments;
  pool_run(gather_member, a, a->threads);
}

static void take_along_member(void *context, int thread, int threads) {
  const vk_take_along_arguments *a = context;
  int64_t size = a->element_size, first, last;
  pool_part(a->outer * a->count, 1, thread, threads, &first, &last);
  for (int64_t row = first; row < last; row++) {
    const char *input = (const char *)a->input + row / a->count * a->rows * a->inner * size;
    for (int64_t j = 0; j < a->inner; j++) {
      int64_t at = row * a->inner + j, id = id_at(a->ids, a->id_type, at);
      int good = id >= 0 && id < a->rows;
      if (!good) report(a->error, at);
      const char *from = input + ((good ? id : 0) * a->inner + j) * size;
      switch (size) {
        case 1: ((uint8_t *)a->output)[at] = good ? *(const uint8_t *)from : 0; break;
        case 2: ((uint16_t *)a->output)[at] = good ? *(const uint16_t *)from : 0; break;
        case 4: ((uint32_t *)a->output)[at] = good ? *(const uint32_t *)from : 0; break;
        default: ((uint64_t *)a->output)[at] = good ? *(const uint64_t *)from : 0;
      }
    }
  }
}

void vk_take_along(void *arguments) {
  vk_take_along_arguments *a = arguments;
  pool_run(take_along_member, a, a->threads);
}

// MARK: - Scatter

static int64_t bytes_of(int32_t type) { return type == VK_INDEX_I32 || type == VK_INDEX_F32 ? 4 : 8; }

#define FOR_EACH_TYPE(type, ACTION) \
  switch (type) { \
    case VK_INDEX_I32: ACTION(int32_t, uint32_t) break; \
    case VK_INDEX_I64: ACTION(int64_t, uint64_t) break; \
    case VK_INDEX_F32: ACTION(float, float) break; \
    default: ACTION(double, double) \
  }

/// Rows first...last of each target, columns left...right.
static void scatter_part(const vk_scatter_add_arguments *a, int64_t first, int64_t last, int64_t left, int64_t right) {
  int64_t size = bytes_of(a->type);
  for (int64_t b = 0; b < a->batch; b++) {
    char *target = (char *)a->target + b * a->target_batch_stride * size;
    if (a->clears && (b == 0 || a->target_batch_stride != 0))
      for (int64_t r = first; r < last; r++) memset(target + (r * a->width + left) * size, 0, (size_t)((right - left) * size));
    for (int64_t i = 0; i < a->count; i++) {
      int64_t id = id_at(a->ids, a->id_type, b * a->ids_batch_stride + i);
      if (id < 0 || id >= a->rows) report(a->error, b * a->count + i);
      if (id < first || id >= last) continue;
#define ADD_ROW(kind, sum) \
  { \
    sum *t = (sum *)target + id * a->width; \
    const sum *u = (const sum *)a->updates + (b * a->count + i) * a->width; \
    for (int64_t j = left; j < right; j++) t[j] += u[j]; \
  }
      FOR_EACH_TYPE(a->type, ADD_ROW)
    }
  }
}

static void scatter_member(void *context, int thread, int threads) {
  const vk_scatter_add_arguments *a = context;
  int64_t first = 0, last = a->rows, left = 0, right = a->width;
  if (a->width >= 16 * threads) pool_part(a->width, 16, thread, threads, &left, &right);
  else pool_part(a->rows, 1, thread, threads, &first, &last);
  if (first < last && left < right) scatter_part(a, first, last, left, right);
  else if (thread == 0) scatter_part(a, 0, 0, 0, 0);  // nothing to add, but ids are still looked at
}

void vk_scatter_add(void *arguments) {
  vk_scatter_add_arguments *a = arguments;
  pool_run(scatter_member, a, a->threads);
}

static void scatter_along_member(void *context, int thread, int threads) {
  const vk_scatter_along_arguments *a = context;
  int64_t size = bytes_of(a->type), first, last;
  pool_part(a->outer, 1, thread, threads, &first, &last);
  for (int64_t o = first; o < last; o++) {
    char *target = (char *)a->target + o * a->rows * a->inner * size;
    if (a->clears) memset(target, 0, (size_t)(a->rows * a->inner * size));
    for (int64_t i = 0; i < a->count * a->inner; i++) {
      int64_t at = o * a->count * a->inner + i, id = id_at(a->ids, a->id_type, at);
      if (id < 0 || id >= a->rows) {
        report(a->error, at);
        continue;
      }
#define ADD_ONE(kind, sum) ((sum *)target)[id * a->inner + i % a->inner] += ((const sum *)a->updates)[at];
      FOR_EACH_TYPE(a->type, ADD_ONE)
    }
  }
}

void vk_scatter_along(void *arguments) {
  vk_scatter_along_arguments *a = arguments;
  pool_run(scatter_along_member, a, a->threads);
}

// MARK: - One-hot

static void one_hot_member(void *context, int thread, int threads) {
  const vk_one_hot_arguments *a = context;
  int64_t first, last;
  pool_part(a->count, 1, thread, threads, &first, &last);
  for (int64_t i = first; i < last; i++) {
    int64_t id = id_at(a->ids, a->id_type, i);
    int good = id >= 0 && id < a->depth;
    if (!good) report(a->error, i);
#define HOT(kind, sum) \
  { \
    kind *row = (kind *)a->output + i * a->depth, off = (kind)a->off; \
    for (int64_t j = 0; j < a->depth; j++) row[j] = off; \
    if (good) row[id] = (kind)a->on; \
  }
    FOR_EACH_TYPE(a->type, HOT)
  }
}

void vk_one_hot(void *arguments) {
  vk_one_hot_arguments *a = arguments;
  pool_run(one_hot_member, a, a->threads);
}

// MARK: - Arg-max and arg-min

#define EXTREME(kind, sum) \
  { \
    const kind *x = (const kind *)a->input + o * a->axis * a->inner + i; \
    kind held = x[0]; \
    for (int64_t k = 1; k < a->axis && held == held; k++) { \
      kind value = x[k * a->inner]; \
      if (a->smallest ? !(value >= held) : !(value <= held)) best = k, held = value; \
    } \
  }

static void arg_extreme_member(void *context, int thread, int threads) {
  const vk_arg_extreme_arguments *a = context;
  int64_t first, last;
  pool_part(a->outer * a->inner, 16, thread, threads, &first, &last);
  for (int64_t item = first; item < last; item++) {
    int64_t o = item / a->inner, i = item % a->inner, best = 0;
    if (a->axis > 0) FOR_EACH_TYPE(a->type, EXTREME)
    if (a->output_type == VK_INDEX_I32) ((int32_t *)a->output)[item] = (int32_t)best;
    else if (a->output_type == VK_INDEX_I64) ((int64_t *)a->output)[item] = best;
    else if (a->output_type == VK_INDEX_F32) ((float *)a->output)[item] = (float)best;
    else ((double *)a->output)[item] = (double)best;
  }
}

void vk_arg_extreme(void *arguments) {
  vk_arg_extreme_arguments *a = arguments;
  pool_run(arg_extreme_member, a, a->threads);
}

// MARK: - Cumulative sums and products

#define CUMULATE(kind, sum) \
  for (int64_t o = 0; o < a->outer; o++) \
    for (int64_t i = first; i < last; i++) { \
      const sum *x = (const sum *)a->input + o * a->axis * a->inner + i; \
      sum *y = (sum *)a->output + o * a->axis * a->inner + i, running = a->product ? 1 : 0; \
      for (int64_t k = 0; k < a->axis; k++) { \
        int64_t at = (a->reverse ? a->axis - 1 - k : k) * a->inner; \
        sum before = running, value = x[at]; \
        running = a->product ? running * value : running + value; \
        y[at] = a->exclusive ? before : running; \
      } \
    }

static void cumulate_member(void *context, int thread, int threads) {
  vk_cumulate_arguments part = *(const vk_cumulate_arguments *)context, *a = &part;
  int64_t first = 0, last = a->inner, start, end, row = a->axis * a->inner * bytes_of(a->type);
  if (a->outer >= threads) {
    pool_part(a->outer, 1, thread, threads, &start, &end);
    a->input = (const char *)a->input + start * row;
    a->output = (char *)a->output + start * row;
    a->outer = end - start;
  } else {
    pool_part(a->inner, 16, thread, threads, &first, &last);
  }
  FOR_EACH_TYPE(a->type, CUMULATE)
}

void vk_cumulate(void *arguments) {
  vk_cumulate_arguments *a = arguments;
  pool_run(cumulate_member, a, a->threads);
}
