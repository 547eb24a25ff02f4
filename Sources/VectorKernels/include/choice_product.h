// Matrix products whose left side holds nothing but 0 and 1: sums of chosen rows, four of which are looked up at once.
#ifndef VK_CHOICE_PRODUCT_H
#define VK_CHOICE_PRODUCT_H
#include <stdint.h>

/// c[i, j] = activation(sum over p of a[i, p] b[p, j] + bias[j]); i < m, j < n, p < k, all at least 1. Every a[i, p] counts
/// as 1 unless it is 0. Element (i, p) of a lies at a + i * a_row + p * a_column (in elements), the same for b; rows of c are
/// contiguous, c_row apart. `bias` may be NULL. The bits of c do not depend on the number of threads.
///
/// Of each four rows of b the sixteen sums that can be are made first; a row's four bits say which of them to add. That is
/// one addition where a product has four multiplications and additions.
typedef struct vk_choice_product_arguments {
  const float *a;
  const float *b;
  const float *bias;
  float *c;
  /// `vk_choice_product_workspace` bytes, aligned to 64.
  float *workspace;
  /// A vk_activation.
  int32_t activation;
  int32_t threads;
  int64_t m, n, k;
  int64_t a_row, a_column, b_row, b_column, c_row;
} vk_choice_product_arguments;
void vk_choice_product(void *arguments);

/// Bytes that `vk_choice_product` needs beside its operands; the pointers are not read.
int64_t vk_choice_product_workspace(const vk_choice_product_arguments *arguments);
#endif
