// The gradient of a recurrent layer: back through the steps, tiles of the product with the turned recurrent kernel, each
// followed by the gates of the step before.

typedef struct {
  const vk_recurrent_gradient_arguments *arguments;
  recurrent_plan plan;
} recurrent_gradient_team;

/// A panel's rows of the kernel become its columns, those past the end zeros: [gates units][vectors 16].
static void recurrent_gradient_pack(void *context, int thread, int threads) {
  const recurrent_gradient_team *team = context;
  const vk_recurrent_gradient_arguments *p = team->arguments;
  const recurrent_plan *plan = &team->plan;
  const int64_t units = p->sizes.units, k = plan->gates * units, width = 16 * plan->vectors;
  int64_t first, last;
  pool_part(plan->panels * plan->vectors * 2, 1, thread, threads, &first, &last);
  for (int64_t part = first; part < last; part++) {  // eight rows
    const int64_t unit = 8 * part, panel = unit / width, count = units - unit;
    const float *from = p->kernel + unit * k;
    float *to = p->workspace + panel * plan->panel + unit % width;
    int64_t q = 0;
    if (count >= 8) {
      for (; q + 16 <= k; q += 16) {
        product_tile block;
        for (int r = 0; r < 8; r++) block.at[r][0] = load(from + r * k + q);
        const product_target turned = {to + q * width, 0, width, 8, 16, 0, 0};
        store_turned(&block, &turned, 1);
      }
    }
    for (; q < k; q++)
      for (int r = 0; r < 8; r++) to[q * width + r] = r < count ? from[r * k + q] : 0.f;
  }
}

/// A step's arrays. `carried` is what the step after hands back past its product: dc of an LSTM, z dh of a GRU.
typedef struct {
  const float *gates, *c, *c_before, *h, *start, *dh;
  float *dx, *dp, *carried;
  bool carries;  // whether a step after has left something there
} recurrent_back;

INLINE void lstm_back(const recurrent_back *s, lanes dh, int64_t row, int64_t unit, int64_t units, int64_t count) {
  const int64_t at = row * units + unit, net = row * 4 * units + unit;
  const lanes i = load_part(s->gates + net, count), f = load_part(s->gates + net + units, count);
  const lanes g = load_part(s->gates + net + 2 * units, count), o = load_part(s->gates + net + 3 * units, count);
  const lanes t = tanh_of(load_part(s->c + at, count));
  lanes dc = dh * o * (1.f - t * t);
  if (s->carries) dc += load_part(s->carried + at, count);
  store_part(s->carried + at, dc * f, count);
  store_part(s->dx + net, dc * g * i * (1.f - i), count);
  store_part(s->dx + net + units, dc * load_part(s->c_before + at, count) * f * (1.f - f), count);
  store_part(s->dx + net + 2 * units, dc * i * (1.f - g * g), count);
  store_part(s->dx + net + 3 * units, dh * t * o * (1.f - o), count);
}

INLINE void gru_back(const recurrent_back *s, lanes dh, int64_t row, int64_t unit, int64_t units, int64_t count) {
  const int64_t at = row * units + unit, net = row * 3 * units + unit;
  const float *gates = s->gates + row * 4 * units + unit;
  const lanes z = load_part(gates, count), r = load_part(gates + units, count);
  const lanes n = load_part(gates + 2 * units, count), p = load_part(gates + 3 * units, count);
  if (s->carries) dh += load_part(s->carried + at, count);
  store_part(s->carried + at, dh * z, count);
  const lanes dz = dh * (load_part(s->start + at, count) - n) * z * (1.f - z), dn = dh * (1.f - z) * (1.f - n * n);
  const lanes dr = dn * p * r * (1.f - r);
  store_part(s->dx + net, dz, count), store_part(s->dx + net + units, dr, count);
  store_part(s->dx + net + 2 * units, dn, count);
  store_part(s->dp + net, dz, count), store_part(s->dp + net + units, dr, count);
  store_part(s->dp + net + 2 * units, dn * r, count);
}

INLINE void simple_back(const recurrent_back *s, lanes dh, int64_t at, int64_t count, int cell) {
  const lanes h = load_part(s->h + at, count);
  store_part(s->dx + at, cell == VK_CELL_TANH ? dh * (1.f - h * h) : choose(h > 0.f, dh, splat(0.f)), count);
}

/// Asks for the memory of a tile's gates while the product is computed.
static void recurrent_ask_back(const vk_recurrent_gradient_arguments *p, const recurrent_plan *plan, const recurrent_back *s,
                               int64_t row, int64_t rows, int64_t panel) {
  const int64_t units = p->sizes.units, unit = 16 * panel * plan->vectors;
  for (int64_t r = row; r < row + rows; r++)
    for (int64_t v = 0, u = unit; v < plan->vectors && u < units; v++, u += 16) {
      const int64_t at = r * units + u;
      if (s->gates)
        for (int64_t g = 0; g < 4; g++) __builtin_prefetch(s->gates + (r * 4 + g) * units + u);
      if (s->dx != s->gates)
        for (int64_t g = 0; g < plan->gates; g++) __builtin_prefetch(s->dx + (r * plan->gates + g) * units + u, 1);
      if (s->dp)
        for (int64_t g = 0; g < plan->gates; g++) __builtin_prefetch(s->dp + (r * plan->gates + g) * units + u, 1);
      if (s->dh) __builtin_prefetch(s->dh + at);
      if (s->c) __builtin_prefetch(s->c + at), __builtin_prefetch(s->c_before + at);
      if (s->h) __builtin_prefetch(s->h + at);
      if (s->start) __builtin_prefetch(s->start + at);
    }
}

