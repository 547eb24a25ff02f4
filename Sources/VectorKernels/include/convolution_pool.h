// The first layers of an image network in one pass: convolution of few input channels, bias, ReLU and 2 x 2 max pooling.
#ifndef VK_CONVOLUTION_POOL_H
#define VK_CONVOLUTION_POOL_H
#include <stdint.h>

/// x [N, H, W, C]; the convolution has stride 1 and no padding, the pooling window 2 and stride 2, no padding:
/// pooled height PH = (H - KH + 1) / 2, width PW likewise, rounded down.
/// Results lie as [N, PH, PW, CO], or if `blocked` as [N, CO / 16, PH, PW, 16].
typedef struct vk_convolution_pool_shape {
  int64_t batch, height, width, channels;
  int64_t filters, kernel_height, kernel_width;
  int32_t blocked;
} vk_convolution_pool_shape;

/// Whether the kernels below take this shape: C 1...4, 8 or 16, CO a multiple of 16, KH 1...8, KW 1, 2, 3 or 5, PH and PW
/// at least 1.
int vk_convolution_pool_supported(const vk_convolution_pool_shape *shape);
/// Whether they tell winners and take gradients of a supported shape too: C 1...4.
int vk_convolution_pool_trains(const vk_convolution_pool_shape *shape);
/// Whether each thread copies the kernel into `scratch`, of vk_convolution_pool_space bytes.
int vk_convolution_pool_packs(const vk_convolution_pool_shape *shape);
int64_t vk_convolution_pool_space(const vk_convolution_pool_shape *shape, int32_t threads);

/// y = max over each window of max(0, convolution(x, kernel) + bias); kernel [KH, KW, C, CO], bias [CO] or NULL.
/// `winners` (NULL when only predicting), of y's layout, gets the position 0...3 of the first maximum in its window, or 255
/// where ReLU gave 0.
typedef struct vk_convolution_pool_arguments {
  const float *x;
  const float *kernel;
  const float *bias;
  float *y;
  uint8_t *winners;
  float *scratch;
  int32_t threads;
  vk_convolution_pool_shape shape;
} vk_convolution_pool_arguments;
void vk_convolution_pool(void *arguments);

/// dkernel [KH, KW, C, CO] and dbias [CO] (or NULL) straight from the gradient dy of the pooled result.
/// `scratch` holds vk_convolution_pool_scratch bytes. There is no input gradient.
typedef struct vk_convolution_pool_gradient_arguments {
  const float *x;
  const float *dy;
  const uint8_t *winners;
  float *dkernel;
  float *dbias;
  float *scratch;
  int32_t threads;
  vk_convolution_pool_shape shape;
} vk_convolution_pool_gradient_arguments;
int64_t vk_convolution_pool_scratch(const vk_convolution_pool_shape *shape, int32_t threads);
void vk_convolution_pool_gradient(void *arguments);
#endif
