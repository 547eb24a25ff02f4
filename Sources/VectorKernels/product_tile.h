// Tiles of eight rows by two vectors stay in registers while k runs through a block.
#include "product_plan.h"

typedef struct {
  lanes at[PRODUCT_ROWS][2];
} product_tile;

/// What a tile multiplies: rows of a, `a_row` apart, and columns of b, side by side; a step of k moves by `a_step` and
/// `b_step`. Meanwhile memory that comes next is asked for, from `ahead` on, `ahead_step` further on each step: the sums
/// are bound by arithmetic, and the memory would else be waited for when its turn comes.
typedef struct {
  const float *a, *b, *ahead;
  int64_t a_row, a_step, b_step, ahead_step, k;
} product_factors;

/// Adds `count` steps of k, of eight rows of a with `vectors` vectors of columns of b; `last` columns are in the last one.
/// The factors move along.
INLINE void product_steps(product_tile *t, product_factors *f, int64_t count, int64_t last, const int vectors,
                          const int whole_vectors) {
  const int64_t a_row = f->a_row, a_step = f->a_step, b_step = f->b_step, ahead_step = f->ahead_step;
  const float *a = f->a, *b = f->b, *ahead = f->ahead, *a3 = a + 3 * a_row, *a6 = a + 6 * a_row;
#pragma clang loop unroll(disable)
  for (int64_t q = count; q > 0; q--) {
    lanes x[2];
    for (int v = 0; v < vectors; v++)
      x[v] = whole_vectors || v < vectors - 1 ? load(b + 16 * v) : load_part(b + 16 * v, last);
    __builtin_prefetch(ahead);
    const float y[PRODUCT_ROWS] = {a[0], a[a_row], a[2 * a_row], a3[0], a3[a_row], a3[2 * a_row], a6[0], a6[a_row]};
#pragma clang loop unroll(full)
    for (int r = 0; r < PRODUCT_ROWS; r++)
      for (int v = 0; v < vectors; v++) t->at[r][v] += x[v] * y[r];
    a += a_step, a3 += a_step, a6 += a_step, b += b_step, ahead += ahead_step;
  }
  f->a = a, f->b = b, f->ahead = ahead;
}

INLINE product_tile product_zero(void) {
  product_tile t;
#pragma clang loop unroll(full)
  for (int r = 0; r < PRODUCT_ROWS; r++) t.at[r][0] = t.at[r][1] = splat(0.f);
  return t;
}

/// The sums over k.
INLINE product_tile product_sums(const product_factors *factors, int64_t last, const int vectors,
                                 const int whole_vectors) {
  product_tile t = product_zero();
  product_factors f = *factors;
  product_steps(&t, &f, f.k, last, vectors, whole_vectors);
  return t;
}

/// Where a tile goes.
typedef struct {
  float *c;
  const float *bias;  // of its columns, or NULL
  int64_t row;        // between rows, or between columns of a transposed one
  int64_t rows, last;
  int adds, rectifies;
} product_target;

INLINE void store_product(const product_tile *t, const product_target *to, const int vectors) {
#pragma clang loop unroll(full)
  for (int r = 0; r < PRODUCT_ROWS; r++) {
    if (r >= to->rows) break;
    for (int v = 0; v < vectors; v++) {
      int64_t count = v == vectors - 1 ? to->last : 16;
      float *c = to->c + r * to->row + 16 * v;
      lanes value = t->at[r][v];
      if (to->adds) value += load_part(c, count);
      if (to->bias) value += load_part(to->bias + 16 * v, count);
      if (to->rectifies) value = activated(value, VK_ACTIVATION_RELU);
      store_part(c, value, count);
    }
  }
}

typedef float product_half __attribute__((ext_vector_type(8), aligned(4)));

