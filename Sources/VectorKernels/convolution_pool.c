#include "convolution_pool.h"

#include "levels.h"

int vk_convolution_pool_supported(const vk_convolution_pool_shape *s) {
  int64_t width = s->kernel_width, channels = s->channels;
  return s->batch > 0 && ((channels >= 1 && channels <= 4) || channels == 8 || channels == 16) && s->filters > 0 &&
         s->filters % 16 == 0 && s->kernel_height >= 1 && s->kernel_height <= 8 &&
         (width == 1 || width == 2 || width == 3 || width == 5) && s->height - s->kernel_height + 1 >= 2 &&
         s->width - s->kernel_width + 1 >= 2;
}

int vk_convolution_pool_trains(const vk_convolution_pool_shape *s) { return s->channels <= 4; }

int vk_convolution_pool_packs(const vk_convolution_pool_shape *s) { return s->channels > 4 && s->filters > 16; }

int64_t vk_convolution_pool_space(const vk_convolution_pool_shape *s, int32_t threads) {
  int64_t positions = s->kernel_height * s->kernel_width * s->channels;
  return vk_convolution_pool_packs(s) ? positions * s->filters * (int64_t)sizeof(float) * (threads > 1 ? threads : 1) : 0;
}

int64_t vk_convolution_pool_scratch(const vk_convolution_pool_shape *s, int32_t threads) {
  int64_t positions = s->kernel_height * s->kernel_width * s->channels + 1;
  return positions * s->filters * (int64_t)sizeof(float) * (threads > 1 ? threads : 1);
}

VK_ENTRY(vk_convolution_pool)
VK_ENTRY(vk_convolution_pool_gradient)
