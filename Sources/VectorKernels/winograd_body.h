// Convolutions by Winograd's method: tiles of the input are transformed, multiplied by the transformed kernel at each of
// 36 places, and transformed back.
#include "ThreadPool.h"
#include "winograd_transform.h"

/// Where a tile of the batch is.
typedef struct {
  int64_t sample, row, column;  // of the result
} winograd_place;

INLINE winograd_place winograd_at(const winograd_plan *plan, int64_t tile) {
  const int64_t image = plan->down * plan->across, rest = tile % image;
  return (winograd_place){tile / image, rest / plan->across * WINOGRAD_TILE, rest % plan->across * WINOGRAD_TILE};
}

INLINE int32_t between(int64_t value, int64_t low, int64_t high) { return (int32_t)(value < low ? low : value > high ? high : value); }

/// `size` rows and columns of an image from (row, column) on, which may lie outside.
INLINE winograd_view winograd_look(const float *image, const vk_winograd_image *lies, winograd_place at, int64_t row,
                                   int64_t column, int64_t height, int64_t width, int size) {
  return (winograd_view){image + at.sample * lies->sample + row * lies->row + column * lies->column, lies->row, lies->column,
                         between(-row, 0, size), between(height - row, 0, size), between(-column, 0, size),
                         between(width - column, 0, size)};
}

/// Transformed tiles first...last of the input, into the rows of `v` from `tile - base` on.
static void winograd_inputs(const vk_winograd_shape *s, const winograd_plan *plan, const float *x, int64_t base, int64_t first,
                            int64_t last, float *v) {
  for (int64_t tile = first; tile < last; tile++) {
    const winograd_place at = winograd_at(plan, tile);
    winograd_view view = winograd_look(x, &s->x, at, at.row - s->padding_top, at.column - s->padding_left, s->height, s->width, 6);
    float *to = v + (tile - base) * plan->x.row;
    for (int64_t c = 0; c < s->channels; c += 16, view.at += s->x.block) winograd_take_input(&view, to + c, plan->x.plane);
  }
}

/// Products of `tiles` rows of `v` with the kernel's panels `first`...`last`, counted over all places, into `m`.
static void winograd_products(const vk_winograd_shape *s, const winograd_plan *plan, const float *v, const float *transformed,
                              int64_t tiles, int64_t first, int64_t last, float *m) {
  const int64_t size = s->channels * PRODUCT_COLUMNS;
  product_factors f = {.a_row = plan->x.row, .a_step = 1, .b_step = PRODUCT_COLUMNS, .k = s->channels};
  for (int64_t unit = first; unit < last; unit++) {
    const int64_t place = unit / plan->panels, k = unit % plan->panels * PRODUCT_COLUMNS, two = s->filters - k > 16;
    f.b = transformed + unit * size;
    f.ahead = f.b + size, f.ahead_step = tiles > PRODUCT_ROWS ? PRODUCT_COLUMNS / 2 : PRODUCT_COLUMNS;
    for (int64_t i = 0; i < tiles; i += PRODUCT_ROWS) {
      f.a = v + place * plan->x.plane + i * plan->x.row;
      const product_target to = {.c = m + place * plan->y.plane + i * plan->y.row + k, .row = plan->y.row,
                                 .rows = tiles - i < PRODUCT_ROWS ? tiles - i : PRODUCT_ROWS, .last = 16};
      tile_functions[0][two][1](&f, &to);
      // The next panel has been asked for whole after two tiles.
      if (i == 0) f.ahead += size / 2;
      else f.ahead = f.b, f.ahead_step = 0;
    }
  }
}

/// One tile of the result, with bias and limits.
INLINE void winograd_finish(const vk_winograd_arguments *p, const float *m, int64_t plane, float *y, int64_t rows, int64_t columns,
                            lanes bias) {
  lanes at[4][4];
  winograd_give(m, plane, at, 4);
  const lane_limits limits = {p->lowest, p->highest};
#pragma clang loop unroll(full)
  for (int i = 0; i < 4; i++) {
#pragma clang loop unroll(full)
    for (int j = 0; j < 4; j++) {
      const lanes value = limited(at[i][j] + bias, limits);
      if (i < rows && j < columns) store(y + i * p->shape.y.row + j * p->shape.y.column, value);
    }
  }
}

/// Tiles first...last of the result for filters k0...k1, from the rows of `m` from `tile - base` on.
static void winograd_outputs(const vk_winograd_arguments *p, const winograd_plan *plan, const float *m, int64_t base, int64_t first,
                             int64_t last) {
  const vk_winograd_shape *s = &p->shape;
  for (int64_t tile = first; tile < last; tile++) {
    const winograd_place at = winograd_at(plan, tile);
    const int64_t rows = between(s->output_height - at.row, 0, 4), columns = between(s->output_width - at.column, 0, 4);
    float *y = p->y + at.sample * s->y.sample + at.row * s->y.row + at.column * s->y.column;
    const float *from = m + (tile - base) * plan->y.row;
    for (int64_t k = 0; k < s->filters; k += 16, y += s->y.block)
      winograd_finish(p, from + k, plan->y.plane, y, rows, columns, p->bias ? load(p->bias + k) : splat(0.f));
  }
}

typedef struct {
  const vk_winograd_arguments *arguments;
  winograd_plan plan;
  int64_t base, tiles;  // of a chunk that all threads share
} winograd_team;

