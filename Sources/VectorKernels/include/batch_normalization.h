// Batch normalization in training, with what is added to it and limits of its result, and its adjoint; float.
#ifndef VK_BATCH_NORMALIZATION_H
#define VK_BATCH_NORMALIZATION_H
#include <stdint.h>

/// Element (sample, place, channel) of an array lies at sample * sample + place * place + channel / 16 * block + channel % 16.
/// Either the channels of a place are neighbours (`block` is 16), or the places of a block are (`place` is 16).
typedef struct vk_channels {
  int64_t samples, places, channels;
  int64_t sample, place, block;
} vk_channels;

/// What happens to the normalized value.
typedef enum vk_limits { VK_LIMITS_NONE = 0, VK_LIMITS_LOW = 1, VK_LIMITS_BOTH = 2 } vk_limits;

/// y = limits(gamma (x - mean) / sqrt(variance + epsilon) + beta + addend), mean and variance (divided by the number of
/// values) over samples and places. `addend`, which lies as x, may be NULL. mean, variance [channels].
typedef struct vk_batch_normalization_arguments {
  const float *x;
  const float *gamma;
  const float *beta;
  const float *addend;
  float *y;
  float *mean;
  float *variance;
  /// `vk_batch_normalization_scratch` bytes, aligned to 64.
  float *scratch;
  int32_t threads, limits;
  float epsilon, lowest, highest;
  vk_channels lies;
} vk_batch_normalization_arguments;
void vk_batch_normalization(void *arguments);

/// The adjoint without an addend: where the result was at a limit, dy counts as 0. dx may be dy.
typedef struct vk_batch_normalization_gradient_arguments {
  const float *x;
  const float *gamma;
  const float *beta;
  const float *mean;
  const float *variance;
  const float *dy;
  float *dx;
  float *dgamma;
  float *dbeta;
  float *scratch;
  int32_t threads, limits;
  float epsilon, lowest, highest;
  vk_channels lies;
} vk_batch_normalization_gradient_arguments;
void vk_batch_normalization_gradient(void *arguments);

/// For both. The same number of threads gives the same bits.
int64_t vk_batch_normalization_scratch(int64_t channels, int32_t threads);
#endif
