// Blocks of up to eight rows by two vectors of the result stay in registers while k runs.
#include "matrix.h"

INLINE lanes activated(lanes v, int activation) {
  switch (activation) {
    case VK_ACTIVATION_RELU: return choose((v > 0.f) | (v != v), v, splat(0.f));
    case VK_ACTIVATION_TANH: return hyperbolic_tangent(v);
    case VK_ACTIVATION_SIGMOID: return logistic(v);
    default: return v;
  }
}

/// ROWS rows and `vectors` (1 or 2) vectors of columns; the last vector has `last` columns. b has contiguous rows.
INLINE void matrix_block(const float *a, const float *b, const float *bias, float *c, const vk_matrix_arguments *p,
                         int64_t b_row, int64_t k, int64_t last, const int rows, const int vectors, int first, int final) {
  lanes sums[8][2];
  lanes start[2];
  for (int v = 0; v < vectors; v++)
    start[v] = bias && first ? load_part(bias + 16 * v, v == vectors - 1 ? last : 16) : splat(0.f);
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; r++)
    for (int v = 0; v < vectors; v++) sums[r][v] = start[v];
  if (p->accumulates || !first) {
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++)
      for (int v = 0; v < vectors; v++)
        sums[r][v] += load_part(c + r * p->c_row + 16 * v, v == vectors - 1 ? last : 16);
  }
  int64_t a_row = p->a_row, a_column = p->a_column, q = 0;
  if (vectors == 1 && k >= 16) {  // two sums for each row, so that additions need not wait for one another
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) sums[r][1] = splat(0.f);
    for (; q + 2 <= k; q += 2, a += 2 * a_column, b += 2 * b_row) {
      lanes x = load_part(b, last), y = load_part(b + b_row, last);
#pragma clang loop unroll(full)
      for (int r = 0; r < rows; r++) sums[r][0] += x * a[r * a_row], sums[r][1] += y * a[r * a_row + a_column];
    }
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) sums[r][0] += sums[r][1];
  }
  for (; q < k; q++, a += a_column, b += b_row) {
    lanes x[2];
    for (int v = 0; v < vectors; v++) x[v] = load_part(b + 16 * v, v == vectors - 1 ? last : 16);
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++)
      for (int v = 0; v < vectors; v++) sums[r][v] += x[v] * a[r * a_row];
  }
  int activation = final && !p->accumulates ? p->activation : VK_ACTIVATION_LINEAR;
  if (activation == VK_ACTIVATION_RELU) {
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++)
      for (int v = 0; v < vectors; v++) sums[r][v] = activated(sums[r][v], VK_ACTIVATION_RELU);
  }
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; r++)
    for (int v = 0; v < vectors; v++) store_part(c + r * p->c_row + 16 * v, sums[r][v], v == vectors - 1 ? last : 16);
  if (activation > VK_ACTIVATION_RELU)
    for (int r = 0; r < rows; r++)
      for (int v = 0; v < vectors; v++) {
        int64_t count = v == vectors - 1 ? last : 16;
        float *to = c + r * p->c_row + 16 * v;
        store_part(to, activated(load_part(to, count), activation), count);
      }
}

/// Columns of one block, all rows.
INLINE void matrix_columns(const vk_matrix_arguments *p, const float *a, const float *b, const float *bias, float *c,
                           int64_t b_row, int64_t k, int64_t last, const int vectors, int first, int final) {
  int64_t i = 0;
  for (; i + 8 <= p->m; i += 8)
    matrix_block(a + i * p->a_row, b, bias, c + i * p->c_row, p, b_row, k, last, 8, vectors, first, final);
  for (; i + 4 <= p->m; i += 4)
    matrix_block(a + i * p->a_row, b, bias, c + i * p->c_row, p, b_row, k, last, 4, vectors, first, final);
  for (; i < p->m; i++)
    matrix_block(a + i * p->a_row, b, bias, c + i * p->c_row, p, b_row, k, last, 1, vectors, first, final);
}

enum { PACKED_ROWS = 128 };

