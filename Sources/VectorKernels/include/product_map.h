// A matrix product whose result goes through a map at once: gradients that update their parameters without ever lying in
// memory.
#ifndef VK_PRODUCT_MAP_H
#define VK_PRODUCT_MAP_H
#include "map.h"

/// g[i, j] = sum over p of a[i, p] b[p, j]; i < m, j < n, p < k, all at least 1, k at most VK_PRODUCT_MAP_DEPTH. Element
/// (i, p) of a lies at a + i * a_row + p * a_column (in elements), the same for b. The map is flat (`vk_map_is_flat`) over
/// m n elements and made for at least as many threads; its input number `operand` is g, whose pointer is not read. Its
/// elements are ordered by panels of so many columns, `panel` (which divides n), and row by row in a panel: with panel = n
/// they lie as a matrix by rows. The same number of threads gives the same bits.
typedef struct vk_product_map_arguments {
  const float *a;
  const float *b;
  vk_map *map;
  /// `vk_product_map_workspace` bytes, aligned to 64.
  float *workspace;
  int32_t operand, threads;
  int64_t m, n, k, panel;
  int64_t a_row, a_column, b_row, b_column;
} vk_product_map_arguments;
void vk_product_map(void *arguments);

/// A sum over k is not divided, so that both operands of a strip of rows stay in the second-level cache.
enum { VK_PRODUCT_MAP_DEPTH = 512, VK_PRODUCT_MAP_PANEL = 1 << 18 };

/// Whether the map is flat, the panels are whole, and one of b is small enough to stay in the cache: k * panel numbers of at
/// most VK_PRODUCT_MAP_PANEL.
int32_t vk_product_map_supported(const vk_product_map_arguments *arguments);

/// Bytes that `vk_product_map` needs beside its operands; the pointers are not read.
int64_t vk_product_map_workspace(const vk_product_map_arguments *arguments);
#endif
