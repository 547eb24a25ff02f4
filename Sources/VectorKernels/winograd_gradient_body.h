// The kernel's gradient by Winograd's method F(3x3, 4x4): transformed tiles of x and dy, multiplied at each place with the
// tiles as the sum's index, and transformed back to 3 x 3.

typedef struct {
  const vk_winograd_gradient_arguments *arguments;
  winograd_gradient_plan plan;
  int64_t base, tiles;  // of a chunk that all threads share
  float *sums, *bias;
} winograd_gradient_team;

/// Transformed tiles first...last of x and dy, into the rows from `tile - base` on.
static void winograd_gradient_tiles(const winograd_gradient_team *team, int thread, int64_t base, int64_t first, int64_t last,
                                    float *x, float *dy) {
  const vk_winograd_gradient_arguments *p = team->arguments;
  const vk_winograd_shape *s = &p->shape;
  const winograd_plan *plan = &team->plan.form;
  float *bias = p->dbias ? team->bias + thread * s->filters : NULL;
  winograd_inputs(s, plan, p->x, base, first, last, x);
  for (int64_t tile = first; tile < last; tile++) {
    const winograd_place at = winograd_at(plan, tile);
    winograd_view view = winograd_look(p->dy, &s->y, at, at.row, at.column, s->output_height, s->output_width, 4);
    float *to = dy + (tile - base) * plan->y.row;
    for (int64_t k = 0; k < s->filters; k += 16, view.at += s->y.block)
      winograd_take_result(&view, to + k, plan->y.plane, bias ? bias + k : NULL);
  }
}

/// A block of the gradient: channels and filters from there on.
typedef struct {
  int64_t channel, channels, filter, filters;
} winograd_block;

INLINE winograd_block winograd_block_at(const winograd_gradient_team *team, int64_t unit) {
  const vk_winograd_shape *s = &team->arguments->shape;
  const int64_t c = unit / team->plan.form.panels * WINOGRAD_BLOCK, k = unit % team->plan.form.panels * PRODUCT_COLUMNS;
  return (winograd_block){c, s->channels - c < WINOGRAD_BLOCK ? s->channels - c : WINOGRAD_BLOCK, k,
                          s->filters - k < PRODUCT_COLUMNS ? s->filters - k : PRODUCT_COLUMNS};
}

/// Sums of one block over a chunk's tiles; `adds` to what is there already.
static void winograd_gradient_sums(const winograd_plan *plan, const winograd_block *at, const float *x, const float *dy,
                                   int64_t tiles, bool adds, float *sums) {
  product_factors f = {.a_row = 1, .a_step = plan->x.row, .b_step = plan->y.row, .k = tiles};
  for (int64_t place = 0; place < WINOGRAD_PLACES; place++) {
    f.b = dy + place * plan->y.plane + at->filter, f.ahead = f.b;
    for (int64_t i = 0; i < at->channels; i += PRODUCT_ROWS) {
      f.a = x + place * plan->x.plane + at->channel + i;
      const product_target to = {.c = sums + (place * WINOGRAD_BLOCK + i) * PRODUCT_COLUMNS, .row = PRODUCT_COLUMNS,
                                 .rows = PRODUCT_ROWS, .last = 16, .adds = adds};
      tile_functions[0][at->filters > 16][1](&f, &to);
    }
  }
}

/// The block's part of the gradient from its sums.
static void winograd_gradient_finish(const winograd_gradient_team *team, const winograd_block *at, const float *sums) {
  const vk_winograd_shape *s = &team->arguments->shape;
  for (int64_t c = 0; c < at->channels; c++)
    for (int64_t half = 0; half < at->filters; half += 16) {
      lanes g[4][4];
      winograd_give(sums + c * PRODUCT_COLUMNS + half, WINOGRAD_BLOCK * PRODUCT_COLUMNS, g, 3);
      float *to = team->arguments->dkernel + (at->channel + c) * s->filters + at->filter + half;
#pragma clang loop unroll(full)
      for (int i = 0; i < 9; i++) store(to + i * s->channels * s->filters, g[i / 3][i % 3]);
    }
}

// Each thread with tiles of its own, and sums of its own.

