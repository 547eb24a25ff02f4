// Products by tiles: blocks of the operands, copied where they lie badly, and the shares of the threads.
#include "ThreadPool.h"
#include "product_tile.h"

typedef struct {
  int64_t first, last;
} product_range;

/// What the tiles from row `i` of a block on ask for ahead of its time: of the operand that is read in place, the next block
/// of b or the rows of a some tiles on, spread over the tiles until then.
static void ask_ahead(const product_plan *plan, const float *a, const float *b, int64_t i, int64_t height, int64_t width,
                      product_factors *f) {
  enum { TILES = 4 };
  const int64_t across = (width + PRODUCT_COLUMNS - 1) / PRODUCT_COLUMNS;
  if (!plan->packs_a && plan->a_column == 1 && plan->a_row <= 2 * f->k) {
    f->ahead = a + (i + TILES * PRODUCT_ROWS) * plan->a_row;
    f->ahead_step = (PRODUCT_ROWS * plan->a_row + across * f->k - 1) / (across * f->k);
  } else if (!plan->packs_b && width == plan->n && plan->b_row <= 2 * width) {
    const int64_t tiles = across * ((height + PRODUCT_ROWS - 1) / PRODUCT_ROWS);
    f->ahead_step = (plan->b_row + tiles - 1) / tiles;
    f->ahead = b + f->k * plan->b_row + i / PRODUCT_ROWS * across * f->k * f->ahead_step;
  } else {
    f->ahead = b, f->ahead_step = 0;
  }
}

/// Adds the `depth` numbers of each column of some panels to `sums`, or sets them where the sums begin.
static void add_columns(const float *panels, int64_t depth, int64_t columns, bool begins, float *sums) {
  for (int64_t j = 0; j < columns; j += 16) {
    const float *from = panels + j / PRODUCT_COLUMNS * PRODUCT_COLUMNS * depth + j % PRODUCT_COLUMNS;
    const int64_t count = columns - j < 16 ? columns - j : 16;
    lanes sum = splat(0.f);
    for (int64_t q = 0; q < depth; q++) sum += load(from + q * PRODUCT_COLUMNS);
    store_part(sums + j, begins ? sum : sum + load_part(sums + j, count), count);
  }
}

/// The part of the result in the ranges, of a sum over `depth`; the sums of the columns go to `sums`, if it is not NULL.
static void product_part(const vk_product_arguments *p, const product_plan *plan, product_range rows, product_range columns,
                         product_range depth, float *c, int64_t c_row, float *sums, bool finishes, float *space) {
  float *panels = space + plan->a_space;
  for (int64_t i0 = rows.first; i0 < rows.last; i0 += PRODUCT_HEIGHT) {
    const int64_t height = rows.last - i0 < PRODUCT_HEIGHT ? rows.last - i0 : PRODUCT_HEIGHT;
    for (int64_t q0 = depth.first; q0 < depth.last; q0 += PRODUCT_DEPTH) {
      const int64_t k = depth.last - q0 < PRODUCT_DEPTH ? depth.last - q0 : PRODUCT_DEPTH;
      const float *a = plan->a + i0 * plan->a_row + q0 * plan->a_column;
      if (plan->packs_a) pack_slivers(a, plan->a_row, plan->a_column, height, k, space);
      const bool last = finishes && q0 + k == depth.last;
      for (int64_t j0 = columns.first; j0 < columns.last; j0 += PRODUCT_WIDTH) {
        const int64_t width = columns.last - j0 < PRODUCT_WIDTH ? columns.last - j0 : PRODUCT_WIDTH;
        const float *b = plan->b + q0 * plan->b_row + j0 * plan->b_column;
        if (plan->packs_b) pack_panels(b, plan->b_row, plan->b_column, k, width, panels);
        if (sums && i0 == rows.first) add_columns(panels, k, width, q0 == depth.first, sums + j0);
        product_factors f = {.b_step = plan->packs_b ? PRODUCT_COLUMNS : plan->b_row, .k = k};
        for (int64_t i = 0; i < height; i += PRODUCT_ROWS) {
          const int64_t count = height - i < PRODUCT_ROWS ? height - i : PRODUCT_ROWS;
          f.a = plan->packs_a ? space + i * k : a + i * plan->a_row;
          f.a_row = plan->packs_a ? 1 : plan->a_row, f.a_step = plan->packs_a ? PRODUCT_ROWS : plan->a_column;
          if (!plan->packs_a && count < PRODUCT_ROWS) {  // rows past the end may not be there to be read
            pack_slivers(f.a, plan->a_row, plan->a_column, count, k, space);
            f.a = space, f.a_row = 1, f.a_step = PRODUCT_ROWS;
          }
          ask_ahead(plan, a, b, i, height, width, &f);
          for (int64_t j = 0; j < width; j += PRODUCT_COLUMNS, f.ahead += k * f.ahead_step) {
            const int64_t rest = width - j < PRODUCT_COLUMNS ? width - j : PRODUCT_COLUMNS, two = rest > 16;
            const product_target to = {
              plan->transposed ? c + (j0 + j) * c_row + i0 + i : c + (i0 + i) * c_row + j0 + j,
              last && p->bias ? p->bias + j0 + j : 0, c_row, count, two ? rest - 16 : rest, q0 > depth.first,
              last && p->rectifies};
            f.b = plan->packs_b ? panels + j * k : b + j;
            tile_functions[plan->transposed][two][plan->packs_b || rest % 16 == 0](&f, &to);
          }
        }
      }
    }
  }
}

