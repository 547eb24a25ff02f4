#include "product_plan.h"
#include "levels.h"

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t rounded(int64_t value, int64_t unit) { return (value + unit - 1) / unit * unit; }

/// Rows that many bytes apart meet in the same few sets of the cache.
static bool collides(int64_t stride) { return stride * 4 % 2048 == 0; }

product_plan vk_product_plan(const vk_product_arguments *p) {
  product_plan plan = {p->a, p->b, p->m, p->n, p->k, p->a_row, p->a_column, p->b_row, p->b_column};
  // Few rows against a matrix that lies the other way: its rows are read in place, and the result is turned when stored.
  if (p->b_column != 1 && p->b_row == 1 && p->m <= 2 * PRODUCT_COLUMNS && p->n >= p->m && !p->bias && !p->rectifies &&
      !p->sums_columns) {
    plan = (product_plan){p->b, p->a, p->n, p->m, p->k, p->b_column, p->b_row, p->a_column, p->a_row, true};
  }
  plan.packs_a = plan.n > 2 * PRODUCT_COLUMNS || (plan.k > 8 && collides(plan.a_column == 1 ? plan.a_row : plan.a_column));
  plan.packs_b = plan.m > 8 * PRODUCT_ROWS || plan.b_column != 1 || p->sums_columns;
  plan.splits_depth = !plan.transposed && plan.m * plan.n <= 16384 && plan.k >= 2048 && plan.k >= plan.m && plan.k >= plan.n;
  plan.splits_rows = plan.m >= plan.n;
  int64_t height = rounded(least(plan.m, PRODUCT_HEIGHT), PRODUCT_ROWS), depth = least(plan.k, PRODUCT_DEPTH);
  plan.a_space = rounded((plan.packs_a ? height : PRODUCT_ROWS) * depth, 16);
  plan.b_space = plan.packs_b ? rounded(least(plan.n, PRODUCT_WIDTH), PRODUCT_COLUMNS) * depth : 0;
  plan.sum_space = plan.splits_depth ? rounded((plan.m + (p->sums_columns ? 1 : 0)) * plan.n, 16) : 0;
  return plan;
}

int64_t vk_product_workspace(const vk_product_arguments *p) {
  product_plan plan = vk_product_plan(p);
  return (plan.a_space + plan.b_space + plan.sum_space) * (p->threads > 1 ? p->threads : 1) * (int64_t)sizeof(float);
}

int32_t vk_product_is_fast(void) { return vk_level == 2; }

VK_ENTRY(vk_product)
