#include "convolution.h"

#include "levels.h"

int vk_convolution_supported(const vk_convolution_shape *s) {
  return s->batch > 0 && s->channels > 0 && s->height > 0 && s->width > 0 && s->filters > 0 &&
         s->output_height > 0 && s->output_width > 0 && s->kernel_height > 0 && s->kernel_width > 0 &&
         s->kernel_height <= 256 && s->kernel_width <= 256 && s->kernel_height * s->kernel_width <= 256 &&
         s->stride_height > 0 && s->stride_width > 0 && s->padding_top >= 0 && s->padding_left >= 0;
}

VK_ENTRY(vk_convolution)
VK_ENTRY(vk_convolution_input_gradient)
VK_ENTRY(vk_convolution_kernel_gradient)
