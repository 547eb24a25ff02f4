// A recurrent layer over a sequence: at each step tiles of samples by units, each with its product and then its gates.
#include "recurrent_tile.h"

typedef struct {
  const vk_recurrent_arguments *arguments;
  recurrent_plan plan;
} recurrent_team;

/// The columns of a panel, gate after gate, units past the end as zeros: [units][vectors 16].
static void recurrent_pack(void *context, int thread, int threads) {
  const recurrent_team *team = context;
  const vk_recurrent_arguments *p = team->arguments;
  const recurrent_plan *plan = &team->plan;
  const int64_t units = p->sizes.units;
  int64_t first, last;
  pool_part(plan->panels, 1, thread, threads, &first, &last);
  for (int64_t panel = first; panel < last; panel++) {
    float *to = p->workspace + panel * plan->panel;
    for (int64_t q = 0; q < units; q++, to += 16 * plan->vectors)
      for (int64_t v = 0; v < plan->vectors; v++) {
        const int64_t unit = plan->gates > 1 ? 16 * panel : 16 * (panel * plan->vectors + v), left = units - unit;
        const float *from = p->kernel + q * plan->gates * units + (plan->gates > 1 ? v * units : 0) + unit;
        store(to + 16 * v, left > 0 ? load_part(from, at_most_sixteen(left)) : splat(0.f));
      }
  }
}

/// A step's arrays; `before` and `next` hold h, and so do `also` and `last` where it goes to more places.
typedef struct {
  const float *x, *before, *c_before;
  float *next, *also, *last, *c, *gates;
} recurrent_step;

INLINE void put_h(const recurrent_step *s, int64_t at, lanes h, int64_t count) {
  store_part(s->next + at, h, count);
  if (s->also) store_part(s->also + at, h, count);
  if (s->last) store_part(s->last + at, h, count);
}

/// The gates of one sample's sixteen units from `unit` on.
INLINE void lstm_unit(const recurrent_step *s, const float *sums, int64_t row, int64_t unit, int64_t units, int64_t count) {
  const int64_t at = row * units + unit, net = row * 4 * units + unit;
  const lanes i = gate(load(sums) + load_part(s->x + net, count));
  const lanes f = gate(load(sums + 16) + load_part(s->x + net + units, count));
  const lanes g = tanh_of(load(sums + 32) + load_part(s->x + net + 2 * units, count));
  const lanes o = gate(load(sums + 48) + load_part(s->x + net + 3 * units, count));
  const lanes c = f * load_part(s->c_before + at, count) + i * g;
  store_part(s->c + at, c, count);
  put_h(s, at, o * tanh_of(c), count);
  if (!s->gates) return;
  store_part(s->gates + net, i, count), store_part(s->gates + net + units, f, count);
  store_part(s->gates + net + 2 * units, g, count), store_part(s->gates + net + 3 * units, o, count);
}

INLINE void gru_unit(const recurrent_step *s, const float *sums, const float *bias, int64_t row, int64_t unit, int64_t units,
                     int64_t count) {
  const int64_t at = row * units + unit, net = row * 3 * units + unit;
  lanes inner[3];
  for (int v = 0; v < 3; v++) {
    inner[v] = load(sums + 16 * v);
    if (bias) inner[v] += load_part(bias + v * units + unit, count);
  }
  const lanes z = gate(inner[0] + load_part(s->x + net, count)), r = gate(inner[1] + load_part(s->x + net + units, count));
  const lanes n = tanh_of(inner[2] * r + load_part(s->x + net + 2 * units, count));
  put_h(s, at, z * load_part(s->before + at, count) + (1.f - z) * n, count);
  if (!s->gates) return;
  float *to = s->gates + row * 4 * units + unit;
  store_part(to, z, count), store_part(to + units, r, count);
  store_part(to + 2 * units, n, count), store_part(to + 3 * units, inner[2], count);
}

INLINE void simple_unit(const recurrent_step *s, const float *sums, int64_t at, int64_t count, int cell) {
  const lanes net = load(sums) + load_part(s->x + at, count);
  put_h(s, at, cell == VK_CELL_TANH ? tanh_of(net) : activated(net, VK_ACTIVATION_RELU), count);
}

/// Asks for the memory of a tile's gates while the product is computed: each row is a few lines far apart, which nothing
/// else foresees.
static void recurrent_ask(const vk_recurrent_arguments *p, const recurrent_plan *plan, const recurrent_step *s, int64_t row,
                          int64_t rows, int64_t panel) {
  const int64_t units = p->sizes.units, width = plan->gates > 1 ? 1 : plan->vectors, unit = 16 * panel * width;
  const int64_t saved = p->sizes.cell <= VK_CELL_GRU ? 4 : 0;
  for (int64_t r = row; r < row + rows; r++)
    for (int64_t v = 0; v < width; v++) {
      const int64_t at = r * units + unit + 16 * v;
      for (int64_t g = 0; g < plan->gates; g++) __builtin_prefetch(s->x + (r * plan->gates + g) * units + unit + 16 * v);
      if (s->gates && s->gates != s->x)
        for (int64_t g = 0; g < saved; g++) __builtin_prefetch(s->gates + (r * 4 + g) * units + unit + 16 * v, 1);
      __builtin_prefetch(s->next + at, 1);
      if (s->also) __builtin_prefetch(s->also + at, 1);
      if (s->c) __builtin_prefetch(s->c + at, 1), __builtin_prefetch(s->c_before + at);
    }
}