static void winograd_gradient_member(void *context, int thread, int threads) {
  const winograd_gradient_team *team = context;
  const winograd_plan *plan = &team->plan.form;
  float *x = team->arguments->workspace + thread * (plan->x_space + plan->y_space), *dy = x + plan->x_space;
  float *sums = team->sums + thread * team->plan.blocks * WINOGRAD_BLOCK_SPACE;
  int64_t first, last;
  pool_part(plan->tiles, 1, thread, threads, &first, &last);
  for (int64_t tile = first; tile < last; tile += plan->chunk) {
    const int64_t count = last - tile < plan->chunk ? last - tile : plan->chunk;
    winograd_gradient_tiles(team, thread, tile, tile, tile + count, x, dy);
    for (int64_t unit = 0; unit < team->plan.blocks; unit++) {
      const winograd_block at = winograd_block_at(team, unit);
      winograd_gradient_sums(plan, &at, x, dy, count, tile > first, sums + unit * WINOGRAD_BLOCK_SPACE);
    }
  }
}

static void winograd_gradient_total(void *context, int thread, int threads) {
  const winograd_gradient_team *team = context;
  int64_t first, last;
  pool_part(team->plan.blocks, 1, thread, threads, &first, &last);
  for (int64_t unit = first; unit < last; unit++) {
    float *sums = team->sums + unit * WINOGRAD_BLOCK_SPACE;
    for (int other = 1; other < team->arguments->threads; other++) {
      const float *more = sums + other * team->plan.blocks * WINOGRAD_BLOCK_SPACE;
      for (int64_t i = 0; i < WINOGRAD_BLOCK_SPACE; i += 16) store(sums + i, load(sums + i) + load(more + i));
    }
    const winograd_block at = winograd_block_at(team, unit);
    winograd_gradient_finish(team, &at, sums);
  }
}

// Few tiles: all threads transform them, then each sums blocks of its own.

static void winograd_gradient_share_tiles(void *context, int thread, int threads) {
  const winograd_gradient_team *team = context;
  float *x = team->arguments->workspace, *dy = x + team->plan.form.x_space;
  int64_t first, last;
  pool_part(team->tiles, 1, thread, threads, &first, &last);
  winograd_gradient_tiles(team, thread, team->base, team->base + first, team->base + last, x, dy);
}

static void winograd_gradient_share_sums(void *context, int thread, int threads) {
  const winograd_gradient_team *team = context;
  const winograd_gradient_plan *plan = &team->plan;
  const float *x = team->arguments->workspace, *dy = x + plan->form.x_space;
  const bool is_single = plan->form.chunk >= plan->form.tiles, finishes = team->base + team->tiles == plan->form.tiles;
  int64_t first, last;
  pool_part(plan->blocks, 1, thread, threads, &first, &last);
  for (int64_t unit = first; unit < last; unit++) {
    float *sums = team->sums + (is_single ? thread : unit) * WINOGRAD_BLOCK_SPACE;
    const winograd_block at = winograd_block_at(team, unit);
    winograd_gradient_sums(&plan->form, &at, x, dy, team->tiles, team->base > 0, sums);
    if (finishes) winograd_gradient_finish(team, &at, sums);
  }
}

void VK_LEVEL(vk_winograd_gradient)(void *arguments) {
  const vk_winograd_gradient_arguments *p = arguments;
  winograd_gradient_team team = {p, vk_winograd_gradient_plan(&p->shape, p->threads)};
  const winograd_plan *plan = &team.plan.form;
  const int64_t filters = p->shape.filters;
  team.sums = p->workspace + (plan->shares ? 1 : p->threads) * (plan->x_space + plan->y_space);
  team.bias = team.sums + team.plan.sums;
  if (p->dbias) memset(team.bias, 0, p->threads * filters * sizeof(float));
  if (!plan->shares) {
    pool_run(winograd_gradient_member, &team, p->threads);
    pool_run(winograd_gradient_total, &team, p->threads);
  } else {
    for (; team.base < plan->tiles; team.base += plan->chunk) {
      team.tiles = plan->tiles - team.base < plan->chunk ? plan->tiles - team.base : plan->chunk;
      pool_run(winograd_gradient_share_tiles, &team, p->threads);
      pool_run(winograd_gradient_share_sums, &team, p->threads);
    }
  }
  if (!p->dbias) return;
  for (int64_t k = 0; k < filters; k += 16) {
    lanes sum = splat(0.f);
    for (int thread = 0; thread < p->threads; thread++) sum += load(team.bias + thread * filters + k);
    store(p->dbias + k, sum);
  }
}
