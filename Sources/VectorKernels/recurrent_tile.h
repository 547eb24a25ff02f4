// What both directions of a recurrent layer share: sums of products with a packed panel, the parts of threads.
#include "ThreadPool.h"
#include "recurrent_plan.h"

#include "lane_math.h"

/// Rows of a tile, by its vectors: as many sums as stay in registers.
#ifdef VK_MASKS
static const int64_t recurrent_rows[5] = {0, 12, 12, 8, 6};
#else
static const int64_t recurrent_rows[5] = {0, 6, 3, 2, 1};
#endif

/// Sums over k of some rows of a with a panel, whose columns of one k are neighbours.
INLINE void recurrent_sums(const float *a, int64_t row, const float *panel, int64_t k, float *to, const int rows,
                           const int vectors) {
  lanes sums[12][4];
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; r++)
    for (int v = 0; v < vectors; v++) sums[r][v] = splat(0.f);
#pragma clang loop unroll(disable)
  for (int64_t q = 0; q < k; q++, panel += 16 * vectors) {
    lanes x[4];
    for (int v = 0; v < vectors; v++) x[v] = load(panel + 16 * v);
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++)
      for (int v = 0; v < vectors; v++) sums[r][v] += x[v] * a[r * row + q];
  }
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; r++)
    for (int v = 0; v < vectors; v++) store(to + (r * vectors + v) * 16, sums[r][v]);
}

typedef void (*recurrent_sums_function)(const float *a, int64_t row, const float *panel, int64_t k, float *to);
#define RECURRENT_SUMS(vectors, rows) \
  static __attribute__((noinline)) void recurrent_sums_##vectors##_##rows(const float *a, int64_t row, const float *panel, \
                                                                          int64_t k, float *to) { \
    recurrent_sums(a, row, panel, k, to, rows, vectors); \
  }
#define RECURRENT_NAME(vectors, rows) recurrent_sums_##vectors##_##rows,
#ifdef VK_MASKS
#define TO_SIX(DO, v) DO(v, 1) DO(v, 2) DO(v, 3) DO(v, 4) DO(v, 5) DO(v, 6)
#define TO_EIGHT(DO, v) TO_SIX(DO, v) DO(v, 7) DO(v, 8)
#define TO_TWELVE(DO, v) TO_EIGHT(DO, v) DO(v, 9) DO(v, 10) DO(v, 11) DO(v, 12)
#define RECURRENT_1(DO) TO_TWELVE(DO, 1)
#define RECURRENT_2(DO) TO_TWELVE(DO, 2)
#define RECURRENT_3(DO) TO_EIGHT(DO, 3)
#define RECURRENT_4(DO) TO_SIX(DO, 4)
#else
#define RECURRENT_1(DO) DO(1, 1) DO(1, 2) DO(1, 3) DO(1, 4) DO(1, 5) DO(1, 6)
#define RECURRENT_2(DO) DO(2, 1) DO(2, 2) DO(2, 3)
#define RECURRENT_3(DO) DO(3, 1) DO(3, 2)
#define RECURRENT_4(DO) DO(4, 1)
#endif
RECURRENT_1(RECURRENT_SUMS)
RECURRENT_2(RECURRENT_SUMS)
RECURRENT_3(RECURRENT_SUMS)
RECURRENT_4(RECURRENT_SUMS)
/// By [vectors][rows - 1].
static const recurrent_sums_function recurrent_sums_functions[5][12] = {
  {0}, {RECURRENT_1(RECURRENT_NAME)}, {RECURRENT_2(RECURRENT_NAME)}, {RECURRENT_3(RECURRENT_NAME)}, {RECURRENT_4(RECURRENT_NAME)}};

/// The part of samples and panels that one thread computes.
typedef struct {
  int64_t row, row_end, panel, panel_end;
} recurrent_share;

static recurrent_share recurrent_part(const recurrent_plan *plan, int64_t batch, int thread, int threads) {
  recurrent_share share = {0, batch, 0, plan->panels};
  if (plan->splits_batch) pool_part(batch, 1, thread, threads, &share.row, &share.row_end);
  else pool_part(plan->panels, 1, thread, threads, &share.panel, &share.panel_end);
  return share;
}

/// Rows of the tile that begins `done` rows into `count`: tiles as equal as can be.
static int64_t recurrent_tile_rows(int64_t count, int64_t done, int64_t most) {
  const int64_t rest = count - done, tiles = (rest + most - 1) / most;
  return (rest + tiles - 1) / tiles;
}

/// The array's entry that step `step` works on.
INLINE int64_t recurrent_time(const vk_recurrent_sizes *sizes, int64_t step) {
  return sizes->reverse ? sizes->time - 1 - step : step;
}

INLINE int64_t at_most_sixteen(int64_t count) { return count < 16 ? count : 16; }
