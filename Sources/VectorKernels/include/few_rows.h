// Products of very few rows with a large matrix, as predictions of single samples are: what counts is how fast the matrix is read.
#ifndef VK_FEW_ROWS_H
#define VK_FEW_ROWS_H
#include <stdint.h>

enum { VK_FEW_ROWS = 4 };

/// c[i, j] = min(max(sum over p of a[i, p] b[p, j] + bias[j], lowest), highest), i < m <= VK_FEW_ROWS; all by rows without gaps:
/// a [m, k], b [k, n], c [m, n]. `bias` may be NULL. Threads share the sum; the same number of them gives the same bits.
typedef struct vk_few_rows_arguments {
  const float *a;
  const float *b;
  const float *bias;
  float *c;
  /// `vk_few_rows_workspace` bytes, aligned to 64.
  float *workspace;
  float lowest, highest;
  int32_t threads;
  int64_t m, n, k;
} vk_few_rows_arguments;
void vk_few_rows(void *arguments);

/// Bytes that `vk_few_rows` needs beside its operands; the pointers are not read.
int64_t vk_few_rows_workspace(const vk_few_rows_arguments *arguments);
#endif
