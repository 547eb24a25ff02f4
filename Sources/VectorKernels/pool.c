#include "pool.h"

#include "levels.h"

int vk_pool_supported(const vk_pool_shape *s) {
  for (int i = 0; i < 3; i++)
    if (s->window[i] < 1 || s->stride[i] < 1 || s->padding[i] < 0 || s->padding[i] >= s->window[i] || s->input[i] < 1 ||
        s->output[i] < 0 || (s->output[i] - 1) * s->stride[i] - s->padding[i] >= s->input[i])
      return 0;
  return s->outer >= 0 && s->inner >= 0;
}

VK_ENTRY(vk_max_pool)
VK_ENTRY(vk_max_pool_gradient)
VK_ENTRY(vk_max_pool_select)
VK_ENTRY(vk_average_pool)
VK_ENTRY(vk_average_pool_gradient)
