// Tiles of the product whose map moves parameters by their moments: while one tile is summed, the numbers of the tile
// before it go through the update, a vector now and then. Dividers and memory work beside the multipliers.
#include "product_map_plan.h"

enum { TILE_VECTORS = PRODUCT_ROWS * PRODUCT_COLUMNS / 16 };

/// A tile of sums that waits for its update: row r lies at values + r * PRODUCT_COLUMNS, its parameters at
/// at + r * panel.
typedef struct {
  float *values;
  int64_t at, panel, rows, columns;
} waiting_tile;

INLINE lanes moved_average(lanes average, lanes toward, float share) { return (toward - average) * share + average; }

/// The update of one vector, its first `count` lanes.
INLINE void move_vector(const vk_moments *u, const float *gradient, int64_t at, int64_t count) {
  const lanes g = load_part(gradient, count);
  const lanes m = moved_average(load_part(u->m + at, count), g, u->share);
  const lanes v = moved_average(load_part(u->v + at, count), g * g, u->share_of_square);
  const lanes w = load_part(u->w + at, count);
  store_part(u->new_m + at, m, count);
  store_part(u->new_v + at, v, count);
  store_part(u->new_w + at, w - m * u->rate / (__builtin_elementwise_sqrt(v) * u->scale + u->shift), count);
}

static void move_tile(const vk_moments *u, const waiting_tile *tile) {
  for (int64_t r = 0; r < tile->rows; r++)
    for (int64_t j = 0; j < tile->columns; j += 16)
      move_vector(u, tile->values + r * PRODUCT_COLUMNS + j, tile->at + r * tile->panel + j,
                  tile->columns - j < 16 ? tile->columns - j : 16);
}

/// Sums of a whole tile, with the update of the whole tile before, and the parameters of this one asked for meanwhile.
static __attribute__((noinline)) void sum_and_move(const product_factors *factors, const vk_moments *moments,
                                                   const waiting_tile *this, const waiting_tile *before) {
  product_tile t = product_zero();
  product_factors f = *factors;
  const vk_moments u = *moments;
  const int64_t part = f.k / TILE_VECTORS;
  for (int64_t i = 0; i < TILE_VECTORS; i++) {
    const int64_t r = i / 2, j = i % 2 * 16, next = this->at + r * this->panel + j;
    __builtin_prefetch(u.m + next), __builtin_prefetch(u.v + next), __builtin_prefetch(u.w + next);
    f.ahead = f.b;
    product_steps(&t, &f, part, 16, 2, 1);
    move_vector(&u, before->values + i * 16, before->at + r * before->panel + j, 16);
  }
  product_steps(&t, &f, f.k - part * TILE_VECTORS, 16, 2, 1);
  const product_target to = {.c = this->values, .row = PRODUCT_COLUMNS, .rows = PRODUCT_ROWS, .last = 16};
  store_product(&t, &to, 2);
}

/// A panel of a block of rows; `at` is the parameter of its first number. Returns the tile that still waits.
static waiting_tile product_moments(const vk_product_map_arguments *p, const vk_moments *u, const float *slivers,
                                    const float *panels, int64_t height, int64_t at, float *held, waiting_tile before) {
  for (int64_t i = 0; i < height; i += PRODUCT_ROWS)
    for (int64_t j = 0; j < p->panel; j += PRODUCT_COLUMNS) {
      const int64_t rows = height - i < PRODUCT_ROWS ? height - i : PRODUCT_ROWS;
      const int64_t columns = p->panel - j < PRODUCT_COLUMNS ? p->panel - j : PRODUCT_COLUMNS;
      const waiting_tile this = {before.values == held ? held + PRODUCT_ROWS * PRODUCT_COLUMNS : held,
                                 at + i * p->panel + j, p->panel, rows, columns};
      const product_factors f = {.a = slivers + i * p->k, .b = panels + j * p->k, .ahead = panels + j * p->k, .a_row = 1,
                                 .a_step = PRODUCT_ROWS, .b_step = PRODUCT_COLUMNS, .k = p->k};
      const int64_t all = PRODUCT_ROWS * PRODUCT_COLUMNS;
      if (rows * columns == all && before.rows * before.columns == all) {
        sum_and_move(&f, u, &this, &before);
      } else {
        const product_target to = {.c = this.values, .row = PRODUCT_COLUMNS, .rows = rows,
                                   .last = columns > 16 ? columns - 16 : columns};
        move_tile(u, &before);
        tile_functions[0][columns > 16][1](&f, &to);
      }
      before = this;
    }
  return before;
}
