// Convolutions of few channels over padded pictures: vectors of filters, every place of the kernel a number of the picture.
#include "ThreadPool.h"
#include "convolution_few.h"
#include "convolution_scatter_plan.h"

enum { FEW_PIXELS = 6, FEW_PLACES = 16 };

typedef struct {
  const vk_convolution_few_arguments *arguments;
  scatter_plan plan;
} few_team;

/// A picture of x with zeros around.
static void few_pad(const vk_convolution_few_arguments *p, const scatter_plan *plan, int64_t n, float *picture) {
  const vk_convolution_shape *s = &p->shape;
  const int64_t width = s->width * s->channels;
  memset(picture, 0, (size_t)plan->picture * sizeof(float));
  for (int64_t y = 0; y < s->height; y++)
    memcpy(picture + (y + s->padding_top) * plan->row + s->padding_left * s->channels,
           p->x + (n * s->height + y) * width, (size_t)width * sizeof(float));
}

/// Some pixels of y with `vectors` vectors of filters: sums over all places of the kernel.
INLINE void few_tile(const vk_convolution_few_arguments *p, int64_t row, const float *const *from, float *const *to,
                     int64_t count, int64_t filter, const int vectors) {
  const vk_convolution_shape *s = &p->shape;
  const int64_t run = s->kernel_width * s->channels;
  lanes sums[FEW_PIXELS][4];
#pragma clang loop unroll(full)
  for (int i = 0; i < FEW_PIXELS; i++)
    for (int v = 0; v < vectors; v++) sums[i][v] = p->bias ? load(p->bias + filter + 16 * v) : splat(0.f);
  const float *kernel = p->kernel + filter;
  for (int64_t r = 0; r < s->kernel_height; r++)
#pragma clang loop unroll(disable)
    for (int64_t t = 0; t < run; t++, kernel += s->filters) {
      lanes w[4];
      for (int v = 0; v < vectors; v++) w[v] = load(kernel + 16 * v);
#pragma clang loop unroll(full)
      for (int i = 0; i < FEW_PIXELS; i++)
        for (int v = 0; v < vectors; v++) sums[i][v] += w[v] * from[i][r * row + t];
    }
#pragma clang loop unroll(full)
  for (int i = 0; i < FEW_PIXELS; i++) {
    if (i >= count) break;
    for (int v = 0; v < vectors; v++)
      store(to[i] + (filter / 16 + v) * p->block, p->activation ? activated(sums[i][v], p->activation) : sums[i][v]);
  }
}
static __attribute__((noinline)) void few_tile_four(const vk_convolution_few_arguments *p, int64_t row, const float *const *from,
                                                    float *const *to, int64_t count, int64_t filter) {
  few_tile(p, row, from, to, count, filter, 4);
}
static __attribute__((noinline)) void few_tile_one(const vk_convolution_few_arguments *p, int64_t row, const float *const *from,
                                                   float *const *to, int64_t count, int64_t filter) {
  few_tile(p, row, from, to, count, filter, 1);
}

static void few_member(void *context, int thread, int threads) {
  const few_team *team = context;
  const vk_convolution_few_arguments *p = team->arguments;
  const vk_convolution_shape *s = &p->shape;
  const scatter_plan *plan = &team->plan;
  float *picture = p->workspace + thread * plan->picture;
  // Rows of all pictures, so that a single one has work for every thread.
  int64_t first, last, held = -1;
  pool_part(s->batch * s->output_height, 1, thread, threads, &first, &last);
  for (int64_t line = first; line < last; line++) {
    const int64_t n = line / s->output_height, i = line % s->output_height;
    if (n != held) few_pad(p, plan, n, picture);
    held = n;
    for (int64_t j = 0; j < s->output_width; j += FEW_PIXELS) {
      const int64_t count = s->output_width - j < FEW_PIXELS ? s->output_width - j : FEW_PIXELS;
      const float *from[FEW_PIXELS];
      float *to[FEW_PIXELS];
      for (int64_t q = 0; q < FEW_PIXELS; q++) {
        const int64_t column = j + (q < count ? q : 0);
        from[q] = picture + i * s->stride_height * plan->row + column * s->stride_width * s->channels;
        to[q] = p->y + n * p->image + (i * s->output_width + column) * p->pixel;
      }
      int64_t filter = 0;
      for (; filter + 64 <= s->filters; filter += 64) few_tile_four(p, plan->row, from, to, count, filter);
      for (; filter < s->filters; filter += 16) few_tile_one(p, plan->row, from, to, count, filter);
    }
  }
}

