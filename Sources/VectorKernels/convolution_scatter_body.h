// Pixels of dy times all places of the kernel, added into a padded picture, of which dx is the middle.
#include "ThreadPool.h"
#include "convolution_scatter_plan.h"

typedef struct {
  const vk_convolution_scatter_arguments *arguments;
  scatter_plan plan;
} scatter_team;

/// Some pixels of dy, where in the picture what they give begins, and what they give.
typedef struct {
  const float *from[SCATTER_PIXELS];
  float *to[SCATTER_PIXELS];
  int64_t count;
  float held[SCATTER_PIXELS][64];
} scatter_pixels;

/// The kernel's places as lanes: [CO][vectors 16], places past the end 0.
static void scatter_turn_kernel(const vk_convolution_scatter_arguments *p, const scatter_plan *plan) {
  const vk_convolution_shape *s = &p->shape;
  const int64_t places = s->kernel_height * s->kernel_width * s->channels, lanes_all = plan->vectors * 16;
  for (int64_t k = 0; k < s->filters; k++)
    for (int64_t l = 0; l < lanes_all; l++)
      p->workspace[k * lanes_all + l] = l < places ? p->kernel[l * s->filters + k] : 0.f;
}

/// What pixels give: all `tile` of them, however many count.
INLINE void scatter_tile(const vk_convolution_scatter_arguments *p, scatter_pixels *pixels, const int tile, const int vectors) {
  const vk_convolution_shape *s = &p->shape;
  lanes sums[SCATTER_PIXELS][4];
  const float *from[SCATTER_PIXELS];
#pragma clang loop unroll(full)
  for (int i = 0; i < tile; i++) {
    from[i] = pixels->from[i];
    for (int v = 0; v < vectors; v++) sums[i][v] = splat(0.f);
  }
  const float *kernel = p->workspace;
  for (int64_t first = 0, block = 0; first < s->filters; first += 16, block += p->block) {
    const int64_t count = s->filters - first < 16 ? s->filters - first : 16;
#pragma clang loop unroll(disable)
    for (int64_t k = 0; k < count; k++, kernel += 16 * vectors) {
      lanes w[4];
      for (int v = 0; v < vectors; v++) w[v] = load(kernel + 16 * v);
#pragma clang loop unroll(full)
      for (int i = 0; i < tile; i++)
        for (int v = 0; v < vectors; v++) sums[i][v] += w[v] * from[i][block + k];
    }
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < tile; i++)
    for (int v = 0; v < vectors; v++) store(pixels->held[i] + 16 * v, sums[i][v]);
}

/// Adds what pixels give to the picture.
static void scatter_add(const vk_convolution_scatter_arguments *p, const scatter_plan *plan, const scatter_pixels *pixels) {
  const int64_t run = p->shape.kernel_width * p->shape.channels;
  for (int64_t i = 0; i < pixels->count; i++) {
    const float *held = pixels->held[i];
    float *to = pixels->to[i];
    for (int64_t r = 0; r < p->shape.kernel_height; r++, to += plan->row, held += run)
      for (int64_t c = 0; c < run; c += 16) {
        const int64_t here = run - c < 16 ? run - c : 16;
        store_part(to + c, load_part(to + c, here) + load_part(held + c, here), here);
      }
  }
}

typedef void (*scatter_function)(const vk_convolution_scatter_arguments *p, scatter_pixels *pixels);
#define SCATTER_TILE(vectors, tile) \
  static __attribute__((noinline)) void scatter_tile_##vectors##_##tile(const vk_convolution_scatter_arguments *p, \
                                                                       scatter_pixels *pixels) { \
    scatter_tile(p, pixels, tile, vectors); \
  }
SCATTER_TILE(1, 8) SCATTER_TILE(1, 4) SCATTER_TILE(2, 8) SCATTER_TILE(2, 4) SCATTER_TILE(3, 4) SCATTER_TILE(4, 4)
/// By [vectors - 1][more than four pixels].
static const scatter_function scatter_functions[4][2] = {
  {scatter_tile_1_4, scatter_tile_1_8}, {scatter_tile_2_4, scatter_tile_2_8}, {scatter_tile_3_4}, {scatter_tile_4_4}};

/// One picture. Pixels of a tile lie so far apart that none waits for what another has just stored, and a tile is added
/// while the next one is computed.
static void scatter_picture(const scatter_team *team, const float *dy, float *picture) {
  const vk_convolution_scatter_arguments *p = team->arguments;
  const vk_convolution_shape *s = &p->shape;
  const scatter_plan *plan = &team->plan;
  const int64_t tile = plan->vectors <= 2 ? SCATTER_PIXELS : 4;
  scatter_pixels both[2], *pixels = both, *before = both + 1;
  before->count = 0;
  for (int64_t row = 0; row < s->output_height; row++)
    for (int64_t first = 0; first < plan->apart && first < s->output_width; first++)
      for (int64_t j = first; j < s->output_width;) {
        pixels->count = 0;
        for (; pixels->count < tile && j < s->output_width; j += plan->apart, pixels->count++) {
          pixels->from[pixels->count] = dy + (row * s->output_width + j) * p->pixel;
          pixels->to[pixels->count] = picture + row * s->stride_height * plan->row + j * s->stride_width * s->channels;
        }
        for (int64_t i = pixels->count; i < SCATTER_PIXELS; i++) pixels->from[i] = pixels->from[0];
        scatter_functions[plan->vectors - 1][pixels->count > 4](p, pixels);
        scatter_add(p, plan, before);
        scatter_pixels *computed = pixels;
        pixels = before, before = computed;
      }
  scatter_add(p, plan, before);
}

static void scatter_member(void *context, int thread, int threads) {
  const scatter_team *team = context;
  const vk_convolution_scatter_arguments *p = team->arguments;
  const vk_convolution_shape *s = &p->shape;
  const scatter_plan *plan = &team->plan;
  float *picture = p->workspace + plan->kernel + thread * plan->picture;
  const int64_t width = s->width * s->channels;
  int64_t first, last;
  pool_part(s->batch, 1, thread, threads, &first, &last);
  for (int64_t n = first; n < last; n++) {
    memset(picture, 0, (size_t)plan->picture * sizeof(float));
    scatter_picture(team, p->dy + n * p->image, picture);
    for (int64_t y = 0; y < s->height; y++)
      memcpy(p->dx + (n * s->height + y) * width,
             picture + (y + s->padding_top) * plan->row + s->padding_left * s->channels, (size_t)width * sizeof(float));
  }
}

void VK_LEVEL(vk_convolution_scatter)(void *arguments) {
  const vk_convolution_scatter_arguments *p = arguments;
  scatter_team team = {p, vk_scatter_plan(&p->shape)};
  scatter_turn_kernel(p, &team.plan);
  pool_run(scatter_member, &team, p->threads);
}
