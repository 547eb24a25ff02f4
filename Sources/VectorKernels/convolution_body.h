// Forward and input gradient: a block of channels by a few vectors of samples stays in registers while the taps run.
#include "convolution.h"
#include "ThreadPool.h"

/// One direction of a convolution: `from` [inputs, fh, fw, n] -> `to` [outputs, th, tw, n].
typedef struct convolution_pass {
  const float *from, *kernel, *bias;
  float *to;
  int64_t inputs, fh, fw, outputs, th, tw, n;
  int64_t input_step, output_step;  // of the kernel, in floats
  int32_t activation, adjoint;
  const vk_convolution_shape *shape;
} convolution_pass;

/// Taps that meet the array for one output coordinate: tap first, first + step ... < end; tap t reads coordinate
/// `start` + (t - first) / step * move.
typedef struct taps {
  int64_t first, end, step, start, move;
} taps;

INLINE taps forward_taps(int64_t at, int64_t stride, int64_t padding, int64_t kernel, int64_t size) {
  int64_t origin = at * stride - padding, first = origin < 0 ? -origin : 0, end = size - origin;
  return (taps){first, end < kernel ? end : kernel, 1, origin + first, 1};
}
INLINE taps adjoint_taps(int64_t at, int64_t stride, int64_t padding, int64_t kernel, int64_t size) {
  int64_t place = at + padding, first = place % stride;          // tap t meets place - t = stride * coordinate
  int64_t beyond = place - first - stride * (size - 1);          // taps before this one lie past the end
  if (beyond > 0) first += beyond;
  return (taps){first, place + 1 < kernel ? place + 1 : kernel, stride, (place - first) / stride, -1};
}

/// `count` samples are in the last vector: fewer than 16 only where there is one vector.
INLINE void convolution_block(const convolution_pass *p, taps rows, taps columns, int64_t k, int64_t n, int64_t count, float *to,
                              const int channels, const int vectors) {
  lanes sums[12][4];
#pragma clang loop unroll(full)
  for (int i = 0; i < channels; i++)
    for (int v = 0; v < vectors; v++) sums[i][v] = splat(p->bias ? p->bias[k + i] : 0.f);
  int64_t plane = p->fh * p->fw * p->n, inputs = p->inputs, input_step = p->input_step, output_step = p->output_step;
  int64_t tap = p->shape->channels * p->shape->filters;
  const float *from_row = p->from + (rows.start * p->fw + columns.start) * p->n + n;
  for (int64_t r = rows.first; r < rows.end; r += rows.step, from_row += rows.move * p->fw * p->n) {
    const float *from = from_row;
    const float *w_row = p->kernel + (r * p->shape->kernel_width + columns.first) * tap + k * output_step;
    for (int64_t s = columns.first; s < columns.end; s += columns.step, from += columns.move * p->n, w_row += columns.step * tap) {
      const float *x = from, *w = w_row;
      for (int64_t c = 0; c < inputs; c++, x += plane, w += input_step) {
        lanes values[4];
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) values[v] = vectors == 1 ? load_part(x, count) : load(x + 16 * v);
#pragma clang loop unroll(full)
        for (int i = 0; i < channels; i++) {
          float weight = w[i * output_step];
          for (int v = 0; v < vectors; v++) sums[i][v] += values[v] * weight;
        }
      }
    }
  }
  int64_t to_plane = p->th * p->tw * p->n;
  if (p->activation == VK_ACTIVATION_RELU) {
#pragma clang loop unroll(full)
    for (int i = 0; i < channels; i++)
      for (int v = 0; v < vectors; v++) sums[i][v] = activated(sums[i][v], VK_ACTIVATION_RELU);
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < channels; i++)
    for (int v = 0; v < vectors; v++) store_part(to + i * to_plane + 16 * v, sums[i][v], vectors == 1 ? count : 16);
  if (p->activation > VK_ACTIVATION_RELU)
    for (int i = 0; i < channels; i++)
      for (int v = 0; v < vectors; v++) {
        const int64_t held = vectors == 1 ? count : 16;
        float *at = to + i * to_plane + 16 * v;
        store_part(at, activated(load_part(at, held), p->activation), held);
      }
}

/// All columns of one output row, for one block of channels and samples. A separate function for each block and direction.
#define CONVOLUTION_ROW(channels, vectors) \
  static __attribute__((noinline)) void convolution_row_##channels##_##vectors(const convolution_pass *p, int64_t k, int64_t n, int64_t i, \
                                                                                      int64_t count) { \
    const vk_convolution_shape *s = p->shape; \
    float *to = p->to + ((k * p->th + i) * p->tw) * p->n + n; \
    if (p->adjoint) { \
      taps rows = adjoint_taps(i, s->stride_height, s->padding_top, s->kernel_height, p->fh); \
      for (int64_t j = 0; j < p->tw; j++, to += p->n) { \
        taps columns = adjoint_taps(j, s->stride_width, s->padding_left, s->kernel_width, p->fw); \
        convolution_block(p, rows, columns, k, n, count, to, channels, vectors); \
      } \
    } else { \
      taps rows = forward_taps(i, s->stride_height, s->padding_top, s->kernel_height, p->fh); \
      for (int64_t j = 0; j < p->tw; j++, to += p->n) { \
        taps columns = forward_taps(j, s->stride_width, s->padding_left, s->kernel_width, p->fw); \
        convolution_block(p, rows, columns, k, n, count, to, channels, vectors); \
      } \
    } \
  }

