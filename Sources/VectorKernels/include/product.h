// Large matrix products of floats on all threads, for matrices that lie by rows.
#ifndef VK_PRODUCT_H
#define VK_PRODUCT_H
#include <stdint.h>

/// c[i, j] = sum over p of a[i, p] b[p, j] + bias[j], with `rectifies` at least 0; i < m, j < n, p < k, all at least 1.
/// Element (i, p) of a lies at a + i * a_row + p * a_column (in elements), the same for b; rows of c are contiguous, c_row
/// apart. `bias` may be NULL. With `sums_columns` also column_sums[j] = sum over p of b[p, j], which is a bias's gradient
/// beside its kernel's. The same number of threads gives the same bits.
typedef struct vk_product_arguments {
  const float *a;
  const float *b;
  const float *bias;
  float *c;
  float *column_sums;
  /// `vk_product_workspace` bytes, aligned to 64.
  float *workspace;
  int32_t rectifies, sums_columns, threads;
  int64_t m, n, k;
  int64_t a_row, a_column, b_row, b_column, c_row;
} vk_product_arguments;
void vk_product(void *arguments);

/// Bytes that `vk_product` needs beside its operands; the pointers are not read.
int64_t vk_product_workspace(const vk_product_arguments *arguments);

/// Whether this processor has the registers that `vk_product` is made for (AVX-512).
int32_t vk_product_is_fast(void);
#endif
