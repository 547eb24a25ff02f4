// Sixteen filters lie in the lanes; pixels of x are broadcast. Forward keeps the four convolution results of up to four
// windows in registers; backward spreads dy over the four positions by the winner and sums kernel rows in registers.
#include "convolution_pool.h"
#include "ThreadPool.h"

/// Where the results of one row of windows lie.
typedef struct pooled_row {
  int64_t start, pixel;
} pooled_row;

INLINE pooled_row pooled_row_at(const vk_convolution_pool_shape *s, int64_t n, int64_t block, int64_t i) {
  int64_t height = (s->height - s->kernel_height + 1) / 2, width = (s->width - s->kernel_width + 1) / 2;
  if (s->blocked) return (pooled_row){((n * (s->filters / 16) + block) * height + i) * width * 16, 16};
  return (pooled_row){(n * height + i) * width * s->filters + block * 16, s->filters};
}

// MARK: - Forward

/// `count` windows side by side; x is the top left value of the first; the weights of one channel are `step` apart.
INLINE void pool_windows(const vk_convolution_pool_shape *s, const float *x, const float *w, int64_t step, lanes bias,
                         float *y, uint8_t *winners, int64_t pixel, const int channels, const int count,
                         const int trains) {
  int64_t row = s->width * channels;
  lanes sums[4][4];
#pragma clang loop unroll(full)
  for (int p = 0; p < count; p++)
    for (int q = 0; q < 4; q++) sums[p][q] = bias;
  for (int64_t r = 0; r < s->kernel_height; r++, x += row) {
    const float *top = x, *bottom = x + row;
    for (int64_t t = 0; t < s->kernel_width; t++, top += channels, bottom += channels)
#pragma clang loop unroll_count(4)
      for (int c = 0; c < channels; c++, w += step) {
        lanes weight = load(w);
#pragma clang loop unroll(full)
        for (int p = 0; p < count; p++)
          for (int q = 0; q < 2; q++) {
            sums[p][q] += weight * top[(2 * p + q) * channels + c];
            sums[p][2 + q] += weight * bottom[(2 * p + q) * channels + c];
          }
      }
  }
#pragma clang loop unroll(full)
  for (int p = 0; p < count; p++) {
    lanes best = sums[p][0];
    whole winner = 0;
    for (int q = 1; q < 4; q++) {
      whole takes = (sums[p][q] > best) | (sums[p][q] != sums[p][q]);
      best = choose(takes, sums[p][q], best);
      winner = (takes & q) | (~takes & winner);
    }
    whole stays = (best > 0.f) | (best != best);
    store(y + p * pixel, choose(stays, best, splat(0.f)));
    if (trains) {
      winner = (stays & winner) | (~stays & 255);
      *(small_at *)(winners + p * pixel) = __builtin_convertvector(winner, small_at);
    }
  }
}

INLINE void pool_row(const vk_convolution_pool_arguments *a, const float *packed, int64_t n, int64_t block, int64_t i,
                     const int channels, const int trains) {
  const vk_convolution_pool_shape *s = &a->shape;
  const int64_t step = packed ? 16 : s->filters;
  int64_t width = (s->width - s->kernel_width + 1) / 2, j = 0;
  pooled_row at = pooled_row_at(s, n, block, i);
  const float *x = a->x + (n * s->height + 2 * i) * s->width * channels;
  const float *w = packed ? packed + block * s->kernel_height * s->kernel_width * channels * 16 : a->kernel + block * 16;
  lanes bias = a->bias ? load(a->bias + block * 16) : splat(0.f);
  float *y = a->y + at.start;
  uint8_t *winners = trains ? a->winners + at.start : 0;
  for (; j + 4 <= width; j += 4, x += 8 * channels, y += 4 * at.pixel, winners += trains ? 4 * at.pixel : 0)
    pool_windows(s, x, w, step, bias, y, winners, at.pixel, channels, 4, trains);
  for (; j < width; j++, x += 2 * channels, y += at.pixel, winners += trains ? at.pixel : 0)
    pool_windows(s, x, w, step, bias, y, winners, at.pixel, channels, 1, trains);
}

