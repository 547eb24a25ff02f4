// Backward directions of pooling. Windows may overlap, so a member owns whole slabs: an outer index and a range of lanes.

enum { SLAB_LANES = 64 };

/// A slab that one member fills.
typedef struct pool_slab {
  int64_t outer, first, last;
} pool_slab;

INLINE int64_t slabs_across(const vk_pool_shape *s, int threads) {
  return s->outer >= threads || s->inner == 0 ? 1 : (s->inner + SLAB_LANES - 1) / SLAB_LANES;
}
INLINE pool_slab slab_at(const vk_pool_shape *s, int64_t item, int64_t across) {
  if (across == 1) return (pool_slab){item, 0, s->inner};
  int64_t first = item % across * SLAB_LANES, last = first + SLAB_LANES;
  return (pool_slab){item / across, first, last < s->inner ? last : s->inner};
}

/// Whether each input element meets at most one window, so that gradients can be stored, not added.
INLINE int windows_are_apart(const vk_pool_shape *s) {
  return s->stride[0] >= s->window[0] && s->stride[1] >= s->window[1] && s->stride[2] >= s->window[2];
}
INLINE int windows_cover(const vk_pool_shape *s) {
  for (int i = 0; i < 3; i++)
    if (s->stride[i] != s->window[i] || s->output[i] * s->stride[i] - s->padding[i] < s->input[i]) return 0;
  return 1;
}

INLINE void clear_slab(const vk_pool_shape *s, float *dx, pool_slab slab) {
  int64_t pixels = s->input[0] * s->input[1] * s->input[2];
  if (slab.last - slab.first == s->inner) memset(dx, 0, (size_t)(pixels * s->inner) * sizeof(float));
  else
    for (int64_t i = 0; i < pixels; i++) memset(dx + i * s->inner + slab.first, 0, (size_t)(slab.last - slab.first) * sizeof(float));
}

INLINE void give(float *to, lanes value, int64_t count, int apart) {
  store_part(to, apart ? value : load_part(to, count) + value, count);
}

/// Gives dy to the winners of a plane window of known size that lies in the array whole; dx is at its first element.
INLINE void spread_in_plane(const vk_pool_shape *s, float *dx, const lanes *dy, const whole *winner, int64_t count, int apart,
                            const int vectors, const int height, const int width) {
#pragma clang loop unroll(full)
  for (int h = 0; h < height; h++)
#pragma clang loop unroll(full)
    for (int w = 0; w < width; w++)
#pragma clang loop unroll(full)
      for (int v = 0; v < vectors; v++)
        give(dx + (h * s->input[2] + w) * s->inner + 16 * v, choose(winner[v] == h * width + w, dy[v], splat(0.f)), count, apart);
}

/// Gives dy to the winners of one window.
INLINE void spread(const vk_pool_shape *s, const pool_window *window, float *dx, const lanes *dy, const whole *winner, int64_t count,
                   int apart, const int vectors) {
  int64_t start = ((window->first[0] * s->input[1] + window->first[1]) * s->input[2] + window->first[2]) * s->inner;
  if (s->window[0] == 1 && s->window[1] == 2 && s->window[2] == 2 && window->elements == 4 && apart) {
    spread_in_plane(s, dx + start, dy, winner, count, 1, vectors, 2, 2);
    return;
  }
  if (s->window[0] == 1 && s->window[1] == 3 && s->window[2] == 3 && window->elements == 9) {
    spread_in_plane(s, dx + start, dy, winner, count, apart, vectors, 3, 3);
    return;
  }
  FOR_WINDOW(s, *window, {
    for (int v = 0; v < vectors; v++)
      give(dx + offset + 16 * v, choose(winner[v] == position, dy[v], splat(0.f)), count, apart);
  })
}

/// BODY for each window of this member's slabs, with dx, `window`, `from` (of dy) and the lanes l..<slab.last.
#define FOR_SLAB_WINDOWS(a, s, thread, threads, BODY) \
  int64_t across = slabs_across(s, threads), first, last, outputs = s->output[0] * s->output[1] * s->output[2]; \
  int64_t input_size = s->input[0] * s->input[1] * s->input[2] * s->inner; \
  int apart = windows_are_apart(s), covered = windows_cover(s); \
  pool_part(s->outer * across, 1, thread, threads, &first, &last); \
  for (int64_t item = first; item < last; item++) { \
    pool_slab slab = slab_at(s, item, across); \
    int64_t base = slab.outer * input_size; \
    if (!covered) clear_slab(s, a->dx + base, slab); \
    int64_t from = slab.outer * outputs * s->inner; \
    for (int64_t i = 0; i < s->output[0] * s->output[1]; i++) \
      for (int64_t j = 0, d = i / s->output[1], h = i % s->output[1]; j < s->output[2]; j++, from += s->inner) { \
        pool_window window = pool_window_at(s, d, h, j); \
        int64_t l = slab.first; \
        BODY \
      } \
  }

#define MAX_SHARES(vectors, count) \
  for (int v = 0; v < vectors; v++) { \
    dy[v] = load_part(a->dy + from + l + 16 * v, count); \
    if (a->winners) winner[v] = winners_at(a->winners, a->winner_size, from + l + 16 * v, count); \
  }