/// The gates of a tile; `sums` is dh as far as it comes from the step after, or NULL for zero.
static void recurrent_gates_back(const vk_recurrent_gradient_arguments *p, const recurrent_plan *plan,
                                 const recurrent_back *s, const float *sums, int64_t row, int64_t rows, int64_t panel) {
  const int64_t units = p->sizes.units;
  for (int64_t r = row; r < row + rows; r++)
    for (int64_t v = 0, u = 16 * plan->vectors * panel; v < plan->vectors && u < units; v++, u += 16) {
      const int64_t count = at_most_sixteen(units - u), at = r * units + u;
      lanes dh = sums ? load(sums + ((r - row) * plan->vectors + v) * 16) : splat(0.f);
      if (s->dh) dh += load_part(s->dh + at, count);
      if (!sums && p->dlast_h) dh += load_part(p->dlast_h + at, count);
      switch (p->sizes.cell) {
        case VK_CELL_LSTM: lstm_back(s, dh, r, u, units, count); break;
        case VK_CELL_GRU: gru_back(s, dh, r, u, units, count); break;
        default: simple_back(s, dh, at, count, p->sizes.cell);
      }
    }
}

/// What the first step hands back: dh before it.
static void recurrent_first_back(const vk_recurrent_gradient_arguments *p, const recurrent_plan *plan, const float *carried,
                                 const float *sums, int64_t row, int64_t rows, int64_t panel) {
  const int64_t units = p->sizes.units;
  for (int64_t r = row; r < row + rows; r++)
    for (int64_t v = 0, u = 16 * plan->vectors * panel; v < plan->vectors && u < units; v++, u += 16) {
      const int64_t count = at_most_sixteen(units - u), at = r * units + u;
      lanes dh = load(sums + ((r - row) * plan->vectors + v) * 16);
      if (p->sizes.cell == VK_CELL_GRU) dh += load_part(carried + at, count);
      store_part(p->dfirst_h + at, dh, count);
    }
}

static recurrent_back recurrent_back_at(const vk_recurrent_gradient_arguments *p, const recurrent_plan *plan, int64_t step) {
  const vk_recurrent_sizes *sizes = &p->sizes;
  const int64_t t = recurrent_time(sizes, step), state = sizes->batch * sizes->units;
  const bool is_last = step + 1 == sizes->time;
  recurrent_back s = {.dx = p->dx + t * plan->gates * state, .dh = p->dh ? p->dh + t * state : 0,
                      .carried = p->workspace + plan->states, .carries = !is_last};
  if (p->gates) s.gates = p->gates + t * 4 * state;
  if (p->h) s.h = p->h + t * state;
  if (p->starts) s.start = p->starts + t * state;
  if (p->dp) s.dp = p->dp + t * plan->gates * state;
  if (sizes->cell == VK_CELL_LSTM) {
    s.c = p->c + t * state;
    s.c_before = step == 0 ? p->first_c : p->c + recurrent_time(sizes, step - 1) * state;
    if (p->dlast_c) s.carries = true;
  }
  return s;
}

static void recurrent_gradient_member(void *context, int thread, int threads) {
  const recurrent_gradient_team *team = context;
  const vk_recurrent_gradient_arguments *p = team->arguments;
  const recurrent_plan *plan = &team->plan;
  const int64_t units = p->sizes.units, k = plan->gates * units, most = recurrent_rows[plan->vectors];
  const recurrent_share share = recurrent_part(plan, p->sizes.batch, thread, threads);
  const bool meets = threads > 1 && !plan->splits_batch;
  _Alignas(64) float sums[48 * 16];
  const float *after = NULL;  // the product's gradient of the step after
  for (int64_t step = p->sizes.time - 1; step >= -1; step--) {
    if (step < 0 && !p->dfirst_h) break;
    const recurrent_back s = recurrent_back_at(p, plan, step < 0 ? 0 : step);
    for (int64_t panel = share.panel; panel < share.panel_end; panel++)
      for (int64_t row = share.row; row < share.row_end;) {
        const int64_t rows = recurrent_tile_rows(share.row_end, row, most);
        recurrent_ask_back(p, plan, &s, row, rows, panel);
        if (after)
          recurrent_sums_functions[plan->vectors][rows - 1](after + row * k, k, p->workspace + panel * plan->panel, k, sums);
        if (step < 0) recurrent_first_back(p, plan, s.carried, sums, row, rows, panel);
        else recurrent_gates_back(p, plan, &s, after ? sums : NULL, row, rows, panel);
        row += rows;
      }
    after = s.dp ? s.dp : s.dx;
    if (meets) pool_barrier();
  }
}

void VK_LEVEL(vk_recurrent_gradient)(void *arguments) {
  const vk_recurrent_gradient_arguments *p = arguments;
  recurrent_gradient_team team = {p, vk_recurrent_plan(&p->sizes, true)};
  const size_t bytes = (size_t)(p->sizes.batch * p->sizes.units) * sizeof(float);
  float *carried = p->workspace + team.plan.states;
  if (p->dlast_c) memcpy(carried, p->dlast_c, bytes);
  pool_run(recurrent_gradient_pack, &team, p->sizes.threads);
  pool_run(recurrent_gradient_member, &team, p->sizes.threads);
  if (p->dfirst_c) memcpy(p->dfirst_c, carried, bytes);
}
