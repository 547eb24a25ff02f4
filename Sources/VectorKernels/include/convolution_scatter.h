// The input gradient of a convolution of few channels, which is the transposed convolution that ends in a picture: each pixel
// of dy times all places of the kernel at once, added to where they belong.
#ifndef VK_CONVOLUTION_SCATTER_H
#define VK_CONVOLUTION_SCATTER_H
#include "convolution.h"

/// dx [N, H, W, C] row-major = the adjoint of the convolution in x, applied to dy. Kernel [KH, KW, C, CO] row-major; a pixel
/// of dy has its channels in blocks of 16 (the last may be shorter): channel k of pixel (n, i, j) lies at
/// dy + n * image + (i * OW + j) * pixel + k / 16 * block + k % 16.
typedef struct vk_convolution_scatter_arguments {
  const float *dy;
  const float *kernel;
  float *dx;
  /// `vk_convolution_scatter_workspace` bytes, aligned to 64.
  float *workspace;
  int32_t threads;
  vk_convolution_shape shape;
  int64_t image, pixel, block;
} vk_convolution_scatter_arguments;
void vk_convolution_scatter(void *arguments);

/// Bytes that it needs beside its operands; the pointers are not read.
int64_t vk_convolution_scatter_workspace(const vk_convolution_scatter_arguments *arguments);

/// Whether it takes this shape: positive sizes, KH KW C at most 64.
int vk_convolution_scatter_supported(const vk_convolution_shape *shape);
#endif