/// One output pixel's lanes of a slab; x and dx begin at the outer index, `from` is the pixel's offset in dy.
INLINE void max_gradient_pixel(const vk_max_pool_gradient_arguments *a, const float *x, float *dx, int64_t d, int64_t h, int64_t j,
                               int64_t from, pool_slab slab, int apart) {
  const vk_pool_shape *s = &a->shape;
  pool_window window = pool_window_at(s, d, h, j);
  int64_t l = slab.first;
#define MAX_GRADIENT(vectors, count) \
  { \
    lanes best[vectors], dy[vectors]; \
    whole winner[vectors]; \
    if (!a->winners) find_winners(s, &window, x + l, count, best, winner, vectors); \
    MAX_SHARES(vectors, count) \
    spread(s, &window, dx + l, dy, winner, count, apart, vectors); \
  }
  FOR_LANES(l, slab.last, MAX_GRADIENT)
}

/// `pixels` neighbours whose windows lie in the array whole; x and dx are at the first one.
INLINE void max_gradient_whole(const vk_max_pool_gradient_arguments *a, const float *x, float *dx, int64_t pixels, int64_t from,
                               pool_slab slab, const int apart, const int side) {
  const vk_pool_shape *s = &a->shape;
  for (int64_t j = 0; j < pixels; j++, from += s->inner) {
    int64_t l = slab.first, at = j * s->stride[2] * s->inner;
#define MAX_GRADIENT_WHOLE(vectors, count) \
  { \
    lanes best[vectors], dy[vectors]; \
    whole winner[vectors]; \
    if (!a->winners) find_winners_in_plane(s, x + at + l, count, best, winner, vectors, side, side); \
    MAX_SHARES(vectors, count) \
    spread_in_plane(s, dx + at + l, dy, winner, count, apart, vectors, side, side); \
  }
    FOR_LANES(l, slab.last, MAX_GRADIENT_WHOLE)
  }
}

static void max_pool_gradient_member(void *context, int thread, int threads) {
  const vk_max_pool_gradient_arguments *a = context;
  const vk_pool_shape *s = &a->shape;
  const int64_t rows = s->output[0] * s->output[1], width = s->output[2];
  const int64_t input_size = s->input[0] * s->input[1] * s->input[2] * s->inner, across = slabs_across(s, threads);
  const int apart = windows_are_apart(s), covered = windows_cover(s), side = plane_side(s);
  int64_t item_first, item_last;
  pool_part(s->outer * across, 1, thread, threads, &item_first, &item_last);
  for (int64_t item = item_first; item < item_last; item++) {
    const pool_slab slab = slab_at(s, item, across);
    const float *x = a->x ? a->x + slab.outer * input_size : 0;
    float *dx = a->dx + slab.outer * input_size;
    if (!covered) clear_slab(s, dx, slab);
    for (int64_t i = 0; i < rows; i++) {
      const int64_t d = i / s->output[1], h = i % s->output[1], from = (slab.outer * rows + i) * width * s->inner;
      int64_t first, last, start;
      whole_row(s, d, h, &first, &last, &start);
      const float *x_start = x ? x + start : 0;
      const int64_t middle = from + first * s->inner;
      for (int64_t j = 0; j < first; j++) max_gradient_pixel(a, x, dx, d, h, j, from + j * s->inner, slab, apart);
      if (side == 2 && apart) max_gradient_whole(a, x_start, dx + start, last - first, middle, slab, 1, 2);
      if (side == 2 && !apart) max_gradient_whole(a, x_start, dx + start, last - first, middle, slab, 0, 2);
      if (side == 3 && apart) max_gradient_whole(a, x_start, dx + start, last - first, middle, slab, 1, 3);
      if (side == 3 && !apart) max_gradient_whole(a, x_start, dx + start, last - first, middle, slab, 0, 3);
      for (int64_t j = last; j < width; j++) max_gradient_pixel(a, x, dx, d, h, j, from + j * s->inner, slab, apart);
    }
  }
}

void VK_LEVEL(vk_max_pool_gradient)(void *arguments) {
  vk_max_pool_gradient_arguments *a = arguments;
  pool_run(max_pool_gradient_member, a, a->threads);
}

static void average_pool_gradient_member(void *context, int thread, int threads) {
  const vk_average_pool_gradient_arguments *a = context;
  const vk_pool_shape *s = &a->shape;
#define AVERAGE_GRADIENT(vectors, count) \
  { \
    lanes share[vectors]; \
    for (int v = 0; v < vectors; v++) \
      share[v] = load_part(a->dy + from + l + 16 * v, count) * pool_scale(s, &window, a->divisor); \
    FOR_WINDOW(s, window, { \
      for (int v = 0; v < vectors; v++) give(a->dx + base + offset + l + 16 * v, share[v], count, apart); \
    }) \
  }
  FOR_SLAB_WINDOWS(a, s, thread, threads, FOR_LANES(l, slab.last, AVERAGE_GRADIENT))
}

void VK_LEVEL(vk_average_pool_gradient)(void *arguments) {
  vk_average_pool_gradient_arguments *a = arguments;
  pool_run(average_pool_gradient_member, a, a->threads);
}
