// Two-dimensional convolutions for few channels with the batch innermost: x [C, H, W, N], y [CO, OH, OW, N], kernel
// [kernelHeight, kernelWidth, C, CO] row-major; float. Vectors hold samples.
#ifndef VK_CONVOLUTION_H
#define VK_CONVOLUTION_H
#include <stdint.h>

#include "matrix.h"

/// y[k, i, j, n] = sum over r, s, c of x[c, i sh + r - top, j sw + s - left, n] w[r, s, c, k]; x is zero outside.
/// OH = (H + top + bottom - KH) / sh + 1 rounded down, OW likewise; the bottom and right paddings follow from them.
typedef struct vk_convolution_shape {
  int64_t batch, channels, height, width;
  int64_t filters, output_height, output_width;
  int64_t kernel_height, kernel_width;
  int64_t stride_height, stride_width;
  int64_t padding_top, padding_left;
} vk_convolution_shape;

/// Whether the kernels below take this shape: positive sizes, at most 256 kernel positions.
int vk_convolution_supported(const vk_convolution_shape *shape);

/// y = activation(convolution(x, kernel) + bias); `bias` [CO] may be NULL.
typedef struct vk_convolution_arguments {
  const float *x;
  const float *kernel;
  const float *bias;
  float *y;
  int32_t threads, activation;
  vk_convolution_shape shape;
} vk_convolution_arguments;
void vk_convolution(void *arguments);

/// dx = the adjoint of the convolution in x, applied to dy.
typedef struct vk_convolution_input_gradient_arguments {
  const float *dy;
  const float *kernel;
  float *dx;
  int32_t threads;
  vk_convolution_shape shape;
} vk_convolution_input_gradient_arguments;
void vk_convolution_input_gradient(void *arguments);

/// dkernel = the adjoint in the kernel, applied to dy; dbias [CO] (or NULL) = sum of dy over n, i, j, in the same pass.
typedef struct vk_convolution_kernel_gradient_arguments {
  const float *x;
  const float *dy;
  float *dkernel;
  float *dbias;
  int32_t threads;
  vk_convolution_shape shape;
} vk_convolution_kernel_gradient_arguments;
void vk_convolution_kernel_gradient(void *arguments);
#endif
