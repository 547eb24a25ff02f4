// Kernel gradient: a few filters by the taps of one kernel row are summed in registers, lane by lane over samples, along a
// tile of output rows that stays in cache; the lanes are added at the end.

enum { TILE_STEPS = 96 };

/// One filter block and channel of a kernel gradient.
typedef struct gradient_task {
  const vk_convolution_shape *shape;
  const float *x, *dy;  // of this channel; of the first filter
  float *sums;          // [kernel_height][kernel_width][filters] vectors
  float *bias;          // [filters] vectors, or NULL
} gradient_task;

/// Adds a vector of dy by x, of every filter and tap; `count` numbers of it where `whole_vector` is not set.
INLINE void gradient_step(lanes sums[5][4], lanes *total, const float *dy, int64_t dy_plane, const float *x, int64_t n,
                          int64_t count, const int filters, const int taps, const int bias, const int whole_vector) {
  lanes g[4];
#pragma clang loop unroll(full)
  for (int f = 0; f < filters; f++) {
    g[f] = whole_vector ? load(dy + f * dy_plane) : load_part(dy + f * dy_plane, count);
    if (bias) total[f] += g[f];
  }
#pragma clang loop unroll(full)
  for (int q = 0; q < taps; q++) {
    lanes value = whole_vector ? load(x + q * n) : load_part(x + q * n, count);
    for (int f = 0; f < filters; f++) sums[q][f] += g[f] * value;
  }
}

/// Output rows first..<last against kernel row r, kernel columns s..<s + taps.
INLINE void gradient_block(const gradient_task *t, int64_t first, int64_t last, int64_t r, int64_t s, int fresh,
                           const int filters, const int taps, const int bias) {
  const vk_convolution_shape *p = t->shape;
  int64_t n = p->batch, width = p->output_width, stride = p->stride_width, dy_plane = p->output_height * width * n;
  float *at = t->sums + (r * p->kernel_width + s) * filters * 16;
  lanes sums[5][4], total[4];
#pragma clang loop unroll(full)
  for (int f = 0; f < filters; f++) {
    total[f] = bias && !fresh ? load(t->bias + f * 16) : splat(0.f);
    for (int q = 0; q < taps; q++) sums[q][f] = fresh ? splat(0.f) : load(at + (q * filters + f) * 16);
  }
  // Columns where every tap of the block meets x.
  int64_t origin = s - p->padding_left, inner = origin < 0 ? (-origin + stride - 1) / stride : 0;
  int64_t room = p->width - taps - origin, outer = room < 0 ? 0 : room / stride + 1;
  if (outer > width) outer = width;
  if (inner > outer) inner = outer;
  for (int64_t i = first; i < last; i++) {
    int64_t y = i * p->stride_height + r - p->padding_top;
    const float *dy_row = t->dy + i * width * n;
    int outside = y < 0 || y >= p->height;
    if (outside && !bias) continue;
    const float *x_row = t->x + y * p->width * n;
    for (int64_t j = 0; j < width; j++) {
      if (j == inner && outer > inner && !outside) {
        int64_t run = stride == 1 ? (outer - inner) * n : n;
        for (; j < outer; j += stride == 1 ? outer - inner : 1) {
          const float *dy = dy_row + j * n, *x = x_row + (j * stride + origin) * n;
          int64_t l = 0;
          for (; l + 16 <= run; l += 16) gradient_step(sums, total, dy + l, dy_plane, x + l, n, 16, filters, taps, bias, 1);
          if (l < run) gradient_step(sums, total, dy + l, dy_plane, x + l, n, run - l, filters, taps, bias, 0);
        }
        j = outer - 1;
        continue;
      }
      for (int64_t l = 0; l < n; l += 16) {
        lanes g[4];
        const int64_t count = n - l < 16 ? n - l : 16;
        for (int f = 0; f < filters; f++) {
          g[f] = load_part(dy_row + j * n + f * dy_plane + l, count);
          if (bias) total[f] += g[f];
        }
#pragma clang loop unroll(full)
        for (int q = 0; q < taps; q++) {
          int64_t column = j * stride + origin + q;
          if (outside || column < 0 || column >= p->width) continue;
          lanes value = load_part(x_row + column * n + l, count);
          for (int f = 0; f < filters; f++) sums[q][f] += g[f] * value;
        }
      }
    }
  }
#pragma clang loop unroll(full)
  for (int f = 0; f < filters; f++) {
    if (bias) store(t->bias + f * 16, total[f]);
    for (int q = 0; q < taps; q++) store(at + (q * filters + f) * 16, sums[q][f]);
  }
}

typedef void (*gradient_block_kind)(const gradient_task *, int64_t, int64_t, int64_t, int64_t, int);
#define GRADIENT_BLOCK(filters, taps) \
  static __attribute__((noinline)) void gradient_block_##filters##_##taps(const gradient_task *t, int64_t first, int64_t last, int64_t r, int64_t s, int fresh) { \
    if (t->bias && r == 0 && s == 0) gradient_block(t, first, last, r, s, fresh, filters, taps, 1); \
    else gradient_block(t, first, last, r, s, fresh, filters, taps, 0); \
  }
#define GRADIENT_BLOCKS(filters) \
  GRADIENT_BLOCK(filters, 1) GRADIENT_BLOCK(filters, 2) GRADIENT_BLOCK(filters, 3) GRADIENT_BLOCK(filters, 4) GRADIENT_BLOCK(filters, 5)
