// Sums of chosen rows: the places of all choices first, then for each vector of columns tables and tiles below one another.
#include "ThreadPool.h"
#include "choice_plan.h"
#include "lane_math.h"

typedef struct {
  const vk_choice_product_arguments *arguments;
  choice_plan plan;
} choice_team;

/// Bit l says whether lane l is anything but 0.
INLINE uint32_t choice_bits(lanes x) {
#ifdef VK_MASKS
  return _mm512_cmp_ps_mask((__m512)x, _mm512_setzero_ps(), _CMP_NEQ_UQ);
#else
  uint32_t bits = 0;
  for (int l = 0; l < 16; l++) bits |= (uint32_t)(x[l] != 0.f) << l;
  return bits;
#endif
}

/// Where the tables of a four begin among those made at a time, in bytes.
INLINE uint32_t choice_table_place(int64_t four) { return (uint32_t)(four % CHOICE_TABLES) * 1024; }

/// The places of some tiles whose numbers of one row are neighbours.
static void choice_place_rows(const vk_choice_product_arguments *p, const choice_plan *plan, int64_t first, int64_t last) {
  uint16_t *places = (uint16_t *)p->workspace;
  for (int64_t row = first * CHOICE_ROWS; row < last * CHOICE_ROWS; row++) {
    uint16_t *to = places + row / CHOICE_ROWS * plan->fours * CHOICE_ROWS + row % CHOICE_ROWS;
    for (int64_t q = 0; q < plan->fours; q += 4) {
      const int64_t rest = p->k - 4 * q, fours = plan->fours - q < 4 ? plan->fours - q : 4;
      const float *from = p->a + row * p->a_row + 4 * q;
      uint32_t bits = row >= p->m ? 0 : choice_bits(rest >= 16 ? load(from) : load_part(from, rest));
      for (int64_t i = 0; i < fours; i++, bits >>= 4)
        to[(q + i) * CHOICE_ROWS] = (uint16_t)(choice_table_place(q + i) + (bits & 15) * 64);
    }
  }
}

/// The same for any strides, quick where rows are neighbours.
static void choice_place_columns(const vk_choice_product_arguments *p, const choice_plan *plan, int64_t first, int64_t last) {
  typedef uint16_t small __attribute__((ext_vector_type(16)));
  uint16_t *places = (uint16_t *)p->workspace;
  for (int64_t tile = first; tile < last; tile += 2) {
    const int64_t row = tile * CHOICE_ROWS, rows = p->m - row < 16 ? p->m - row : 16;
    for (int64_t q = 0; q < plan->fours; q++) {
      whole place = (whole)((int32_t)choice_table_place(q));
      for (int64_t i = 0; i < 4 && 4 * q + i < p->k; i++) {
        const float *from = p->a + row * p->a_row + (4 * q + i) * p->a_column;
        lanes x = splat(0.f);
        if (p->a_row == 1) x = load_part(from, rows);
        else for (int64_t l = 0; l < rows; l++) x[l] = from[l * p->a_row];
        place += (x != 0.f) & (whole)(64 << i);
      }
      const small both = __builtin_convertvector(place, small);
      for (int h = 0; h < 2 && tile + h < last; h++)
        for (int r = 0; r < CHOICE_ROWS; r++)
          places[((tile + h) * plan->fours + q) * CHOICE_ROWS + r] = both[8 * h + r];
    }
  }
}

static void choice_place(void *context, int thread, int threads) {
  const choice_team *team = context;
  int64_t first, last;
  pool_part(team->plan.tiles, 2, thread, threads, &first, &last);
  if (team->arguments->a_column == 1) choice_place_rows(team->arguments, &team->plan, first, last);
  else choice_place_columns(team->arguments, &team->plan, first, last);
}

/// The sixteen sums of four vectors, by the bits that choose.
INLINE void choice_table(lanes a, lanes b, lanes c, lanes d, float *to) {
  const lanes zero = splat(0.f), low[4] = {zero, a, b, a + b}, high[4] = {zero, c, d, c + d};
#pragma clang loop unroll(full)
  for (int h = 0; h < 4; h++)
    for (int l = 0; l < 4; l++) store(to + 16 * (4 * h + l), h == 0 ? low[l] : l == 0 ? high[h] : high[h] + low[l]);
}

/// Sixteen columns of b, which are neighbours along k, become rows: `rows` of them from `q` on.
INLINE void choice_turn(const vk_choice_product_arguments *p, int64_t q, int64_t rows, int64_t column, int64_t columns,
                        float *to) {
  for (int64_t h = 0; h < 2; h++) {
    product_tile tile;
    for (int64_t l = 0; l < 8; l++)
      tile.at[l][0] = 8 * h + l < columns ? load_part(p->b + (column + 8 * h + l) * p->b_column + q, rows) : splat(0.f);
    const product_target turned = {to + 8 * h, 0, 16, 8, 16, 0, 0};
    store_turned(&tile, &turned, 1);
  }
}

/// Four rows of b, of some columns; zeros past k.
INLINE void choice_rows(const vk_choice_product_arguments *p, int64_t q, int64_t column, int64_t columns, lanes *x) {
  const float *from = p->b + q * p->b_row + column * p->b_column;
  for (int l = 0; l < 4; l++, from += p->b_row) {
    x[l] = splat(0.f);
    if (q + l >= p->k) continue;
    if (p->b_column == 1) x[l] = load_part(from, columns);
    else for (int64_t j = 0; j < columns; j++) x[l][j] = from[j * p->b_column];
  }
}

