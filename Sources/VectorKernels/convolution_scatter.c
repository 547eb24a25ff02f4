#include "convolution_few.h"
#include "convolution_scatter_plan.h"
#include "levels.h"

static int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }
static int64_t rounded(int64_t value) { return (value + 15) / 16 * 16; }

scatter_plan vk_scatter_plan(const vk_convolution_shape *s) {
  scatter_plan plan = {.vectors = (s->kernel_height * s->kernel_width * s->channels + 15) / 16};
  plan.kernel = s->filters * plan.vectors * 16;
  const int64_t columns = s->padding_left + most(s->width, (s->output_width - 1) * s->stride_width + s->kernel_width);
  plan.row = columns * s->channels;
  plan.rows = s->padding_top + most(s->height, (s->output_height - 1) * s->stride_height + s->kernel_height);
  plan.picture = rounded(plan.row * plan.rows);
  plan.apart = (s->kernel_width + s->stride_width - 1) / s->stride_width;
  return plan;
}

int64_t vk_convolution_scatter_workspace(const vk_convolution_scatter_arguments *p) {
  const scatter_plan plan = vk_scatter_plan(&p->shape);
  return (plan.kernel + plan.picture * (p->threads > 1 ? p->threads : 1)) * (int64_t)sizeof(float);
}

int vk_convolution_scatter_supported(const vk_convolution_shape *s) {
  const int64_t positive[] = {s->batch, s->channels, s->height, s->width, s->filters, s->output_height, s->output_width,
                              s->kernel_height, s->kernel_width, s->stride_height, s->stride_width};
  for (int i = 0; i < 11; i++)
    if (positive[i] < 1) return 0;
  return s->padding_top >= 0 && s->padding_left >= 0 && s->kernel_height <= 64 && s->kernel_width <= 64 &&
         s->channels <= 64 && s->kernel_height * s->kernel_width * s->channels <= 64;
}

int64_t vk_convolution_few_workspace(const vk_convolution_few_arguments *p) {
  const scatter_plan plan = vk_scatter_plan(&p->shape);
  const int64_t places = p->shape.kernel_height * p->shape.kernel_width * p->shape.channels;
  const int64_t threads = p->threads > 1 ? p->threads : 1;
  return (most(p->shape.batch, threads) * plan.picture + threads * (places + 1) * p->shape.filters) * (int64_t)sizeof(float);
}

VK_ENTRY(vk_convolution_scatter)
VK_ENTRY(vk_convolution_few)
VK_ENTRY(vk_convolution_few_kernel_gradient)
