#include "batch_normalization_plan.h"

#include "levels.h"

int64_t vk_batch_normalization_scratch(int64_t channels, int32_t threads) {
  return (threads * BATCH_THREAD_ROWS + BATCH_SHARED_ROWS) * batch_width(channels) * (int64_t)sizeof(float);
}

VK_ENTRY(vk_batch_normalization)
VK_ENTRY(vk_batch_normalization_gradient)
