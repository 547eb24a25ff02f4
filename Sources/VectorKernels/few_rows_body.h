// A few rows against a large matrix: each thread reads a part of the matrix from its beginning to its end, eight rows of it side
// by side, and adds to sums that stay in its cache.
#include "ThreadPool.h"
#include "few_rows.h"

enum { FEW_DEPTH = 8, FEW_COLUMNS = 4096 };

/// Adds `depth` steps of k to the sums of some columns.
INLINE void few_rows_add(const vk_few_rows_arguments *p, int64_t q, int64_t first, int64_t last, float *sums, const int rows,
                         const int depth) {
  const float *a = p->a + q, *b = p->b + q * p->n;
  for (int64_t j = first; j < last; j += 16) {
    const int64_t count = last - j < 16 ? last - j : 16;
    lanes total[VK_FEW_ROWS];
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) total[r] = load_part(sums + r * p->n + j, count);
#pragma clang loop unroll(full)
    for (int d = 0; d < depth; d++) {
      const float *from = b + d * p->n + j;
      __builtin_prefetch(from + depth * p->n, 0, 2);
      const lanes x = load_part(from, count);
#pragma clang loop unroll(full)
      for (int r = 0; r < rows; r++) total[r] += x * a[r * p->k + d];
    }
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) store_part(sums + r * p->n + j, total[r], count);
  }
}

#define FEW_ROWS(rows) \
  static __attribute__((noinline)) void few_rows_##rows(const vk_few_rows_arguments *p, int64_t first, int64_t last, float *sums) { \
    for (int64_t j = 0; j < p->n; j += FEW_COLUMNS) { \
      const int64_t end = j + FEW_COLUMNS < p->n ? j + FEW_COLUMNS : p->n; \
      int64_t q = first; \
      for (; q + FEW_DEPTH <= last; q += FEW_DEPTH) few_rows_add(p, q, j, end, sums, rows, FEW_DEPTH); \
      for (; q < last; q++) few_rows_add(p, q, j, end, sums, rows, 1); \
    } \
  }
FEW_ROWS(1)
FEW_ROWS(2)
FEW_ROWS(3)
FEW_ROWS(4)
#undef FEW_ROWS

static void few_rows_member(void *context, int thread, int threads) {
  static void (*const functions[])(const vk_few_rows_arguments *, int64_t, int64_t, float *) = {
      few_rows_1, few_rows_2, few_rows_3, few_rows_4};
  const vk_few_rows_arguments *p = context;
  const lane_limits limits = {p->lowest, p->highest};
  const int64_t count = p->m * p->n, space = (count + 15) / 16 * 16;
  float *sums = p->workspace + thread * space;
  int64_t first, last;
  pool_part(p->k, FEW_DEPTH, thread, threads, &first, &last);
  memset(sums, 0, (size_t)count * sizeof(float));
  functions[p->m - 1](p, first, last, sums);
  if (threads > 1) pool_barrier();
  pool_part(p->n, 16, thread, threads, &first, &last);
  for (int64_t r = 0; r < p->m; r++)
    for (int64_t j = first; j < last; j += 16) {
      const int64_t part = last - j < 16 ? last - j : 16, at = r * p->n + j;
      lanes value = p->bias ? load_part(p->bias + j, part) : splat(0.f);
      for (int t = 0; t < threads; t++) value += load_part(p->workspace + t * space + at, part);
      store_part(p->c + at, limited(value, limits), part);
    }
}

void VK_LEVEL(vk_few_rows)(void *arguments) {
  const vk_few_rows_arguments *p = arguments;
  pool_run(few_rows_member, arguments, p->threads > 1 ? p->threads : 1);
}
