// Windows of pooling, and its forward directions. Lanes run along the inner axis, up to four vectors at a time.
#include "ThreadPool.h"
#include "pool.h"

/// The part of one window inside the array.
typedef struct pool_window {
  int64_t first[3], last[3];  // input coordinates
  int64_t position;           // of the first element in the full window
  int64_t elements;
} pool_window;

INLINE pool_window pool_window_at(const vk_pool_shape *s, int64_t d, int64_t h, int64_t w) {
  int64_t at[3] = {d, h, w}, skipped[3];
  pool_window window = {.elements = 1};
  for (int i = 0; i < 3; i++) {
    int64_t origin = at[i] * s->stride[i] - s->padding[i], end = origin + s->window[i];
    skipped[i] = origin < 0 ? -origin : 0;
    window.first[i] = origin < 0 ? 0 : origin;
    window.last[i] = end < s->input[i] ? end : s->input[i];
    window.elements *= window.last[i] - window.first[i];
  }
  window.position = (skipped[0] * s->window[1] + skipped[1]) * s->window[2] + skipped[2];
  return window;
}

/// Runs ACTION for each element of the window `part`, with `x` at its first lane (offset from `base`) and `position` in the full window.
#define FOR_WINDOW(s, part, ACTION) \
  for (int64_t d = (part).first[0]; d < (part).last[0]; d++) \
    for (int64_t h = (part).first[1]; h < (part).last[1]; h++) { \
      int64_t offset = ((d * (s)->input[1] + h) * (s)->input[2] + (part).first[2]) * (s)->inner; \
      int32_t position = (int32_t)((part).position + \
        ((d - (part).first[0]) * (s)->window[1] + h - (part).first[1]) * (s)->window[2]); \
      for (int64_t w = (part).first[2]; w < (part).last[2]; w++, offset += (s)->inner, position++) { ACTION } \
    }

/// `count` is 16 except for the last vector of an inner axis.
INLINE whole winners_at(const void *winners, int32_t size, int64_t at, int64_t count) {
  whole result = 0;
  if (size == 1) {
    const uint8_t *p = (const uint8_t *)winners + at;
    if (count == 16) return __builtin_convertvector(*(const small_at *)p, whole);
    for (int64_t i = 0; i < count; i++) result[i] = p[i];
  } else {
    memcpy(&result, (const int32_t *)winners + at, (size_t)count * 4);
  }
  return result;
}
INLINE void note_winners(void *winners, int32_t size, int64_t at, whole value, int64_t count) {
  if (size == 1) {
    uint8_t *p = (uint8_t *)winners + at;
    if (count == 16) *(small_at *)p = __builtin_convertvector(value, small_at);
    else
      for (int64_t i = 0; i < count; i++) p[i] = (uint8_t)value[i];
  } else {
    memcpy((int32_t *)winners + at, &value, (size_t)count * 4);
  }
}

/// Folds one element into the maxima.
INLINE void challenge(lanes value, int32_t position, lanes *best, whole *winner) {
  whole takes = (value > *best) | (value != value);
  *best = choose(takes, value, *best);
  *winner = (takes & position) | (~takes & *winner);
}

/// A plane window of known size that lies in the array whole; x is at its first element.
INLINE void find_winners_in_plane(const vk_pool_shape *s, const float *x, int64_t count, lanes *best, whole *winner, const int vectors,
                                  const int height, const int width) {
#pragma clang loop unroll(full)
  for (int h = 0; h < height; h++)
#pragma clang loop unroll(full)
    for (int w = 0; w < width; w++)
#pragma clang loop unroll(full)
      for (int v = 0; v < vectors; v++) {
        const float *at = x + (h * s->input[2] + w) * s->inner + 16 * v;
        lanes value = vectors == 1 ? load_part(at, count) : load(at);
        if (h + w == 0) best[v] = value, winner[v] = 0;
        else challenge(value, h * width + w, best + v, winner + v);
      }
}

/// Maximum and winner of one window in `vectors` vectors of lanes.
INLINE void find_winners(const vk_pool_shape *s, const pool_window *window, const float *x, int64_t count, lanes *best, whole *winner,
                         const int vectors) {
  int64_t start = ((window->first[0] * s->input[1] + window->first[1]) * s->input[2] + window->first[2]) * s->inner;
  if (s->window[0] == 1 && s->window[1] == 2 && s->window[2] == 2 && window->elements == 4) {
    find_winners_in_plane(s, x + start, count, best, winner, vectors, 2, 2);
    return;
  }
  if (s->window[0] == 1 && s->window[1] == 3 && s->window[2] == 3 && window->elements == 9) {
    find_winners_in_plane(s, x + start, count, best, winner, vectors, 3, 3);
    return;
  }
  for (int v = 0; v < vectors; v++) {
    best[v] = vectors == 1 ? load_part(x + start, count) : load(x + start + 16 * v);
    winner[v] = (whole)((int32_t)window->position);
  }
  FOR_WINDOW(s, *window, {
    for (int v = 0; v < vectors; v++)
      challenge(vectors == 1 ? load_part(x + offset, count) : load(x + offset + 16 * v), position, best + v, winner + v);
  })
}