typedef void (*convolution_row)(const convolution_pass *, int64_t k, int64_t n, int64_t i, int64_t count);

#define CONVOLUTION_ROWS(channels) CONVOLUTION_ROW(channels, 1) CONVOLUTION_ROW(channels, 2)
CONVOLUTION_ROWS(12)
CONVOLUTION_ROWS(8)
CONVOLUTION_ROWS(6)
CONVOLUTION_ROWS(4)
CONVOLUTION_ROWS(2)
CONVOLUTION_ROWS(1)
CONVOLUTION_ROW(6, 4)
CONVOLUTION_ROW(4, 4)
CONVOLUTION_ROW(2, 4)
CONVOLUTION_ROW(1, 4)

typedef struct convolution_choice {
  int64_t channels;
  convolution_row of[3];  // one, two, four vectors
} convolution_choice;
static const convolution_choice convolution_choices[] = {
  {12, {convolution_row_12_1, convolution_row_12_2, 0}}, {8, {convolution_row_8_1, convolution_row_8_2, 0}},
  {6, {convolution_row_6_1, convolution_row_6_2, convolution_row_6_4}},
  {4, {convolution_row_4_1, convolution_row_4_2, convolution_row_4_4}},
  {2, {convolution_row_2_1, convolution_row_2_2, convolution_row_2_4}},
  {1, {convolution_row_1_1, convolution_row_1_2, convolution_row_1_4}},
};

enum { CHANNEL_GROUP = 24, SAMPLE_GROUP = 64 };

static void convolution_item(const convolution_pass *p, int64_t i, int64_t k, int64_t k_end, int64_t start, int64_t end) {
  while (k < k_end) {
    int64_t left = k_end - k;
    const convolution_choice *choice = convolution_choices;
    if (left % 12 != 0 && left != 20) choice++;
    while (choice->channels > left || (choice->channels == 6 && left != 6)) choice++;
    for (int64_t n = start; n < end;) {
      int64_t vectors = (end - n) / 16, size = vectors >= 4 && choice->of[2] ? 2 : vectors >= 2 ? 1 : 0;
      choice->of[size](p, k, n, i, end - n < 16 ? end - n : 16);
      n += (int64_t)16 << size;
    }
    k += choice->channels;
  }
}

static void convolution_member(void *context, int thread, int threads) {
  const convolution_pass *p = context;
  int64_t samples = (p->n + SAMPLE_GROUP - 1) / SAMPLE_GROUP, channels = (p->outputs + CHANNEL_GROUP - 1) / CHANNEL_GROUP;
  int64_t first, last;
  pool_part(samples * channels * p->th, 1, thread, threads, &first, &last);
  for (int64_t item = first; item < last; item++) {
    int64_t i = item % p->th, k = item / p->th % channels * CHANNEL_GROUP, n = item / p->th / channels * SAMPLE_GROUP;
    int64_t k_end = k + CHANNEL_GROUP < p->outputs ? k + CHANNEL_GROUP : p->outputs;
    convolution_item(p, i, k, k_end, n, n + SAMPLE_GROUP < p->n ? n + SAMPLE_GROUP : p->n);
  }
}

void VK_LEVEL(vk_convolution)(void *arguments) {
  const vk_convolution_arguments *a = arguments;
  const vk_convolution_shape *s = &a->shape;
  convolution_pass pass = {
    .from = a->x, .kernel = a->kernel, .bias = a->bias, .to = a->y, .inputs = s->channels, .fh = s->height, .fw = s->width,
    .outputs = s->filters, .th = s->output_height, .tw = s->output_width, .n = s->batch, .input_step = s->filters,
    .output_step = 1, .activation = a->activation, .adjoint = 0, .shape = s};
  pool_run(convolution_member, &pass, a->threads);
}

void VK_LEVEL(vk_convolution_input_gradient)(void *arguments) {
  const vk_convolution_input_gradient_arguments *a = arguments;
  const vk_convolution_shape *s = &a->shape;
  convolution_pass pass = {
    .from = a->dy, .kernel = a->kernel, .to = a->dx, .inputs = s->filters, .fh = s->output_height, .fw = s->output_width,
    .outputs = s->channels, .th = s->height, .tw = s->width, .n = s->batch, .input_step = 1, .output_step = s->filters,
    .activation = VK_ACTIVATION_LINEAR, .adjoint = 1, .shape = s};
  pool_run(convolution_member, &pass, a->threads);
}
