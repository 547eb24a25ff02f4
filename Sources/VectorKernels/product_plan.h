// How a product is divided among threads and which operands it copies: chosen from sizes and strides alone.
#ifndef VK_PRODUCT_PLAN_H
#define VK_PRODUCT_PLAN_H
#include <stdbool.h>
#include "product.h"

/// A tile has eight rows and two vectors of columns; blocks of b and slivers of a are so deep; a block of b is so wide and
/// one of a so high that both stay in the second-level cache.
enum { PRODUCT_ROWS = 8, PRODUCT_COLUMNS = 32, PRODUCT_DEPTH = 512, PRODUCT_WIDTH = 256, PRODUCT_HEIGHT = 1024 };

typedef struct {
  const float *a, *b;
  int64_t m, n, k, a_row, a_column, b_row, b_column;
  /// The result's columns lie in rows: a product of the transposes.
  bool transposed;
  bool packs_a, packs_b;
  /// Threads share the sum over k; else rows, or else columns.
  bool splits_depth, splits_rows;
  int64_t a_space, b_space, sum_space;  // floats of each thread
} product_plan;

product_plan vk_product_plan(const vk_product_arguments *p);
#endif
