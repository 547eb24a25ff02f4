#include "rows.h"

#include "levels.h"

int64_t vk_layer_normalization_scratch(int64_t n, int32_t threads) {
  return 2 * n * (int64_t)sizeof(float) * (threads > 1 ? threads : 1);
}

VK_ENTRY(vk_softmax)
VK_ENTRY(vk_softmax_gradient)
VK_ENTRY(vk_cross_entropy)
VK_ENTRY(vk_layer_normalization)
VK_ENTRY(vk_layer_normalization_gradient)