/// The kernel, filters of a block together: rows of all filters would meet in the same few sets of the cache.
static const float *packed_filters(const vk_convolution_pool_arguments *a, int thread) {
  const vk_convolution_pool_shape *s = &a->shape;
  if (!vk_convolution_pool_packs(s)) return NULL;
  const int64_t positions = s->kernel_height * s->kernel_width * s->channels;
  float *packed = a->scratch + thread * positions * s->filters;
  for (int64_t block = 0; block < s->filters / 16; block++)
    for (int64_t k = 0; k < positions; k++)
      store(packed + (block * positions + k) * 16, load(a->kernel + k * s->filters + block * 16));
  return packed;
}

static void convolution_pool_member(void *context, int thread, int threads) {
  const vk_convolution_pool_arguments *a = context;
  const vk_convolution_pool_shape *s = &a->shape;
  const float *packed = packed_filters(a, thread);
  int64_t height = (s->height - s->kernel_height + 1) / 2, blocks = s->filters / 16, first, last;
  pool_part(s->batch * height * blocks, 1, thread, threads, &first, &last);
  for (int64_t item = first; item < last; item++) {
    int64_t block = item % blocks, i = item / blocks % height, n = item / blocks / height;
    switch (s->channels * 2 + (a->winners != 0)) {
#define POOL_ROW(channels) \
  case channels * 2: pool_row(a, packed, n, block, i, channels, 0); break; \
  case channels * 2 + 1: pool_row(a, packed, n, block, i, channels, 1); break;
      POOL_ROW(1) POOL_ROW(2) POOL_ROW(3) POOL_ROW(4)
      case 16: pool_row(a, packed, n, block, i, 8, 0); break;
      case 32: pool_row(a, packed, n, block, i, 16, 0); break;
    }
  }
}

void VK_LEVEL(vk_convolution_pool)(void *arguments) {
  vk_convolution_pool_arguments *a = arguments;
  pool_run(convolution_pool_member, a, a->threads);
}

// MARK: - Backward

enum { WINDOW_CHUNK = 64 };

/// dy of `count` windows, spread over the four positions of each: to [count][4] vectors. Returns their sum.
INLINE lanes spread_windows(const float *dy, const uint8_t *winners, int64_t pixel, int64_t count, float *to) {
  lanes total = splat(0.f), zero = splat(0.f);
  for (int64_t j = 0; j < count; j++, dy += pixel, winners += pixel, to += 64) {
    lanes g = load(dy);
    whole winner = __builtin_convertvector(*(const small_at *)winners, whole);
    total += choose(winner < 4, g, zero);
#pragma clang loop unroll(full)
    for (int q = 0; q < 4; q++) store(to + q * 16, choose(winner == q, g, zero));
  }
  return total;
}

/// One kernel row's share of `count` windows; x is the top left value of the first window, moved down by the kernel row.
INLINE void gradient_row(const float *x, int64_t row, const float *spread, int64_t count, float *sums, const int width, const int channels) {
  const int positions = width * channels, sets = positions <= 12 ? 2 : 1;
  lanes held[2][20];
#pragma clang loop unroll(full)
  for (int k = 0; k < positions; k++) held[0][k] = load(sums + k * 16), held[1][k] = splat(0.f);
  for (int64_t j = 0; j < count; j++, x += 2 * channels, spread += 64)
#pragma clang loop unroll(full)
    for (int down = 0; down < 2; down++) {
      const float *from = x + down * row;
      lanes left = load(spread + down * 32), right = load(spread + down * 32 + 16);
      int set = down % sets;
#pragma clang loop unroll(full)
      for (int k = 0; k < positions; k++) {
        held[set][k] += left * from[k];
        held[set][k] += right * from[channels + k];
      }
    }
#pragma clang loop unroll(full)
  for (int k = 0; k < positions; k++) store(sums + k * 16, sets == 2 ? held[0][k] + held[1][k] : held[0][k]);
}