static void winograd_member(void *context, int thread, int threads) {
  const winograd_team *team = context;
  const vk_winograd_arguments *p = team->arguments;
  const winograd_plan *plan = &team->plan;
  float *v = p->workspace + thread * (plan->x_space + plan->y_space), *m = v + plan->x_space;
  int64_t first, last;
  pool_part(plan->tiles, PRODUCT_ROWS, thread, threads, &first, &last);
  for (int64_t tile = first; tile < last; tile += plan->chunk) {
    const int64_t count = last - tile < plan->chunk ? last - tile : plan->chunk;
    winograd_inputs(&p->shape, plan, p->x, tile, tile, tile + count, v);
    winograd_products(&p->shape, plan, v, p->transformed, count, 0, WINOGRAD_PLACES * plan->panels, m);
    winograd_outputs(p, plan, m, tile, tile, tile + count);
  }
}

static void winograd_share_inputs(void *context, int thread, int threads) {
  const winograd_team *team = context;
  const vk_winograd_arguments *p = team->arguments;
  int64_t first, last;
  pool_part(team->tiles, 1, thread, threads, &first, &last);
  winograd_inputs(&p->shape, &team->plan, p->x, team->base, team->base + first, team->base + last, p->workspace);
}

static void winograd_share_products(void *context, int thread, int threads) {
  const winograd_team *team = context;
  const vk_winograd_arguments *p = team->arguments;
  int64_t first, last;
  pool_part(WINOGRAD_PLACES * team->plan.panels, 1, thread, threads, &first, &last);
  winograd_products(&p->shape, &team->plan, p->workspace, p->transformed, team->tiles, first, last,
                    p->workspace + team->plan.x_space);
}

static void winograd_share_outputs(void *context, int thread, int threads) {
  const winograd_team *team = context;
  int64_t first, last;
  pool_part(team->tiles, 1, thread, threads, &first, &last);
  winograd_outputs(team->arguments, &team->plan, team->arguments->workspace + team->plan.x_space, team->base, team->base + first,
                   team->base + last);
}

void VK_LEVEL(vk_winograd)(void *arguments) {
  const vk_winograd_arguments *p = arguments;
  winograd_team team = {p, vk_winograd_plan(&p->shape, p->threads)};
  if (!team.plan.shares) {
    pool_run(winograd_member, &team, p->threads);
    return;
  }
  for (; team.base < team.plan.tiles; team.base += team.plan.chunk) {
    team.tiles = team.plan.tiles - team.base < team.plan.chunk ? team.plan.tiles - team.base : team.plan.chunk;
    pool_run(winograd_share_inputs, &team, p->threads);
    pool_run(winograd_share_products, &team, p->threads);
    pool_run(winograd_share_outputs, &team, p->threads);
  }
}

/// Three rows and columns of 16 kernels, `step` floats apart; `turned` reads them from the last to the first.
INLINE void winograd_take_kernel(const float *g, int64_t step, const int turned, const int streams, float *to, int64_t plane) {
  lanes across[6][6];
#pragma clang loop unroll(full)
  for (int j = 0; j < 3; j++) {
    lanes d[3], down[6];
#pragma clang loop unroll(full)
    for (int i = 0; i < 3; i++) d[i] = load(g + (turned ? 8 - (3 * i + j) : 3 * i + j) * step);
    winograd_three(d, down);
#pragma clang loop unroll(full)
    for (int i = 0; i < 6; i++) across[i][j] = down[i];
  }
  winograd_put(across, to, plane, streams, winograd_three);
}

/// A large result is written past the caches: it would not stay there.
enum { STREAMED = 4 * 1024 * 1024 };

static __attribute__((noinline)) void winograd_take_straight(const float *g, int64_t step, float *to, int64_t plane) {
  if (plane * WINOGRAD_PLACES > STREAMED) winograd_take_kernel(g, step, 0, 1, to, plane);
  else winograd_take_kernel(g, step, 0, 0, to, plane);
}

static __attribute__((noinline)) void winograd_take_turned(const float *g, int64_t step, float *to, int64_t plane) {
  if (plane * WINOGRAD_PLACES > STREAMED) winograd_take_kernel(g, step, 1, 1, to, plane);
  else winograd_take_kernel(g, step, 1, 0, to, plane);
}

static void winograd_kernel_member(void *context, int thread, int threads) {
  const vk_winograd_kernel_arguments *p = context;
  const int64_t step = p->channels * p->filters, inputs = p->turned ? p->filters : p->channels;
  const int64_t outputs = p->turned ? p->channels : p->filters, panels = (outputs + PRODUCT_COLUMNS - 1) / PRODUCT_COLUMNS;
  const int64_t plane = panels * inputs * PRODUCT_COLUMNS;
  int64_t first, last;
  pool_part(inputs, 16, thread, threads, &first, &last);
  for (int64_t o = 0; o < outputs; o += 16)
    for (int64_t i = first; i < last; i += p->turned ? 16 : 1) {
      float *to = p->transformed + (o / PRODUCT_COLUMNS * inputs + i) * PRODUCT_COLUMNS + o % PRODUCT_COLUMNS;
      if (!p->turned) {
        winograd_take_straight(p->kernel + i * p->filters + o, step, to, plane);
        continue;
      }
      // Sixteen filters become the rows, sixteen channels the columns.
      float turned[9][16][16];
      for (int place = 0; place < 9; place++)
        for (int half = 0; half < 2; half++) {
          product_tile block;
          for (int r = 0; r < 8; r++)
            block.at[r][0] = load(p->kernel + place * step + (o + 8 * half + r) * p->filters + i);
          const product_target target = {turned[place][0] + 8 * half, 0, 16, 8, 16, 0, 0};
          store_turned(&block, &target, 1);
        }
      for (int r = 0; r < 16; r++) winograd_take_turned(turned[0][r], 256, to + r * PRODUCT_COLUMNS, plane);
    }
}

void VK_LEVEL(vk_winograd_kernel)(void *arguments) {
  const vk_winograd_kernel_arguments *p = arguments;
  pool_run(winograd_kernel_member, arguments, p->threads);
}