static void matrix_product(const vk_matrix_arguments *p, const float *a, const float *b, float *c) {
  const float *bias = p->bias;
  for (int64_t j = 0; j < p->n; j += 32) {
    int64_t columns = p->n - j < 32 ? p->n - j : 32, last = columns > 16 ? columns - 16 : columns;
    const float *at = bias ? bias + j : 0;
    if (p->b_column == 1) {
      if (columns > 16) matrix_columns(p, a, b + j, at, c + j, p->b_row, p->k, last, 2, 1, 1);
      else matrix_columns(p, a, b + j, at, c + j, p->b_row, p->k, last, 1, 1, 1);
      continue;
    }
    float packed[PACKED_ROWS * 32];
    int64_t width = columns > 16 ? 32 : 16;
    for (int64_t q = 0; q < p->k || q == 0; q += PACKED_ROWS) {
      int64_t k = p->k - q < PACKED_ROWS ? p->k - q : PACKED_ROWS;
      for (int64_t l = 0; l < columns; l++) {
        const float *from = b + (j + l) * p->b_column + q * p->b_row;
#pragma clang loop vectorize(disable)
        for (int64_t r = 0; r < k; r++) packed[r * width + l] = from[r * p->b_row];
      }
      int first = q == 0, final = q + k >= p->k;
      if (columns > 16) matrix_columns(p, a + q * p->a_column, packed, at, c + j, 32, k, last, 2, first, final);
      else matrix_columns(p, a + q * p->a_column, packed, at, c + j, 16, k, last, 1, first, final);
    }
  }
}

void VK_LEVEL(vk_matrix)(void *arguments) {
  const vk_matrix_arguments *p = arguments;
  for (int64_t i = 0; i < p->batch; i++)
    matrix_product(p, (const float *)p->a + i * p->a_batch, (const float *)p->b + i * p->b_batch, (float *)p->c + i * p->c_batch);
}

// MARK: - Gradients of a dense layer

INLINE void dense_gradient_block(const vk_dense_gradient_arguments *p, int64_t i, int64_t j, int64_t last, const int rows,
                                 const int vectors, const int bias) {
  lanes sums[8][2], total[2];
#pragma clang loop unroll(full)
  for (int v = 0; v < vectors; v++) {
    int64_t count = v == vectors - 1 ? last : 16;
    total[v] = bias && p->accumulates ? load_part(p->db + j + 16 * v, count) : splat(0.f);
    for (int r = 0; r < rows; r++)
      sums[r][v] = p->accumulates ? load_part(p->dw + (i + r) * p->units + j + 16 * v, count) : splat(0.f);
  }
  const float *x = p->x + i, *dy = p->dy + j;
  for (int64_t q = 0; q < p->rows; q++, x += p->inputs, dy += p->units) {
    lanes g[2];
    for (int v = 0; v < vectors; v++) {
      g[v] = load_part(dy + 16 * v, v == vectors - 1 ? last : 16);
      if (bias) total[v] += g[v];
    }
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++)
      for (int v = 0; v < vectors; v++) sums[r][v] += g[v] * x[r];
  }
#pragma clang loop unroll(full)
  for (int v = 0; v < vectors; v++) {
    int64_t count = v == vectors - 1 ? last : 16;
    if (bias) store_part(p->db + j + 16 * v, total[v], count);
    for (int r = 0; r < rows; r++) store_part(p->dw + (i + r) * p->units + j + 16 * v, sums[r][v], count);
  }
}

INLINE void dense_gradient_columns(const vk_dense_gradient_arguments *p, int64_t j, int64_t last, const int vectors) {
  int64_t i = 0, bias = p->db != 0;
  if (bias && p->inputs >= 8) dense_gradient_block(p, 0, j, last, 8, vectors, 1), i = 8, bias = 0;
  for (; i + 8 <= p->inputs; i += 8) dense_gradient_block(p, i, j, last, 8, vectors, 0);
  if (bias && p->inputs >= 4) dense_gradient_block(p, 0, j, last, 4, vectors, 1), i = 4, bias = 0;
  if (i + 4 <= p->inputs) dense_gradient_block(p, i, j, last, 4, vectors, 0), i += 4;
  if (bias) dense_gradient_block(p, 0, j, last, 0, vectors, 1);
  for (; i < p->inputs; i++) dense_gradient_block(p, i, j, last, 1, vectors, 0);
}

void VK_LEVEL(vk_dense_gradient)(void *arguments) {
  const vk_dense_gradient_arguments *p = arguments;
  for (int64_t j = 0; j < p->units; j += 32) {
    int64_t columns = p->units - j < 32 ? p->units - j : 32;
    if (columns > 16) dense_gradient_columns(p, j, columns - 16, 2);
    else dense_gradient_columns(p, j, columns, 1);
  }
}