/// BODY(vectors, count) along the inner axis from `l`: four vectors, then one, then the rest.
#define FOR_LANES(l, end, BODY) \
  for (; l + 64 <= end; l += 64) BODY(4, 16) \
  for (; l + 16 <= end; l += 16) BODY(1, 16) \
  if (l < end) BODY(1, end - l)

/// Runs what follows for each output pixel of this member's rows: row `i` of outer * OD * OH, pixel `j`; `d`, `h` are the
/// row's coordinates and `base` the offset of its outer index in x.
#define FOR_ROWS(s, thread, threads) \
  int64_t row_first, row_last; \
  pool_part((s)->outer * (s)->output[0] * (s)->output[1], 1, thread, threads, &row_first, &row_last); \
  int64_t input_size = (s)->input[0] * (s)->input[1] * (s)->input[2] * (s)->inner; \
  for (int64_t i = row_first; i < row_last; i++) \
    for (int64_t j = 0, d = i / (s)->output[1] % (s)->output[0], h = i % (s)->output[1], \
                 base = i / (s)->output[1] / (s)->output[0] * input_size; j < (s)->output[2]; j++)

/// Side of the plane windows that have loops of their own, 2 or 3; else 0.
INLINE int plane_side(const vk_pool_shape *s) {
  int64_t side = s->window[1];
  return s->window[0] == 1 && s->padding[0] == 0 && s->window[2] == side && (side == 2 || side == 3) ? (int)side : 0;
}
/// Outputs first..<last along an axis whose windows lie in the array whole.
INLINE void whole_outputs(const vk_pool_shape *s, int axis, int64_t *first, int64_t *last) {
  int64_t room = s->input[axis] + s->padding[axis] - s->window[axis];
  *first = (s->padding[axis] + s->stride[axis] - 1) / s->stride[axis];
  *last = room < 0 ? 0 : room / s->stride[axis] + 1;
  if (*last > s->output[axis]) *last = s->output[axis];
  if (*first > *last) *first = *last;
}
/// The same for the row (d, h) of outputs, empty where the row's windows are clipped, or have no loops of their own; `start` is
/// the offset of the first whole window.
INLINE void whole_row(const vk_pool_shape *s, int64_t d, int64_t h, int64_t *first, int64_t *last, int64_t *start) {
  int64_t top, bottom;
  whole_outputs(s, 1, &top, &bottom);
  whole_outputs(s, 2, first, last);
  if (!plane_side(s) || h < top || h >= bottom) *last = *first;
  *start = (((d * s->stride[0]) * s->input[1] + h * s->stride[1] - s->padding[1]) * s->input[2] +
            *first * s->stride[2] - s->padding[2]) * s->inner;
}

#define STORE_MAXIMA(vectors, count) \
  for (int v = 0; v < vectors; v++) { \
    store_part(a->y + to + l + 16 * v, best[v], count); \
    if (a->wins_above_zero) winner[v] |= ~(best[v] > 0.f); /* -1, or 255 in a byte */ \
    if (a->winners) note_winners(a->winners, a->winner_size, to + l + 16 * v, winner[v], count); \
  }

/// One output pixel, `to` its offset.
INLINE void max_pool_pixel(const vk_max_pool_arguments *a, const float *x, int64_t d, int64_t h, int64_t j, int64_t to) {
  const vk_pool_shape *s = &a->shape;
  pool_window window = pool_window_at(s, d, h, j);
  int64_t l = 0;
#define MAX_POOL(vectors, count) \
  { \
    lanes best[vectors]; \
    whole winner[vectors]; \
    find_winners(s, &window, x + l, count, best, winner, vectors); \
    STORE_MAXIMA(vectors, count) \
  }
  FOR_LANES(l, s->inner, MAX_POOL)
}

