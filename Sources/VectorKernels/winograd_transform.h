// Winograd's transforms for the points 0, a, -a, b, -b and infinity, with a = 5/8 and b = 3/2, whose powers are exact.
// A transformed tile is the values of polynomials at the points; results come back by interpolation.
#include "winograd_plan.h"

#define WINO_A 0.625f
#define WINO_B 1.5f
#define WINO_A2 (WINO_A * WINO_A)
#define WINO_B2 (WINO_B * WINO_B)

/// Six neighbours of the input, multiplied out for each point: the product of (x - q) over the other points q.
INLINE void winograd_input(const lanes d[6], lanes v[6]) {
  const lanes even_a = d[4] - d[2] * WINO_B2, odd_a = d[3] - d[1] * WINO_B2;
  const lanes even_b = d[4] - d[2] * WINO_A2, odd_b = d[3] - d[1] * WINO_A2;
  v[0] = d[0] * (WINO_A2 * WINO_B2) + (d[4] - d[2] * (WINO_A2 + WINO_B2));
  v[1] = even_a + odd_a * WINO_A, v[2] = even_a - odd_a * WINO_A;
  v[3] = even_b + odd_b * WINO_B, v[4] = even_b - odd_b * WINO_B;
  v[5] = d[1] * (WINO_A2 * WINO_B2) + (d[5] - d[3] * (WINO_A2 + WINO_B2));
}

/// Weights of the points in the interpolation.
#define WINO_0 (1 / (WINO_A2 * WINO_B2))
#define WINO_IN_A (1 / (2 * WINO_A2 * (WINO_A2 - WINO_B2)))
#define WINO_IN_B (1 / (2 * WINO_B2 * (WINO_B2 - WINO_A2)))

/// The values of g[0] + g[1] x + g[2] x^2 at the points, weighted.
INLINE void winograd_three(const lanes g[3], lanes u[6]) {
  const lanes even_a = g[0] + g[2] * WINO_A2, even_b = g[0] + g[2] * WINO_B2;
  u[0] = g[0] * WINO_0;
  u[1] = (even_a + g[1] * WINO_A) * WINO_IN_A, u[2] = (even_a - g[1] * WINO_A) * WINO_IN_A;
  u[3] = (even_b + g[1] * WINO_B) * WINO_IN_B, u[4] = (even_b - g[1] * WINO_B) * WINO_IN_B;
  u[5] = g[2];
}

/// The values of a polynomial of four coefficients at the points, weighted.
INLINE void winograd_four(const lanes g[4], lanes u[6]) {
  const lanes even_a = g[0] + g[2] * WINO_A2, odd_a = (g[1] + g[3] * WINO_A2) * WINO_A;
  const lanes even_b = g[0] + g[2] * WINO_B2, odd_b = (g[1] + g[3] * WINO_B2) * WINO_B;
  u[0] = g[0] * WINO_0;
  u[1] = (even_a + odd_a) * WINO_IN_A, u[2] = (even_a - odd_a) * WINO_IN_A;
  u[3] = (even_b + odd_b) * WINO_IN_B, u[4] = (even_b - odd_b) * WINO_IN_B;
  u[5] = g[3];
}

/// `count` (3 or 4) neighbours of the result from the products at the points.
INLINE void winograd_result(const lanes m[6], lanes *y, const int count) {
  const lanes sum_a = m[1] + m[2], sum_b = m[3] + m[4], gap_a = m[1] - m[2], gap_b = m[3] - m[4];
  y[0] = m[0] + (sum_a + sum_b);
  y[1] = gap_a * WINO_A + gap_b * WINO_B;
  y[2] = sum_a * WINO_A2 + sum_b * WINO_B2;
  if (count == 3) y[2] += m[5];
  else y[3] = gap_a * (WINO_A2 * WINO_A) + (gap_b * (WINO_B2 * WINO_B) + m[5]);
}

/// Place (i, j) of the transformed tile goes to v + (6 i + j) * plane; past the caches, if it `streams` (v is aligned to 64 then).
INLINE void winograd_put(const lanes across[6][6], float *v, int64_t plane, const int streams,
                         void (*const transform)(const lanes *, lanes *)) {
#pragma clang loop unroll(full)
  for (int i = 0; i < 6; i++) {
    lanes row[6];
    transform(across[i], row);
#pragma clang loop unroll(full)
    for (int j = 0; j < 6; j++) {
      float *to = v + (6 * i + j) * plane;
      if (streams) __builtin_nontemporal_store(row[j], (lanes *)to);
      else store(to, row[j]);
    }
  }
}

/// Part of an image that a tile sees: rows and columns that exist, of those from `at` on.
typedef struct {
  const float *at;
  int64_t row, column;
  int32_t top, bottom, left, right;
} winograd_view;

/// A tile of the image of `size` x `size`; what does not exist is zero.
INLINE void winograd_take(const winograd_view *view, float *v, int64_t plane, lanes *sum, const int size, const int whole_view,
                          void (*const transform)(const lanes *, lanes *)) {
  lanes across[6][6];
#pragma clang loop unroll(full)
  for (int j = 0; j < size; j++) {
    lanes d[6], down[6];
#pragma clang loop unroll(full)
    for (int i = 0; i < size; i++) {
      const int is_there = whole_view || (i >= view->top && i < view->bottom && j >= view->left && j < view->right);
      d[i] = is_there ? load(view->at + i * view->row + j * view->column) : splat(0.f);
    }
    if (sum) {
#pragma clang loop unroll(full)
      for (int i = 0; i < size; i++) *sum += d[i];
    }
    transform(d, down);
#pragma clang loop unroll(full)
    for (int i = 0; i < 6; i++) across[i][j] = down[i];
  }
  winograd_put(across, v, plane, 0, transform);
}

static __attribute__((noinline)) void winograd_take_input(const winograd_view *view, float *v, int64_t plane) {
  if (view->top == 0 && view->left == 0 && view->bottom == 6 && view->right == 6)
    winograd_take(view, v, plane, NULL, 6, 1, winograd_input);
  else winograd_take(view, v, plane, NULL, 6, 0, winograd_input);
}

/// A tile of dy, which is also added to `sums`, if there are any.
static __attribute__((noinline)) void winograd_take_result(const winograd_view *view, float *v, int64_t plane, float *sums) {
  lanes sum = splat(0.f);
  if (view->top == 0 && view->left == 0 && view->bottom == 4 && view->right == 4)
    winograd_take(view, v, plane, &sum, 4, 1, winograd_four);
  else winograd_take(view, v, plane, &sum, 4, 0, winograd_four);
  if (sums) store(sums, load(sums) + sum);
}

/// The result's four rows and columns (or the kernel's three) from the products at the places.
INLINE void winograd_give(const float *m, int64_t plane, lanes y[4][4], const int count) {
  lanes down[6][4];
#pragma clang loop unroll(full)
  for (int j = 0; j < 6; j++) {
    lanes d[6];
#pragma clang loop unroll(full)
    for (int i = 0; i < 6; i++) d[i] = load(m + (6 * i + j) * plane);
    winograd_result(d, down[j], count);
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < count; i++) {
    lanes d[6];
#pragma clang loop unroll(full)
    for (int j = 0; j < 6; j++) d[j] = down[j][i];
    winograd_result(d, y[i], count);
  }
}
