// The map kernel: creation, the share of each thread, reductions across tiles and threads.
#include "map_internal.h"
#include "ThreadPool.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#define LEVEL 0
#define LEVEL_INLINE static inline __attribute__((always_inline, unused))
#include <math.h>
#include "map_convert.h"

static _Atomic int32_t limit = 4;
void vk_map_limit(int32_t level) { limit = level; }

static const lane_table *processor_lanes(void) {
#if defined(__x86_64__)
  if (limit >= 4 && __builtin_cpu_supports("x86-64-v4")) return &vk_lanes_v4;
  if (limit >= 3 && __builtin_cpu_supports("x86-64-v3")) return &vk_lanes_v3;
#endif
  return &vk_lanes_base;
}

static const char *impossible(const vk_map_description *d) {
  if (d->class_ < VK_CLASS_F32 || d->class_ > VK_CLASS_I64) return "map: the class is none of F32, F64, I64";
  if (d->inputs < 0 || d->outputs < 1 || d->inputs + d->outputs > VK_MAP_OPERANDS)
    return "map: expected at least one output and at most 64 operands";
  if (d->instructions < 0 || d->instructions > VK_MAP_REGISTERS) return "map: expected at most 255 instructions";
  if (d->segments < 1) return "map: expected at least one segment";
  for (int32_t k = 0; k < d->inputs; k++) if (d->input_types[k] > VK_BOOL) return "map: unknown type of an input";
  for (int32_t o = 0; o < d->outputs; o++) {
    if (d->output[o].type > VK_BOOL) return "map: unknown type of an output";
    if (d->output[o].mode > VK_REDUCE_ANY) return "map: unknown mode of an output";
    if (d->output[o].across_segments && d->output[o].mode == VK_STORE)
      return "map: only a reduction goes across segments";
  }
  return NULL;
}

static bool prepare_workers(struct vk_map *map) {
  const int64_t size = map->class_ == VK_CLASS_F32 ? 4 : 8, tile = (LANES + 32) * size;
  map->workers = calloc((size_t)map->threads, sizeof *map->workers);
  if (!map->workers) return false;
  for (int32_t t = 0; t < map->threads; t++) {
    map_worker *w = &map->workers[t];
    w->slots = calloc((size_t)map->slots + 1, sizeof *w->slots);
    w->held = calloc((size_t)map->inputs + 1, sizeof *w->held);
    w->tiles = aligned_alloc(64, (size_t)(map->slots * tile + LANES * 8 + 64) & ~(size_t)63);
    bool owner = t == 0 || map->private_accumulators;
    w->accumulators = owner ? calloc((size_t)map->accumulators + 1, 8) : map->workers[0].accumulators;
    if (!w->slots || !w->held || !w->tiles || !w->accumulators) return false;
    memset(w->tiles, 0, (size_t)(map->slots * tile));
    w->spare = w->tiles + map->slots * tile;
    for (int32_t s = 0; s < map->slots; s++) w->slots[s] = w->tiles + s * tile;
    // Operands that a step does not have: bodies that are not optimized read them all the same.
    w->slots[map->slots] = w->spare;
    // Constants are written once; their steps then leave the prologue.
    for (int32_t i = 0; i < map->prologue; i++)
      if (map->steps[i].op == VK_CONSTANT) map->steps[i].run(&map->steps[i], w->slots, LANES);
  }
  int32_t kept = 0;
  for (int32_t i = 0; i < map->prologue + map->body; i++)
    if (i >= map->prologue || map->steps[i].op != VK_CONSTANT) map->steps[kept++] = map->steps[i];
  map->prologue -= map->prologue + map->body - kept;
  return true;
}

vk_map *vk_map_create(const vk_map_description *description, char *message, size_t capacity) {
  const char *reason = impossible(description);
  if (reason) {
    if (message && capacity) snprintf(message, capacity, "%s", reason);
    return NULL;
  }
  struct vk_map *map = calloc(1, sizeof *map);
  if (!map) return NULL;
  map->lanes = processor_lanes();
  map->class_ = description->class_;
  map->threads = description->threads < 1 ? 1 : description->threads > 1024 ? 1024 : description->threads;
  map->inputs = description->inputs;
  map->outputs = description->outputs;
  map->segments = description->segments;
  map->input_types = calloc((size_t)map->inputs + 1, 1);
  map->output = calloc((size_t)map->outputs, sizeof *map->output);
  map->segment = calloc((size_t)map->segments, sizeof *map->segment);
  bool good = map->input_types && map->output && map->segment;
  if (good && map->inputs) memcpy(map->input_types, description->input_types, (size_t)map->inputs);
  for (int32_t o = 0; good && o < map->outputs; o++) {
    const vk_output *given = &description->output[o];
    map->output[o] = (output_plan){.type = given->type, .mode = given->mode, .across = given->across_segments,
                                   .scale = given->scale == 0 ? 1 : given->scale};
    map->reduces |= given->mode != VK_STORE;
  }
  for (int32_t k = 0; good && k < map->inputs; k++) {
    bool uniform = true;
    for (int32_t s = 0; s < map->segments; s++)
      for (int32_t r = 0; r < description->segment[s].rank; r++)
        uniform &= description->segment[s].strides[k * description->segment[s].rank + r] == 0;
    if (uniform) map->uniform |= 1ull << k;
  }
  for (int32_t s = 0; good && s < map->segments; s++) good = vk_map_layout(map, s, description, message, capacity);
  good = good && vk_map_program(map, description, message, capacity);
  if (good && !prepare_workers(map)) {
    good = false;
    if (message && capacity) snprintf(message, capacity, "map: out of memory");
  }
  if (good) return map;
  vk_map_destroy(map);
  return NULL;
}

