// Pooling over up to three spatial axes of float arrays [outer, D, H, W, inner], axes not in use being 1. The same code
// serves channel-last arrays (outer N, inner C), the batch innermost (outer C, inner N) and blocks of 16 channels
// (outer N C / 16, inner 16). Positions of a window count in row-major order, (d KH + h) KW + w.
#ifndef VK_POOL_H
#define VK_POOL_H
#include <stdint.h>

/// Output position o covers input o * stride - padding ..< + window on each of the axes D, H, W, clipped to the array;
/// the paddings after the array follow from `output`.
typedef struct vk_pool_shape {
  int64_t outer, inner;
  int64_t input[3], output[3], window[3], stride[3], padding[3];
} vk_pool_shape;

/// Whether the shape is sound: positive window and stride, and every window meets the array.
int vk_pool_supported(const vk_pool_shape *shape);

/// y = maximum of each window; a NaN wins. `winners` (or NULL) gets the position of the first maximum, as uint8_t
/// (winner_size 1; at most 255 positions in a window) or int32_t (winner_size 4). With `wins_above_zero`, windows whose
/// maximum is not above 0 get no winner: 255 or -1, which stands for no position.
typedef struct vk_max_pool_arguments {
  const float *x;
  float *y;
  void *winners;
  int32_t threads, winner_size, wins_above_zero;
  vk_pool_shape shape;
} vk_max_pool_arguments;
void vk_max_pool(void *arguments);

/// dx = dy sent to the winner of each window, from saved `winners`, or if NULL from `x` by the same rule.
typedef struct vk_max_pool_gradient_arguments {
  const float *x;
  const float *dy;
  const void *winners;
  float *dx;
  int32_t threads, winner_size;
  vk_pool_shape shape;
} vk_max_pool_gradient_arguments;
void vk_max_pool_gradient(void *arguments);

/// y = the values of `values` (of x's shape) at the winners of x's windows: the adjoint of vk_max_pool_gradient in dy.
typedef struct vk_max_pool_select_arguments {
  const float *x;
  const float *values;
  const void *winners;
  float *y;
  int32_t threads, winner_size;
  vk_pool_shape shape;
} vk_max_pool_select_arguments;
void vk_max_pool_select(void *arguments);

typedef enum vk_pool_divisor {
  VK_POOL_SUM = 0,             // no division
  VK_POOL_ELEMENTS = 1,        // by the elements of the window that lie in the array
  VK_POOL_WINDOW = 2,          // by the size of the window, padding included
} vk_pool_divisor;

/// y = sum of each window over its divisor.
typedef struct vk_average_pool_arguments {
  const float *x;
  float *y;
  int32_t threads, divisor;
  vk_pool_shape shape;
} vk_average_pool_arguments;
void vk_average_pool(void *arguments);

/// dx = the adjoint of vk_average_pool, applied to dy.
typedef struct vk_average_pool_gradient_arguments {
  const float *dy;
  float *dx;
  int32_t threads, divisor;
  vk_pool_shape shape;
} vk_average_pool_gradient_arguments;
void vk_average_pool_gradient(void *arguments);
#endif
