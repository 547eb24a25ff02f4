// Where the scattering input gradient keeps its turned kernel and its padded pictures.
#ifndef VK_CONVOLUTION_SCATTER_PLAN_H
#define VK_CONVOLUTION_SCATTER_PLAN_H
#include "convolution_scatter.h"

/// Pixels of a tile.
enum { SCATTER_PIXELS = 8 };

typedef struct {
  /// Vectors that hold all places of the kernel, and floats of the turned kernel [CO][vectors 16].
  int64_t vectors, kernel;
  /// Floats of a padded picture's row, its rows, and its floats in all.
  int64_t row, rows, picture;
  /// Of `apart` neighbouring pixels of a row none writes where another does.
  int64_t apart;
} scatter_plan;

scatter_plan vk_scatter_plan(const vk_convolution_shape *shape);
#endif