typedef void (*gradient_row_kind)(const float *, int64_t, const float *, int64_t, float *);
#define POOL_GRADIENT(width, channels) \
  static __attribute__((noinline)) void pool_gradient_row_##width##_##channels( \
      const float *x, int64_t row, const float *spread, int64_t count, float *sums) { \
    gradient_row(x, row, spread, count, sums, width, channels); \
  }
#define POOL_GRADIENTS(width) POOL_GRADIENT(width, 1) POOL_GRADIENT(width, 2) POOL_GRADIENT(width, 3) POOL_GRADIENT(width, 4)
POOL_GRADIENTS(1)
POOL_GRADIENTS(2)
POOL_GRADIENTS(3)
POOL_GRADIENTS(5)
#define POOL_GRADIENT_ROW(width) \
  {pool_gradient_row_##width##_1, pool_gradient_row_##width##_2, pool_gradient_row_##width##_3, pool_gradient_row_##width##_4}
static const gradient_row_kind pool_gradient_rows[6][4] = {
  [1] = POOL_GRADIENT_ROW(1), [2] = POOL_GRADIENT_ROW(2), [3] = POOL_GRADIENT_ROW(3), [5] = POOL_GRADIENT_ROW(5)};

typedef struct pool_gradient_context {
  const vk_convolution_pool_gradient_arguments *arguments;
  int threads;
} pool_gradient_context;

static void pool_gradient_member(void *context, int thread, int threads) {
  pool_gradient_context *shared = context;
  const vk_convolution_pool_gradient_arguments *a = shared->arguments;
  const vk_convolution_pool_shape *s = &a->shape;
  if (thread == 0) shared->threads = threads;
  int64_t height = (s->height - s->kernel_height + 1) / 2, width = (s->width - s->kernel_width + 1) / 2, row = s->width * s->channels;
  int64_t row_positions = s->kernel_width * s->channels, positions = s->kernel_height * row_positions, first, last;
  gradient_row_kind add_row = pool_gradient_rows[s->kernel_width][s->channels - 1];
  float *partial = a->scratch + thread * (positions + 1) * s->filters;
  pool_part(s->batch * height, 1, thread, threads, &first, &last);
  for (int64_t block = 0; block < s->filters / 16; block++) {
    float sums[8 * 20 * 16] = {0}, spread[WINDOW_CHUNK * 64];
    lanes bias = splat(0.f);
    for (int64_t item = first; item < last; item++) {
      int64_t n = item / height, i = item % height;
      pooled_row at = pooled_row_at(s, n, block, i);
      const float *x = a->x + (n * s->height + 2 * i) * row;
      for (int64_t j = 0; j < width; j += WINDOW_CHUNK) {
        int64_t count = width - j < WINDOW_CHUNK ? width - j : WINDOW_CHUNK, start = at.start + j * at.pixel;
        bias += spread_windows(a->dy + start, a->winners + start, at.pixel, count, spread);
        for (int64_t r = 0; r < s->kernel_height; r++)
          add_row(x + r * row + 2 * j * s->channels, row, spread, count, sums + r * row_positions * 16);
      }
    }
    for (int64_t k = 0; k < positions; k++) store(partial + k * s->filters + block * 16, load(sums + k * 16));
    store(partial + positions * s->filters + block * 16, bias);
  }
}

void VK_LEVEL(vk_convolution_pool_gradient)(void *arguments) {
  const vk_convolution_pool_gradient_arguments *a = arguments;
  pool_gradient_context shared = {a, 1};
  pool_run(pool_gradient_member, &shared, a->threads);
  int64_t kernel = a->shape.kernel_height * a->shape.kernel_width * a->shape.channels * a->shape.filters;
  for (int64_t i = 0; i < kernel + a->shape.filters; i += 16) {
    lanes sum = splat(0.f);
    for (int t = 0; t < shared.threads; t++) sum += load(a->scratch + t * (kernel + a->shape.filters) + i);
    if (i < kernel) store(a->dkernel + i, sum);
    else if (a->dbias) store(a->dbias + i - kernel, sum);
  }
}