/// The gates of a tile.
static void recurrent_gates(const vk_recurrent_arguments *p, const recurrent_plan *plan, const recurrent_step *s,
                            const float *sums, int64_t row, int64_t rows, int64_t panel) {
  const int64_t units = p->sizes.units;
  for (int64_t r = row; r < row + rows; r++, sums += 16 * plan->vectors) {
    const int64_t unit = 16 * panel;
    switch (p->sizes.cell) {
      case VK_CELL_LSTM: lstm_unit(s, sums, r, unit, units, at_most_sixteen(units - unit)); break;
      case VK_CELL_GRU: gru_unit(s, sums, p->bias, r, unit, units, at_most_sixteen(units - unit)); break;
      default:
        for (int64_t v = 0, u = unit * plan->vectors; v < plan->vectors && u < units; v++, u += 16)
          simple_unit(s, sums + 16 * v, r * units + u, at_most_sixteen(units - u), p->sizes.cell);
    }
  }
}

static recurrent_step recurrent_step_at(const vk_recurrent_arguments *p, const recurrent_plan *plan, int64_t step,
                                        const float *before) {
  const vk_recurrent_sizes *sizes = &p->sizes;
  const int64_t t = recurrent_time(sizes, step), state = sizes->batch * sizes->units;
  const bool ends = step + 1 == sizes->time;
  float *spare = p->workspace + plan->states;
  recurrent_step s = {.x = p->x + t * plan->gates * state, .before = before};
  // h goes to the next step's start, to the sequence and at last to the end, whichever there are.
  float *places[3] = {p->starts && !ends ? p->starts + recurrent_time(sizes, step + 1) * state : 0,
                      p->h ? p->h + t * state : 0, ends ? p->last_h : 0};
  float *used[3] = {spare + step % 2 * plan->state, 0, 0};
  for (int i = 0, n = 0; i < 3; i++)
    if (places[i]) used[n++] = places[i];
  s.next = used[0], s.also = used[1], s.last = used[2];
  if (sizes->cell == VK_CELL_LSTM) {
    float *kept = spare + 2 * plan->state;
    s.c = p->c ? p->c + t * state : kept;
    s.c_before = step == 0 ? p->first_c : p->c ? p->c + recurrent_time(sizes, step - 1) * state : kept;
  }
  if (p->gates) s.gates = p->gates + t * 4 * state;
  return s;
}

static void recurrent_member(void *context, int thread, int threads) {
  const recurrent_team *team = context;
  const vk_recurrent_arguments *p = team->arguments;
  const recurrent_plan *plan = &team->plan;
  const int64_t units = p->sizes.units, most = recurrent_rows[plan->vectors];
  const recurrent_share share = recurrent_part(plan, p->sizes.batch, thread, threads);
  const bool meets = threads > 1 && !plan->splits_batch;
  _Alignas(64) float sums[48 * 16];
  const float *before = p->first_h;
  for (int64_t step = 0; step < p->sizes.time; step++) {
    const recurrent_step s = recurrent_step_at(p, plan, step, before);
    for (int64_t panel = share.panel; panel < share.panel_end; panel++) {
      const float *columns = p->workspace + panel * plan->panel;
      for (int64_t row = share.row; row < share.row_end;) {
        const int64_t rows = recurrent_tile_rows(share.row_end, row, most);
        recurrent_ask(p, plan, &s, row, rows, panel);
        recurrent_sums_functions[plan->vectors][rows - 1](before + row * units, units, columns, units, sums);
        recurrent_gates(p, plan, &s, sums, row, rows, panel);
        row += rows;
      }
    }
    before = s.next;
    if (meets) pool_barrier();
  }
}

/// What is left when all steps are done: c at the end, and h at the start.
static void recurrent_finish(const vk_recurrent_arguments *p, const recurrent_plan *plan) {
  const int64_t state = p->sizes.batch * p->sizes.units;
  const size_t bytes = (size_t)state * sizeof(float);
  if (p->last_c) {
    const int64_t t = recurrent_time(&p->sizes, p->sizes.time - 1);
    memcpy(p->last_c, p->c ? p->c + t * state : p->workspace + plan->states + 2 * plan->state, bytes);
  }
  if (p->starts) memcpy(p->starts + recurrent_time(&p->sizes, 0) * state, p->first_h, bytes);
}

void VK_LEVEL(vk_recurrent)(void *arguments) {
  const vk_recurrent_arguments *p = arguments;
  recurrent_team team = {p, vk_recurrent_plan(&p->sizes, false)};
  pool_run(recurrent_pack, &team, p->sizes.threads);
  pool_run(recurrent_member, &team, p->sizes.threads);
  recurrent_finish(p, &team.plan);
}