void vk_map_destroy(vk_map *map) {
  if (!map) return;
  for (int32_t s = 0; map->segment && s < map->segments; s++) {
    segment_plan *plan = &map->segment[s];
    for (int32_t o = 0; plan->operands && o < map->inputs + map->outputs; o++) free(plan->operands[o].offsets);
    free(plan->operands); free(plan->strides); free(plan->compact);
  }
  for (int32_t t = 0; map->workers && t < map->threads; t++) {
    map_worker *w = &map->workers[t];
    free(w->slots); free(w->held); free(w->tiles);
    if (t == 0 || map->private_accumulators) free(w->accumulators);
  }
  free(map->workers); free(map->segment); free(map->output); free(map->input_types); free(map->steps);
  free(map);
}

void **vk_map_pointer(vk_map *map, int32_t segment, int32_t operand) {
  if (segment < 0 || segment >= map->segments || operand < 0 || operand >= map->inputs + map->outputs) return NULL;
  return &map->segment[segment].operands[operand].pointer;
}

// MARK: - Running

/// First tile of a segment that belongs to `thread`, when all elements before this segment number `before`.
static int64_t first_tile(const struct vk_map *map, const segment_plan *plan, int64_t before, int thread, int threads) {
  if (thread <= 0) return 0;
  if (thread >= threads) return plan->tiles;
  double share = ((double)map->elements * thread / threads - (double)before) / (double)plan->elements;
  if (share <= 0) return 0;
  if (share >= 1) return plan->tiles;
  int64_t blocks = plan->tiles / plan->grain;
  return (int64_t)(share * (double)blocks) * plan->grain;
}

static void start_accumulators(const struct vk_map *map, double *sums) {
  static const double identity[] = {0, 0, -__builtin_inf(), __builtin_inf(), 1, 1, 0};
  static const int64_t integer_identity[] = {0, 0, INT64_MIN, INT64_MAX, 1, 1, 0};
  for (int32_t s = 0; s < map->segments; s++) {
    for (int32_t o = 0; o < map->outputs; o++) {
      uint8_t mode = map->output[o].mode;
      const operand_plan *at = &map->segment[s].operands[map->inputs + o];
      if (mode == VK_STORE) continue;
      if (map->class_ == VK_CLASS_I64)
        for (int64_t i = 0; i < at->count; i++) ((int64_t *)sums)[at->accumulators + i] = integer_identity[mode];
      else
        for (int64_t i = 0; i < at->count; i++) sums[at->accumulators + i] = identity[mode];
    }
  }
}

#define COMBINE(T) \
  switch (mode) { \
    case VK_REDUCE_SUM: return s + x; \
    case VK_REDUCE_PROD: return s * x; \
    case VK_REDUCE_MAX: return x > s || x != x ? x : s; \
    case VK_REDUCE_MIN: return x < s || x != x ? x : s; \
    case VK_REDUCE_ALL: return s != 0 && x != 0; \
    default: return s != 0 || x != 0; \
  }
static double combine_real(uint8_t mode, double s, double x) { COMBINE(double) }
static int64_t combine_integer(uint8_t mode, int64_t s, int64_t x) { COMBINE(int64_t) }

