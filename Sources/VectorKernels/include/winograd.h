// Convolutions of 3 x 3 with stride 1 by Winograd's method F(4x4, 3x3): 36 products for 16 results instead of 144.
// S. Winograd, Arithmetic Complexity of Computations (1980); A. Lavin, S. Gray, Fast Algorithms for Convolutional Neural
// Networks (2016). The polynomials are taken at 0, 5/8, -5/8, 3/2, -3/2 and infinity, where rounding grows about five times
// over that of the direct sum (with the usual 0, 1, -1, 2, -2 about ten times).
#ifndef VK_WINOGRAD_H
#define VK_WINOGRAD_H
#include <stdint.h>

/// How an image lies: elements between samples, rows, columns and blocks of 16 channels; a block's channels are neighbours.
typedef struct vk_winograd_image {
  int64_t sample, row, column, block;
} vk_winograd_image;

/// y[n, i, j, k] = sum over r, s, c of x[n, i + r - top, j + s - left, c] w[r, s, c, k]; x is zero outside.
typedef struct vk_winograd_shape {
  int64_t batch, channels, height, width;
  int64_t filters, output_height, output_width;
  int64_t padding_top, padding_left;
  vk_winograd_image x, y;
} vk_winograd_shape;

/// Whether the kernels below take this shape: positive sizes, channels and filters multiples of 16, paddings 0 to 2.
int vk_winograd_supported(const vk_winograd_shape *shape);

/// The kernel [3, 3, channels, filters] (row-major) in the form that `vk_winograd` reads. `turned`: for the adjoint, which
/// takes `filters` to `channels`, with the kernel the other way round.
typedef struct vk_winograd_kernel_arguments {
  const float *kernel;
  float *transformed;
  int64_t channels, filters;
  int32_t turned, threads;
} vk_winograd_kernel_arguments;
void vk_winograd_kernel(void *arguments);

/// Floats of a transformed kernel that takes `channels` to `filters`.
int64_t vk_winograd_kernel_count(int64_t channels, int64_t filters);

/// y = min(max(convolution(x, kernel) + bias, lowest), highest); `bias` [filters] may be NULL.
typedef struct vk_winograd_arguments {
  const float *x;
  const float *transformed;
  const float *bias;
  float *y;
  /// `vk_winograd_workspace` bytes, aligned to 64.
  float *workspace;
  float lowest, highest;
  int32_t threads;
  vk_winograd_shape shape;
} vk_winograd_arguments;
void vk_winograd(void *arguments);
int64_t vk_winograd_workspace(const vk_winograd_shape *shape, int threads);

/// dkernel [3, 3, channels, filters] = the adjoint in the kernel, applied to dy (which lies as `shape.y`); dbias [filters]
/// (or NULL) = sum of dy over n, i, j. The same number of threads gives the same bits.
typedef struct vk_winograd_gradient_arguments {
  const float *x;
  const float *dy;
  float *dkernel;
  float *dbias;
  /// `vk_winograd_gradient_workspace` bytes, aligned to 64.
  float *workspace;
  int32_t threads;
  vk_winograd_shape shape;
} vk_winograd_gradient_arguments;
void vk_winograd_gradient(void *arguments);
int64_t vk_winograd_gradient_workspace(const vk_winograd_shape *shape, int threads);
#endif