/// The tables of fours from `four` on, of some columns.
static void choice_tables(const vk_choice_product_arguments *p, int64_t four, int64_t fours, int64_t column, int64_t columns,
                          float *to) {
  const bool turns = p->b_row == 1 && p->b_column != 1, whole_rows = p->b_column == 1 && columns == 16;
  const int64_t row = p->b_row;
  float turned[16 * 16];
  for (int64_t i = 0; i < fours; i++, to += 256) {
    const int64_t q = 4 * (four + i);
    if (turns) {
      if (i % 4 == 0) choice_turn(p, q, p->k - q < 16 ? p->k - q : 16, column, columns, turned);
      const float *x = turned + i % 4 * 64;
      choice_table(load(x), load(x + 16), load(x + 32), load(x + 48), to);
    } else if (whole_rows && q + 4 <= p->k) {
      const float *x = p->b + q * row + column, *ahead = x + 16 * row;
      for (int l = 0; l < 4; l++) __builtin_prefetch(ahead + l * row);
      choice_table(load(x), load(x + row), load(x + 2 * row), load(x + 3 * row), to);
    } else {
      lanes x[4];
      choice_rows(p, q, column, columns, x);
      choice_table(x[0], x[1], x[2], x[3], to);
    }
  }
}

/// Adds what eight rows choose of some tables to their sums.
static __attribute__((noinline)) void choice_sums(const uint16_t *places, int64_t fours, const float *tables, float *sums,
                                                  bool adds) {
  const char *at = (const char *)tables;
  lanes sum[CHOICE_ROWS];
#pragma clang loop unroll(full)
  for (int r = 0; r < CHOICE_ROWS; r++) sum[r] = adds ? load(sums + 16 * r) : splat(0.f);
#pragma clang loop unroll(disable)
  for (; fours > 0; fours--, places += CHOICE_ROWS)
#pragma clang loop unroll(full)
    for (int r = 0; r < CHOICE_ROWS; r += 4) {
      uint64_t four;  // places at a time: a register is taken apart more quickly than memory is read
      memcpy(&four, places + r, sizeof four);
#if defined(__x86_64__)
      __asm__("" : "+r"(four));
#endif
      sum[r] += load((const float *)(at + (four & 0xffff)));
      sum[r + 1] += load((const float *)(at + (four >> 16 & 0xffff)));
      sum[r + 2] += load((const float *)(at + (four >> 32 & 0xffff)));
      sum[r + 3] += load((const float *)(at + (four >> 48)));
    }
#pragma clang loop unroll(full)
  for (int r = 0; r < CHOICE_ROWS; r++) store(sums + 16 * r, sum[r]);
}

/// Bias and activation, and to c.
static void choice_store(const vk_choice_product_arguments *p, const float *sums, int64_t row, int64_t rows, int64_t column,
                         int64_t columns) {
  const lanes bias = p->bias ? load_part(p->bias + column, columns) : splat(0.f);
  for (int64_t r = 0; r < rows; r++, sums += 16) {
    lanes x = load(sums) + bias;
    switch (p->activation) {
      case VK_ACTIVATION_SIGMOID: x = gate(x); break;
      case VK_ACTIVATION_TANH: x = tanh_of(x); break;
      default: x = activated(x, p->activation);
    }
    store_part(p->c + (row + r) * p->c_row + column, x, columns);
  }
}

static void choice_member(void *context, int thread, int threads) {
  const choice_team *team = context;
  const vk_choice_product_arguments *p = team->arguments;
  const choice_plan *plan = &team->plan;
  const uint16_t *places = (const uint16_t *)p->workspace;
  float *tables = p->workspace + plan->places + thread * (plan->tables + plan->sums), *sums = tables + plan->tables;
  const int64_t most = CHOICE_PANEL / CHOICE_ROWS;
  int64_t first, last;
  pool_part(p->n, 16, thread, threads, &first, &last);
  for (int64_t panel = 0; panel < plan->tiles; panel += most) {
    const int64_t tiles = plan->tiles - panel < most ? plan->tiles - panel : most, row = panel * CHOICE_ROWS;
    for (int64_t column = first; column < last; column += 16) {
      const int64_t columns = last - column < 16 ? last - column : 16;
      for (int64_t four = 0; four < plan->fours; four += CHOICE_TABLES) {
        const int64_t fours = plan->fours - four < CHOICE_TABLES ? plan->fours - four : CHOICE_TABLES;
        choice_tables(p, four, fours, column, columns, tables);
        for (int64_t tile = 0; tile < tiles; tile++)
          choice_sums(places + ((panel + tile) * plan->fours + four) * CHOICE_ROWS, fours, tables,
                      sums + tile * CHOICE_ROWS * 16, four > 0);
      }
      const int64_t rows = p->m - row < tiles * CHOICE_ROWS ? p->m - row : tiles * CHOICE_ROWS;
      choice_store(p, sums, row, rows, column, columns);
    }
  }
}

void VK_LEVEL(vk_choice_product)(void *arguments) {
  const vk_choice_product_arguments *p = arguments;
  choice_team team = {p, vk_choice_plan(p)};
  pool_run(choice_place, &team, p->threads);
  pool_run(choice_member, &team, p->threads);
}