/// Column l of the tile becomes eight neighbours at c + l * row.
INLINE void store_turned(const product_tile *t, const product_target *to, const int vectors) {
  for (int v = 0; v < vectors; v++) {
    int64_t count = v == vectors - 1 ? to->last : 16;
    lanes pair[8], four[8];
    for (int i = 0; i < 4; i++) {
      lanes a = t->at[2 * i][v], b = t->at[2 * i + 1][v];
      pair[2 * i] = __builtin_shufflevector(a, b, 0, 16, 1, 17, 4, 20, 5, 21, 8, 24, 9, 25, 12, 28, 13, 29);
      pair[2 * i + 1] = __builtin_shufflevector(a, b, 2, 18, 3, 19, 6, 22, 7, 23, 10, 26, 11, 27, 14, 30, 15, 31);
    }
    for (int h = 0; h < 2; h++)
      for (int p = 0; p < 2; p++) {
        lanes a = pair[4 * h + p], b = pair[4 * h + 2 + p];
        four[4 * h + 2 * p] = __builtin_shufflevector(a, b, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29);
        four[4 * h + 2 * p + 1] = __builtin_shufflevector(a, b, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31);
      }
    // four[h * 4 + j]: in group g of four lanes, rows 4h...4h+3 of column 4g + j.
    for (int j = 0; j < 4; j++) {
      lanes low = __builtin_shufflevector(four[j], four[4 + j], 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
      lanes high = __builtin_shufflevector(four[j], four[4 + j], 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31);
      lanes both[2] = {low, high};
      for (int g = 0; g < 4; g++) {
        int column = 4 * g + j;
        if (column >= count) continue;
        float *c = to->c + (16 * v + column) * to->row;
        product_half value = g % 2 ? both[g / 2].hi : both[g / 2].lo;
        if (to->rows == PRODUCT_ROWS) {
          if (to->adds) value += *(product_half *)c;
          *(product_half *)c = value;
        } else {
          for (int r = 0; r < to->rows; r++) c[r] = value[r] + (to->adds ? c[r] : 0.f);
        }
      }
    }
  }
}

/// The lines of the tile below, which is stored next.
INLINE void ask_below(const product_target *to) {
#pragma clang loop unroll(full)
  for (int r = 0; r < PRODUCT_ROWS; r++) {
    const float *c = to->c + (r + PRODUCT_ROWS) * to->row;
    __builtin_prefetch(c, 1), __builtin_prefetch(c + 16, 1);
  }
}

/// One tile: sums, then the result.
#define PRODUCT_TILE(name, vectors, whole_vectors, STORE) \
  static __attribute__((noinline)) void name(const product_factors *factors, const product_target *to) { \
    if (STORE == store_product) ask_below(to); \
    product_tile t = product_sums(factors, to->last, vectors, whole_vectors); \
    STORE(&t, to, vectors); \
  }
PRODUCT_TILE(tile_two, 2, 1, store_product)
PRODUCT_TILE(tile_two_part, 2, 0, store_product)
PRODUCT_TILE(tile_one, 1, 1, store_product)
PRODUCT_TILE(tile_one_part, 1, 0, store_product)
PRODUCT_TILE(turned_two, 2, 1, store_turned)
PRODUCT_TILE(turned_two_part, 2, 0, store_turned)
PRODUCT_TILE(turned_one, 1, 1, store_turned)
PRODUCT_TILE(turned_one_part, 1, 0, store_turned)

typedef void (*tile_function)(const product_factors *, const product_target *);
/// By [turned][vectors - 1][the last one is read whole].
static const tile_function tile_functions[2][2][2] = {
  {{tile_one_part, tile_one}, {tile_two_part, tile_two}}, {{turned_one_part, turned_one}, {turned_two_part, turned_two}}};

/// So many steps of k are copied to one sliver or panel before the next: whole lines for each.
enum { PACK_DEPTH = 8 };

/// Slivers of eight rows, one after another; in a sliver the eight numbers of one k are neighbours. Rows past the end are 0.
static void pack_slivers(const float *a, int64_t row, int64_t column, int64_t rows, int64_t k, float *to) {
  const int64_t whole = row == 1 ? rows / PRODUCT_ROWS * PRODUCT_ROWS : 0;
  for (int64_t q0 = 0; q0 < k && whole > 0; q0 += PACK_DEPTH) {
    const int64_t last = q0 + PACK_DEPTH < k ? q0 + PACK_DEPTH : k;
    for (int64_t i = 0; i < whole; i += PRODUCT_ROWS)
      for (int64_t q = q0; q < last; q++)
        *(product_half *)(to + i * k + q * PRODUCT_ROWS) = *(const product_half *)(a + q * column + i);
  }
  to += whole * k;
  for (int64_t i = whole; i < rows; i += PRODUCT_ROWS, to += k * PRODUCT_ROWS) {
    const int64_t count = rows - i < PRODUCT_ROWS ? rows - i : PRODUCT_ROWS;
    const float *from = a + i * row;
    int64_t q = 0;
    if (column == 1 && count == PRODUCT_ROWS) {
      for (; q + 16 <= k; q += 16) {
        product_tile block;
        for (int r = 0; r < PRODUCT_ROWS; r++) block.at[r][0] = load(from + r * row + q);
        const product_target turned = {to + q * PRODUCT_ROWS, 0, PRODUCT_ROWS, PRODUCT_ROWS, 16, 0, 0};
        store_turned(&block, &turned, 1);
      }
    }
    for (; q < k; q++)
      for (int r = 0; r < PRODUCT_ROWS; r++) to[q * PRODUCT_ROWS + r] = r < count ? from[r * row + q * column] : 0.f;
  }
}

/// Panels of 32 columns, one after another; in a panel the 32 numbers of one k are neighbours. Columns past the end are 0.
static void pack_panels(const float *b, int64_t row, int64_t column, int64_t k, int64_t columns, float *to) {
  if (column == 1) {
    for (int64_t q0 = 0; q0 < k; q0 += PACK_DEPTH) {
      const int64_t last = q0 + PACK_DEPTH < k ? q0 + PACK_DEPTH : k;
      for (int64_t j = 0; j < columns; j += PRODUCT_COLUMNS) {
        const int64_t rest = columns - j;
        for (int64_t q = q0; q < last; q++) {
          const float *from = b + q * row + j;
          float *at = to + j * k + q * PRODUCT_COLUMNS;
          store(at, rest >= 16 ? load(from) : load_part(from, rest));
          store(at + 16, rest >= 32 ? load(from + 16) : rest > 16 ? load_part(from + 16, rest - 16) : splat(0.f));
        }
      }
    }
    return;
  }
  for (int64_t j = 0; j < columns; j += PRODUCT_COLUMNS, to += k * PRODUCT_COLUMNS)
    for (int64_t l = 0; l < PRODUCT_COLUMNS; l += 8) {
      const int64_t count = columns - j - l;
      const float *from = b + (j + l) * column;
      int64_t q = 0;
      if (row == 1 && count >= 8) {
        for (; q + 16 <= k; q += 16) {
          product_tile block;
          for (int r = 0; r < 8; r++) block.at[r][0] = load(from + r * column + q);
          const product_target turned = {to + q * PRODUCT_COLUMNS + l, 0, PRODUCT_COLUMNS, 8, 16, 0, 0};
          store_turned(&block, &turned, 1);
        }
      }
      for (; q < k; q++)
        for (int r = 0; r < 8; r++) to[q * PRODUCT_COLUMNS + l + r] = r < count ? from[r * column + q * row] : 0.f;
    }
}