/// `pixels` neighbours whose windows lie in the array whole, the first at x.
INLINE void max_pool_whole(const vk_max_pool_arguments *a, const float *x, int64_t pixels, int64_t to, const int side) {
  const vk_pool_shape *s = &a->shape;
  for (int64_t j = 0; j < pixels; j++, x += s->stride[2] * s->inner, to += s->inner) {
    int64_t l = 0;
#define MAX_WHOLE(vectors, count) \
  { \
    lanes best[vectors]; \
    whole winner[vectors]; \
    find_winners_in_plane(s, x + l, count, best, winner, vectors, side, side); \
    STORE_MAXIMA(vectors, count) \
  }
    FOR_LANES(l, s->inner, MAX_WHOLE)
  }
}

static void max_pool_member(void *context, int thread, int threads) {
  const vk_max_pool_arguments *a = context;
  const vk_pool_shape *s = &a->shape;
  const int64_t rows = s->output[0] * s->output[1], width = s->output[2];
  int64_t row_first, row_last;
  pool_part(s->outer * rows, 1, thread, threads, &row_first, &row_last);
  for (int64_t i = row_first; i < row_last; i++) {
    const float *x = a->x + i / rows * s->input[0] * s->input[1] * s->input[2] * s->inner;
    const int64_t d = i % rows / s->output[1], h = i % s->output[1], to = i * width * s->inner;
    int64_t first, last, start;
    whole_row(s, d, h, &first, &last, &start);
    for (int64_t j = 0; j < first; j++) max_pool_pixel(a, x, d, h, j, to + j * s->inner);
    if (plane_side(s) == 2) max_pool_whole(a, x + start, last - first, to + first * s->inner, 2);
    if (plane_side(s) == 3) max_pool_whole(a, x + start, last - first, to + first * s->inner, 3);
    for (int64_t j = last; j < width; j++) max_pool_pixel(a, x, d, h, j, to + j * s->inner);
  }
}

void VK_LEVEL(vk_max_pool)(void *arguments) {
  vk_max_pool_arguments *a = arguments;
  pool_run(max_pool_member, a, a->threads);
}

static void max_pool_select_member(void *context, int thread, int threads) {
  const vk_max_pool_select_arguments *a = context;
  const vk_pool_shape *s = &a->shape;
  FOR_ROWS(s, thread, threads) {
    pool_window window = pool_window_at(s, d, h, j);
    int64_t to = (i * s->output[2] + j) * s->inner, l = 0;
#define SELECT(vectors, count) \
  { \
    lanes best[vectors], chosen[vectors]; \
    whole winner[vectors]; \
    if (!a->winners) find_winners(s, &window, a->x + base + l, count, best, winner, vectors); \
    for (int v = 0; v < vectors; v++) { \
      chosen[v] = splat(0.f); \
      if (a->winners) winner[v] = winners_at(a->winners, a->winner_size, to + l + 16 * v, count); \
    } \
    FOR_WINDOW(s, window, { \
      for (int v = 0; v < vectors; v++) \
        chosen[v] = choose(winner[v] == position, load_part(a->values + base + offset + l + 16 * v, count), chosen[v]); \
    }) \
    for (int v = 0; v < vectors; v++) store_part(a->y + to + l + 16 * v, chosen[v], count); \
  }
    FOR_LANES(l, s->inner, SELECT)
  }
}

void VK_LEVEL(vk_max_pool_select)(void *arguments) {
  vk_max_pool_select_arguments *a = arguments;
  pool_run(max_pool_select_member, a, a->threads);
}

INLINE float pool_scale(const vk_pool_shape *s, const pool_window *window, int32_t divisor) {
  int64_t size = s->window[0] * s->window[1] * s->window[2];
  return divisor == VK_POOL_SUM ? 1.f : 1.f / (float)(divisor == VK_POOL_ELEMENTS ? window->elements : size);
}

static void average_pool_member(void *context, int thread, int threads) {
  const vk_average_pool_arguments *a = context;
  const vk_pool_shape *s = &a->shape;
  FOR_ROWS(s, thread, threads) {
    pool_window window = pool_window_at(s, d, h, j);
    const float *x = a->x + base;
    float scale = pool_scale(s, &window, a->divisor);
    int64_t to = (i * s->output[2] + j) * s->inner, l = 0;
#define AVERAGE(vectors, count) \
  { \
    lanes sums[vectors]; \
    for (int v = 0; v < vectors; v++) sums[v] = splat(0.f); \
    FOR_WINDOW(s, window, { \
      for (int v = 0; v < vectors; v++) sums[v] += load_part(x + offset + l + 16 * v, count); \
    }) \
    for (int v = 0; v < vectors; v++) store_part(a->y + to + l + 16 * v, sums[v] * scale, count); \
  }
    FOR_LANES(l, s->inner, AVERAGE)
  }
}

void VK_LEVEL(vk_average_pool)(void *arguments) {
  vk_average_pool_arguments *a = arguments;
  pool_run(average_pool_member, a, a->threads);
}