typedef struct {
  const vk_product_arguments *arguments;
  product_plan plan;
  int parts;  // sums over k that are waiting to be added
} product_team;

static void product_member(void *context, int thread, int threads) {
  product_team *team = context;
  const vk_product_arguments *p = team->arguments;
  const product_plan *plan = &team->plan;
  float *space = p->workspace + thread * (plan->a_space + plan->b_space + plan->sum_space);
  product_range rows = {0, plan->m}, columns = {0, plan->n}, depth = {0, plan->k};
  if (plan->splits_depth && threads > 1) {
    if (thread == 0) team->parts = threads;
    pool_part(plan->k, 1, thread, threads, &depth.first, &depth.last);
    float *sum = space + plan->a_space + plan->b_space;
    product_part(p, plan, rows, columns, depth, sum, plan->n, p->sums_columns ? sum + plan->m * plan->n : 0, false, space);
    return;
  }
  if (plan->splits_rows) pool_part(plan->m, PRODUCT_ROWS, thread, threads, &rows.first, &rows.last);
  else pool_part(plan->n, PRODUCT_COLUMNS, thread, threads, &columns.first, &columns.last);
  float *sums = p->sums_columns && rows.first == 0 ? p->column_sums : 0;
  product_part(p, plan, rows, columns, depth, p->c, p->c_row, sums, true, space);
}

void VK_LEVEL(vk_product)(void *arguments) {
  const vk_product_arguments *p = arguments;
  product_team team = {p, vk_product_plan(p), 1};
  pool_run(product_member, &team, p->threads);
  if (team.parts == 1) return;
  const int64_t space = team.plan.a_space + team.plan.b_space + team.plan.sum_space;
  const float *sums = p->workspace + team.plan.a_space + team.plan.b_space;
  // The sums of the columns lie as one more row.
  for (int64_t i = 0; i < p->m + (p->sums_columns ? 1 : 0); i++)
    for (int64_t j = 0; j < p->n; j += 16) {
      const int64_t count = p->n - j < 16 ? p->n - j : 16;
      const bool isProduct = i < p->m;
      lanes value = isProduct && p->bias ? load_part(p->bias + j, count) : splat(0.f);
      for (int t = 0; t < team.parts; t++) value += load_part(sums + t * space + i * p->n + j, count);
      if (isProduct && p->rectifies) value = activated(value, VK_ACTIVATION_RELU);
      store_part(isProduct ? p->c + i * p->c_row + j : p->column_sums + j, value, count);
    }
}