/// Joins the workers' accumulators in their order, scales and stores one reduced output.
static void finish_output(const struct vk_map *map, const segment_plan *plan, int32_t o, int workers) {
  const output_plan *out = &map->output[o];
  const operand_plan *at = &plan->operands[map->inputs + o];
  const int64_t *strides = plan->strides + (map->inputs + o) * VK_MAP_RANK, size = vk_dtype_size(out->type);
  int64_t index[VK_MAP_RANK] = {0}, offset = 0;
  for (int64_t i = 0; i < at->count; i++) {
    void *target = (char *)at->pointer + offset * size;
    if (map->class_ == VK_CLASS_I64) {
      int64_t value = ((int64_t *)map->workers[0].accumulators)[at->accumulators + i];
      for (int t = 1; t < workers; t++)
        value = combine_integer(out->mode, value, ((int64_t *)map->workers[t].accumulators)[at->accumulators + i]);
      if (out->scale != 1) {
        double scaled = (double)value * out->scale;
        store_f64(out->type, target, &scaled, 1);
      } else {
        store_i64(out->type, target, &value, 1);
      }
    } else {
      double value = map->workers[0].accumulators[at->accumulators + i];
      for (int t = 1; t < workers; t++)
        value = combine_real(out->mode, value, map->workers[t].accumulators[at->accumulators + i]);
      value *= out->scale;
      store_f64(out->type, target, &value, 1);
    }
    for (int32_t k = plan->rank - 1; k >= 0; k--) {
      if (strides[k] == 0) continue;
      offset += strides[k];
      if (++index[k] < plan->dims[k]) break;
      offset -= strides[k] * plan->dims[k];
      index[k] = 0;
    }
  }
}

typedef struct {
  struct vk_map *map;
  int team;
} map_team;

static void work(void *context, int thread, int threads) {
  map_team *team = context;
  struct vk_map *map = team->map;
  map_worker *worker = &map->workers[thread];
  if (thread == 0) team->team = threads;
  if (map->private_accumulators && map->reduces) start_accumulators(map, worker->accumulators);
  int64_t before = 0;
  for (int32_t s = 0; s < map->segments; s++) {
    const segment_plan *plan = &map->segment[s];
    int64_t first = first_tile(map, plan, before, thread, threads);
    int64_t last = first_tile(map, plan, before, thread + 1, threads);
    if (first < last) map->lanes->range(map, worker, s, first, last);
    before += plan->elements;
  }
}

void vk_map_run(void *argument) {
  struct vk_map *map = argument;
  if (!map->reduces && map->threads == 1) {
    for (int32_t s = 0; s < map->segments; s++)
      if (map->segment[s].tiles) map->lanes->range(map, map->workers, s, 0, map->segment[s].tiles);
    return;
  }
  map_team team = {map, 1};
  if (map->reduces && !map->private_accumulators) start_accumulators(map, map->workers[0].accumulators);
  pool_run(work, &team, map->threads);
  if (!map->reduces) return;
  for (int32_t s = 0; s < map->segments; s++)
    for (int32_t o = 0; o < map->outputs; o++)
      if (map->output[o].mode != VK_STORE)
        finish_output(map, &map->segment[s], o, map->private_accumulators ? team.team : 1);
}

// MARK: - Parts

int32_t vk_map_is_flat(const vk_map *map) {
  return map->segments == 1 && map->segment[0].flat && map->elements > 1;
}

int32_t vk_map_arrays(const vk_map *map, int32_t except, const float **arrays, int32_t capacity) {
  int32_t count = 0;
  for (int32_t o = 0; o < map->inputs && count < capacity; o++) {
    const operand_plan *at = &map->segment[0].operands[o];
    if (o != except && !at->fixed) arrays[count++] = at->pointer;
  }
  return count;
}

void vk_map_open(vk_map *map, int32_t thread) { map->lanes->open(map, &map->workers[thread], map->segment); }

void vk_map_slice(vk_map *map, int32_t thread, int64_t first, int64_t count, int32_t operand, const void *values) {
  map->lanes->slice(map, &map->workers[thread], map->segment, &(map_slice){first, count, operand, values});
}

int32_t vk_map_moments(const vk_map *map, int32_t thread, int32_t gradient, vk_moments *moments) {
  const lane_step *s = map->steps + map->prologue;
  const map_worker *worker = &map->workers[thread];
  if (map->body != 1 || s->op != STEP_MOMENTS || s->a != gradient || map->outputs != 3 || worker->direct != 7) return 0;
  const operand_plan *operands = map->segment[0].operands;
  const uint16_t read[3] = {s->b, s->c, s->more[0]}, made[3] = {s->also[0], s->also[1], s->d};
  float *from[3], *to[3] = {0};
  for (int k = 0; k < 3; k++) {
    if (read[k] >= map->inputs || operands[read[k]].fixed) return 0;
    from[k] = operands[read[k]].pointer;
    for (int o = 0; o < 3; o++) if (map->output[o].slot == made[k]) to[k] = operands[map->inputs + o].pointer;
    if (!to[k]) return 0;
  }
  char **slots = worker->slots;
  *moments = (vk_moments){
    from[0], from[1], from[2], to[0], to[1], to[2], *(float *)slots[s->more[1]], *(float *)slots[s->more[2]],
    *(float *)slots[s->more[3]], (float)s->scale, (float)s->shift};
  return 1;
}
