// Where a product of choices keeps what it looks up.
#ifndef VK_CHOICE_PLAN_H
#define VK_CHOICE_PLAN_H
#include <stdbool.h>
#include "choice_product.h"

/// A tile has eight rows and a vector of columns; tables of so many fours of k stay in the first-level cache; so many rows
/// share them.
enum { CHOICE_ROWS = 8, CHOICE_TABLES = 28, CHOICE_PANEL = 1024 };

typedef struct {
  /// Tiles of rows, and fours along k. The place of row r and four q in its table, in bytes, is at
  /// (r / 8 * fours + q) * 8 + r % 8.
  int64_t tiles, fours;
  /// Floats of the places, and of each thread's tables and sums.
  int64_t places, tables, sums;
} choice_plan;

choice_plan vk_choice_plan(const vk_choice_product_arguments *p);
#endif
