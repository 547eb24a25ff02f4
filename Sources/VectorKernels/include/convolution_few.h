// Convolutions of few channels, those of pictures: forward and kernel gradient, whose other side has filters in blocks of 16.
// The input gradient is in convolution_scatter.h.
#ifndef VK_CONVOLUTION_FEW_H
#define VK_CONVOLUTION_FEW_H
#include "convolution.h"

/// x [N, H, W, C] row-major, kernel [KH, KW, C, CO] row-major, CO a multiple of 16; filter k of pixel (n, i, j) of y lies at
/// y + n * image + (i * OW + j) * pixel + k / 16 * block + k % 16.
typedef struct vk_convolution_few_arguments {
  const float *x;
  const float *kernel;
  /// [CO], or NULL.
  const float *bias;
  /// y = activation(convolution(x, kernel) + bias); what the kernel gradient reads as dy.
  float *y;
  /// The kernel gradient's results: [KH, KW, C, CO], and [CO] or NULL. The forward pass leaves them alone.
  float *dkernel, *dbias;
  /// `vk_convolution_few_workspace` bytes, aligned to 64.
  float *workspace;
  int32_t threads, activation;
  vk_convolution_shape shape;
  int64_t image, pixel, block;
} vk_convolution_few_arguments;
void vk_convolution_few(void *arguments);
void vk_convolution_few_kernel_gradient(void *arguments);

/// Bytes that both need beside their operands; the pointers are not read.
int64_t vk_convolution_few_workspace(const vk_convolution_few_arguments *arguments);
#endif