void VK_LEVEL(vk_convolution_few)(void *arguments) {
  const vk_convolution_few_arguments *p = arguments;
  few_team team = {p, vk_scatter_plan(&p->shape)};
  pool_run(few_member, &team, p->threads);
}

/// Up to sixteen places of the kernel from `place` on, one vector of filters: sums over a thread's pixels. `sum` of dy too.
static __attribute__((noinline)) void few_places(const vk_convolution_few_arguments *p, const scatter_plan *plan,
                                                 const float *pictures, int64_t first, int64_t last, int64_t filter,
                                                 int64_t place, float *to, float *sum) {
  const vk_convolution_shape *s = &p->shape;
  const int64_t run = s->kernel_width * s->channels, places = s->kernel_height * run;
  int64_t at[FEW_PLACES];
  for (int64_t t = 0; t < FEW_PLACES; t++) {
    const int64_t l = place + t < places ? place + t : place;
    at[t] = l / run * plan->row + l % run;
  }
  const int64_t count = places - place < FEW_PLACES ? places - place : FEW_PLACES;
  lanes total = splat(0.f);
  for (int64_t t = 0; t < count; t++) store(to + (place + t) * s->filters + filter, total);
  for (int64_t n = first; n < last; n++) {
    // Picture by picture: sums of sums lose less to rounding.
    lanes sums[FEW_PLACES], slopes = splat(0.f);
#pragma clang loop unroll(full)
    for (int t = 0; t < FEW_PLACES; t++) sums[t] = splat(0.f);
    for (int64_t i = 0; i < s->output_height; i++) {
      const float *x = pictures + (n - first) * plan->picture + i * s->stride_height * plan->row;
      const float *dy = p->y + n * p->image + i * s->output_width * p->pixel + filter / 16 * p->block;
#pragma clang loop unroll(disable)
      for (int64_t j = 0; j < s->output_width; j++, dy += p->pixel, x += s->stride_width * s->channels) {
        const lanes slope = load(dy);
        slopes += slope;
#pragma clang loop unroll(full)
        for (int t = 0; t < FEW_PLACES; t++) sums[t] += slope * x[at[t]];
      }
    }
    total += slopes;
#pragma clang loop unroll(full)
    for (int t = 0; t < FEW_PLACES; t++) {
      float *at_place = to + (place + t) * s->filters + filter;
      if (t < count) store(at_place, load(at_place) + sums[t]);
    }
  }
  if (place == 0) store(sum + filter, total);
}

/// Where a thread's share of the kernel gradient lies in the workspace, and that of the bias behind it.
static float *few_share(const vk_convolution_few_arguments *p, const scatter_plan *plan, int thread) {
  const vk_convolution_shape *s = &p->shape;
  const int64_t places = s->kernel_height * s->kernel_width * s->channels;
  return p->workspace + s->batch * plan->picture + thread * (places + 1) * s->filters;
}

static void few_gradient_member(void *context, int thread, int threads) {
  const few_team *team = context;
  const vk_convolution_few_arguments *p = team->arguments;
  const vk_convolution_shape *s = &p->shape;
  const scatter_plan *plan = &team->plan;
  const int64_t places = s->kernel_height * s->kernel_width * s->channels;
  int64_t first, last;
  pool_part(s->batch, 1, thread, threads, &first, &last);
  float *pictures = p->workspace + first * plan->picture, *to = few_share(p, plan, thread);
  for (int64_t n = first; n < last; n++) few_pad(p, plan, n, pictures + (n - first) * plan->picture);
  for (int64_t filter = 0; filter < s->filters; filter += 16)
    for (int64_t place = 0; place < places; place += FEW_PLACES)
      few_places(p, plan, pictures, first, last, filter, place, to, to + places * s->filters);
}

void VK_LEVEL(vk_convolution_few_kernel_gradient)(void *arguments) {
  const vk_convolution_few_arguments *p = arguments;
  few_team team = {p, vk_scatter_plan(&p->shape)};
  const int threads = p->threads > 1 ? p->threads : 1;
  pool_run(few_gradient_member, &team, threads);
  const int64_t places = p->shape.kernel_height * p->shape.kernel_width * p->shape.channels, filters = p->shape.filters;
  for (int64_t l = 0; l <= places; l++) {
    float *to = l < places ? p->dkernel + l * filters : p->dbias;
    if (!to) continue;
    for (int64_t k = 0; k < filters; k += 16) {
      lanes sum = load(few_share(p, &team.plan, 0) + l * filters + k);
      for (int t = 1; t < threads; t++) sum += load(few_share(p, &team.plan, t) + l * filters + k);
      store(to + k, sum);
    }
  }
}
