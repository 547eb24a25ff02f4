// How a convolution by Winograd's method is divided: chosen from sizes and the number of threads alone.
#ifndef VK_WINOGRAD_PLAN_H
#define VK_WINOGRAD_PLAN_H
#include <stdbool.h>
#include "winograd.h"

/// A tile of the result has four rows and columns and comes from six of the input; 36 products of matrices, one for each
/// place of the transformed tiles.
enum { WINOGRAD_TILE = 4, WINOGRAD_REACH = 6, WINOGRAD_PLACES = 36 };

/// Matrices of transformed tiles: one for each place, `plane` floats apart; a row for each tile, `row` floats apart.
typedef struct {
  int64_t row, plane;
} winograd_matrices;

typedef struct {
  int64_t down, across, tiles;  // tiles of an image, tiles of the batch
  int64_t panels;               // of 32 filters
  int64_t chunk;                // tiles whose matrices are there at a time
  /// All threads share one chunk's phases; else each takes chunks of its own.
  bool shares;
  winograd_matrices x, y;
  int64_t x_space, y_space;  // floats of each kind of matrices
} winograd_plan;

winograd_plan vk_winograd_plan(const vk_winograd_shape *shape, int threads);

/// A block of the kernel's gradient has so many channels and the filters of a panel.
enum { WINOGRAD_BLOCK = 32, WINOGRAD_BLOCK_SPACE = WINOGRAD_PLACES * WINOGRAD_BLOCK * 32 };

typedef struct {
  winograd_plan form;  // `y` is dy
  int64_t blocks;      // of the gradient
  int64_t sums;        // floats of blocks: all of them, or one for each thread where one chunk is enough
} winograd_gradient_plan;

winograd_gradient_plan vk_winograd_gradient_plan(const vk_winograd_shape *shape, int threads);
#endif