GRADIENT_BLOCKS(1)
GRADIENT_BLOCKS(2)
GRADIENT_BLOCKS(3)
GRADIENT_BLOCKS(4)
#define GRADIENT_ROW(f) \
  {gradient_block_##f##_1, gradient_block_##f##_2, gradient_block_##f##_3, gradient_block_##f##_4, gradient_block_##f##_5}
static const gradient_block_kind gradient_blocks[4][5] = {GRADIENT_ROW(1), GRADIENT_ROW(2), GRADIENT_ROW(3), GRADIENT_ROW(4)};

/// Filters k..<k + filters of channel c.
static void kernel_gradient_item(const vk_convolution_kernel_gradient_arguments *a, int64_t k, int64_t filters, int64_t c) {
  const vk_convolution_shape *p = &a->shape;
  float sums[256 * 4 * 16 + 15 * 16], bias[4 * 16];
  int64_t row_steps = (p->output_width * p->batch + 15) / 16, tile = (TILE_STEPS + row_steps - 1) / row_steps;
  gradient_task task = {
    p, a->x + c * p->height * p->width * p->batch, a->dy + k * p->output_height * p->output_width * p->batch, sums,
    a->dbias && c == 0 ? bias : 0};
  for (int64_t i = 0; i < p->output_height; i += tile)
    for (int64_t r = 0; r < p->kernel_height; r++)
      for (int64_t s = 0; s < p->kernel_width;) {
        int64_t taps = p->kernel_width - s;
        if (taps > 5) taps = taps == 6 ? 3 : taps < 9 ? 4 : 5;
        gradient_blocks[filters - 1][taps - 1](&task, i, i + tile < p->output_height ? i + tile : p->output_height, r, s, i == 0);
        s += taps;
      }
  int64_t count = p->kernel_height * p->kernel_width * filters;
  for (int64_t i = 0; i < count; i += 16) {
    lanes group[16];
#pragma clang loop unroll(full)
    for (int l = 0; l < 16; l++) group[l] = load(sums + (i + l) * 16);
    float totals[16];
    store(totals, sums_of(group));
    int64_t end = count - i < 16 ? count - i : 16;
    for (int64_t l = 0; l < end; l++)
      a->dkernel[((i + l) / filters * p->channels + c) * p->filters + k + (i + l) % filters] = totals[l];
  }
  if (task.bias)
    for (int64_t f = 0; f < filters; f++) a->dbias[k + f] = sum_of(load(bias + f * 16));
}

/// Filters j..<j + columns where the kernel covers the whole image: a matrix product x [positions, n] dy^T [n, filters].
static void whole_kernel_gradient_item(const vk_convolution_kernel_gradient_arguments *a, int64_t j, int64_t columns) {
  const vk_convolution_shape *p = &a->shape;
  int64_t positions = p->kernel_height * p->kernel_width, n = p->batch, last = columns > 16 ? columns - 16 : columns;
  vk_matrix_arguments matrix = {.m = positions, .a_row = n, .a_column = 1, .c_row = p->channels * p->filters};
  float packed[PACKED_ROWS * 32];
  int64_t width = columns > 16 ? 32 : 16;
  for (int64_t q = 0; q < n; q += PACKED_ROWS) {
    int64_t k = n - q < PACKED_ROWS ? n - q : PACKED_ROWS;
    for (int64_t l = 0; l < columns; l++) {
      const float *from = a->dy + (j + l) * n + q;
#pragma clang loop vectorize(disable)
      for (int64_t r = 0; r < k; r++) packed[r * width + l] = from[r];
      lanes total = splat(0.f);
      for (int64_t r = 0; r < k; r += 16) total += load_part(from + r, k - r < 16 ? k - r : 16);
      if (a->dbias) a->dbias[j + l] = (q ? a->dbias[j + l] : 0) + sum_of(total);
    }
    for (int64_t c = 0; c < p->channels; c++) {
      const float *x = a->x + c * positions * n + q;
      float *to = a->dkernel + c * p->filters + j;
      if (columns > 16) matrix_columns(&matrix, x, packed, 0, to, 32, k, last, 2, q == 0, 1);
      else matrix_columns(&matrix, x, packed, 0, to, 16, k, last, 1, q == 0, 1);
    }
  }
}

static void whole_kernel_gradient_member(void *context, int thread, int threads) {
  const vk_convolution_kernel_gradient_arguments *a = context;
  int64_t filters = a->shape.filters, first, last;
  pool_part((filters + 31) / 32, 1, thread, threads, &first, &last);
  for (int64_t j = first * 32; j < last * 32 && j < filters; j += 32)
    whole_kernel_gradient_item(a, j, filters - j < 32 ? filters - j : 32);
}

static void kernel_gradient_member(void *context, int thread, int threads) {
  const vk_convolution_kernel_gradient_arguments *a = context;
  const vk_convolution_shape *p = &a->shape;
  int64_t size = p->filters % 4 == 0 ? 4 : p->filters % 3 == 0 ? 3 : 4, blocks = (p->filters + size - 1) / size, first, last;
  pool_part(blocks * p->channels, 1, thread, threads, &first, &last);
  for (int64_t item = first; item < last; item++) {
    int64_t k = item / p->channels * size, filters = p->filters - k < size ? p->filters - k : size;
    kernel_gradient_item(a, k, filters, item % p->channels);
  }
}

void VK_LEVEL(vk_convolution_kernel_gradient)(void *arguments) {
  vk_convolution_kernel_gradient_arguments *a = arguments;
  const vk_convolution_shape *p = &a->shape;
  int whole = p->height == p->kernel_height && p->width == p->kernel_width && p->output_height == 1 && p->output_width == 1 &&
              p->padding_top == 0 && p->padding_left == 0;
  pool_run(whole ? whole_kernel_gradient_member : kernel_gradient_member, a, a->threads);
}
