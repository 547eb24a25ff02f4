// A strip of the product's rows stays in the cache, and the map reads it there.
#include "ThreadPool.h"
#include "product_map_plan.h"
#include "product_moments_body.h"

enum { PRODUCT_STREAMS = 8 };

/// The arrays that the map reads beside the product, in which the next strip's part is asked for while tiles are computed.
typedef struct {
  const float *at[PRODUCT_STREAMS];
  int32_t count;
} product_streams;

/// One strip of a panel: tiles into `strip`, then the map over them. `first` is the map's element of the strip's first,
/// `next` that of the strip which comes then.
static void product_strip(const vk_product_map_arguments *p, const product_streams *streams, int thread, const float *slivers,
                          const float *panels, int64_t rows, int64_t first, int64_t next,
                          float *strip) {
  const int64_t across = (p->panel + PRODUCT_COLUMNS - 1) / PRODUCT_COLUMNS, down = (rows + PRODUCT_ROWS - 1) / PRODUCT_ROWS;
  // Of every stream a tile asks for its share of the next strip.
  const int64_t tiles = across * down, turns = streams->count ? (tiles + streams->count - 1) / streams->count : 1;
  const int64_t share = (rows * p->panel + turns - 1) / turns;
  product_factors f = {.a_row = 1, .a_step = PRODUCT_ROWS, .b_step = PRODUCT_COLUMNS, .k = p->k, .ahead = panels};
  if (streams->count) f.ahead_step = (share + p->k - 1) / p->k;
  int64_t tile = 0;
  for (int64_t i = 0; i < rows; i += PRODUCT_ROWS) {
    f.a = slivers + i * p->k;
    for (int64_t j = 0; j < p->panel; j += PRODUCT_COLUMNS, tile++) {
      const int64_t rest = p->panel - j < PRODUCT_COLUMNS ? p->panel - j : PRODUCT_COLUMNS, two = rest > 16;
      const product_target to = {.c = strip + i * p->panel + j, .row = p->panel,
                                 .rows = rows - i < PRODUCT_ROWS ? rows - i : PRODUCT_ROWS, .last = two ? rest - 16 : rest};
      f.b = panels + j * p->k;
      if (streams->count) {
        f.ahead = streams->at[tile % streams->count] + next + tile / streams->count * share;
      }
      tile_functions[0][two][1](&f, &to);
    }
  }
  vk_map_slice(p->map, thread, first, rows * p->panel, p->operand, strip);
}

static void product_map_member(void *context, int thread, int threads) {
  const vk_product_map_arguments *p = context;
  const product_map_plan plan = vk_product_map_plan(p);
  product_streams streams;
  streams.count = vk_map_arrays(p->map, p->operand, streams.at, PRODUCT_STREAMS);
  float *slivers = p->workspace + thread * (plan.a_space + plan.b_space + plan.strip_space);
  float *panels = slivers + plan.a_space, *strip = panels + plan.b_space;
  int64_t first, last;
  pool_part(p->m, PRODUCT_ROWS, thread, threads, &first, &last);
  vk_map_open(p->map, thread);
  vk_moments moments;
  const int moves = vk_map_moments(p->map, thread, p->operand, &moments);
  waiting_tile before = {.values = strip};
  const float *packed = NULL;
  for (int64_t i0 = first; i0 < last; i0 += plan.block) {
    const int64_t height = last - i0 < plan.block ? last - i0 : plan.block;
    pack_slivers(p->a + i0 * p->a_row, p->a_row, p->a_column, height, p->k, slivers);
    for (int64_t j0 = 0; j0 < p->n; j0 += p->panel) {
      const float *b = p->b + j0 * p->b_column;
      if (b != packed) pack_panels(b, p->b_row, p->b_column, p->k, p->panel, panels);
      packed = b;
      if (moves) {
        before = product_moments(p, &moments, slivers, panels, height, j0 * p->m + i0 * p->panel, strip, before);
        continue;
      }
      for (int64_t i = 0; i < height; i += plan.strip) {
        const int64_t rows = height - i < plan.strip ? height - i : plan.strip;
        const int64_t at = j0 * p->m + (i0 + i) * p->panel;
        int64_t next = at + rows * p->panel;
        if (i + rows == height) {  // the next panel, the next block, or nothing
          if (j0 + p->panel < p->n) next = (j0 + p->panel) * p->m + i0 * p->panel;
          else next = i0 + height < last ? (i0 + height) * p->panel : at;
        }
        product_strip(p, &streams, thread, slivers + i * p->k, panels, rows, at, next, strip);
      }
    }
  }
  if (moves) move_tile(&moments, &before);
}

void VK_LEVEL(vk_product_map)(void *arguments) {
  const vk_product_map_arguments *p = arguments;
  pool_run(product_map_member, arguments, p->threads);
}
