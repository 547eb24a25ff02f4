// The tile loop of one instruction set: loads what has to be loaded, runs the program, stores and folds.
#include "map_convert.h"
#include "map_fold.h"

/// Fills a tile with one element.
LEVEL_INLINE void splat_lanes(int32_t class_, uint8_t type, const void *source, void *tile, int64_t n) {
  n = (n + 15) & ~(int64_t)15;
  if (class_ == VK_CLASS_F32) {
    float value;
    if (type == VK_F32) value = *(const float *)source; else load_f32(type, source, &value, 1);
    for (int64_t i = 0; i < n; i += 16) *(f16x *)((float *)tile + i) = (narrow)(value);
  } else {
    uint64_t value;
    load_lanes(class_, type, source, &value, 1);
    for (int64_t i = 0; i < n; i++) ((uint64_t *)tile)[i] = value;
  }
}

/// Whether an output can be written while the program runs: no input read later lies at the same address.
LEVEL_INLINE bool writes_freely(const output_plan *out, const operand_plan *operands, const void *target) {
  for (uint64_t later = out->read_later; later; later &= later - 1)
    if (operands[__builtin_ctzll(later)].pointer == target) return false;
  return true;
}

/// Prepares a worker for slices of a flat segment: numbers that are one for all, what follows from them alone, and which
/// outputs the program may write in place.
static void open_flat(struct vk_map *map, map_worker *worker, const segment_plan *plan) {
  const int32_t inputs = map->inputs, class_ = map->class_;
  const int64_t lane_size = class_ == VK_CLASS_F32 ? 4 : 8, stride = (LANES + 32) * lane_size;
  const int64_t most = plan->elements < LANES ? plan->elements : LANES;
  char **slots = worker->slots, *own = worker->tiles;
  slots[map->slots] = worker->spare;
  for (int32_t o = 0; o < inputs; o++, own += stride) {
    slots[o] = own;
    worker->held[o] = NULL;
    if (plan->operands[o].fixed) splat_lanes(class_, map->input_types[o], plan->operands[o].pointer, own, most);
  }
  const lane_step *steps = map->steps, *body = steps + map->prologue;
  for (const lane_step *s = steps; s != body; s++) s->run(s, slots, (most + 15) & ~(int64_t)15);
  worker->direct = 0;
  for (int32_t o = 0; o < map->outputs; o++) {
    const output_plan *out = &map->output[o];
    if (out->in_place && writes_freely(out, plan->operands, plan->operands[inputs + o].pointer)) worker->direct |= 1ull << o;
  }
}

/// A slice of a flat segment: small parameters, where every nanosecond around the steps counts, and strips of products.
static void run_slice(struct vk_map *map, map_worker *worker, const segment_plan *plan, const map_slice *slice) {
  const int32_t inputs = map->inputs, outputs = map->outputs;
  const int64_t lane_size = map->class_ == VK_CLASS_F32 ? 4 : 8, words = lane_size / 4, stride = (LANES + 32) * lane_size;
  const operand_plan *operands = plan->operands, *targets = operands + inputs;
  const lane_step *body = map->steps + map->prologue, *end = body + map->body;
  char **slots = worker->slots;
  for (int64_t t = 0; t < slice->count; t += LANES) {
    const int64_t n = slice->count - t < LANES ? slice->count - t : LANES, padded = (n + 15) & ~(int64_t)15;
    const bool whole = n == padded;
    for (int32_t o = 0; o < inputs; o++) {
      if (operands[o].fixed) continue;
      char *base = o == slice->operand ? (char *)slice->values + t * lane_size
                                       : (char *)operands[o].pointer + (slice->first + t) * lane_size;
      slots[o] = whole ? base : worker->tiles + o * stride;
      if (!whole) fill_words(slots[o], base, n * words);
    }
    for (int32_t o = 0; o < outputs; o++) {
      const uint16_t slot = map->output[o].slot;
      if (slot < inputs) continue;
      slots[slot] = whole && worker->direct >> o & 1 ? (char *)targets[o].pointer + (slice->first + t) * lane_size
                                                     : worker->tiles + slot * stride;
    }
    for (const lane_step *s = body; s != end; s++) s->run(s, slots, padded);
    for (int32_t o = 0; o < outputs; o++) {
      char *target = (char *)targets[o].pointer + (slice->first + t) * lane_size;
      const char *value = slots[map->output[o].slot];
      if (value != target) copy_words(target, value, n * words);
    }
  }
}

/// Where the next tile of the first large result will be stored: costly steps ask for its lines meanwhile, since stores
/// would otherwise wait for memory with nothing to do. Within the cache there is nothing to ask for.
LEVEL_INLINE char *look_ahead(const struct vk_map *map, const segment_plan *plan, const int64_t *offset, bool more,
                              const map_worker *worker) {
  const int32_t o = map->inputs;
  const operand_plan *at = &plan->operands[o];
  if (!plan->fetches || !more || at->lies != LIES_DIRECT || map->output[0].mode != VK_STORE ||
      vk_dtype_size(map->output[0].type) != 4)
    return worker->spare;
  return (char *)at->pointer + (offset[o] + at->step[plan->loops - 1]) * 4;
}

static void run_range(struct vk_map *map, map_worker *worker, int32_t segment, int64_t first, int64_t last) {
  const segment_plan *plan = &map->segment[segment];
  if (plan->flat && plan->tiles == 1) {
    open_flat(map, worker, plan);
    run_slice(map, worker, plan, &(map_slice){0, plan->elements, -1, NULL});
    return;
  }
  const int32_t inputs = map->inputs, outputs = map->outputs, class_ = map->class_, loops = plan->loops;
  const int64_t lane_size = class_ == VK_CLASS_F32 ? 4 : 8, words = lane_size / 4;
  const uint8_t native = class_ == VK_CLASS_F32 ? VK_F32 : class_ == VK_CLASS_F64 ? VK_F64 : VK_I64;
  char **slots = worker->slots;
  const int64_t stride = (LANES + 32) * lane_size;
  const lane_step *steps = map->steps, *body = steps + map->prologue, *end = body + map->body;
  const int64_t most = (plan->rows < plan->split ? plan->rows : plan->split) * plan->inner, split = plan->split;

  int64_t index[VK_MAP_RANK + 1], offset[VK_MAP_OPERANDS];
  int64_t rest = first;
  for (int32_t k = loops - 1; k >= 0; k--) {
    index[k] = rest % plan->extent[k];
    rest /= plan->extent[k];
  }
  for (int32_t o = 0; o < inputs + outputs; o++) {
    offset[o] = 0;
    for (int32_t k = 0; k < loops; k++) offset[o] += index[k] * plan->operands[o].step[k];
  }
  for (int32_t o = 0; o < inputs; o++) {
    slots[o] = worker->tiles + o * stride;
    worker->held[o] = NULL;
    if (plan->operands[o].fixed) splat_lanes(class_, map->input_types[o], plan->operands[o].pointer, slots[o], most);
  }
  slots[map->slots] = worker->spare;
  for (const lane_step *s = steps; s != body; s++) s->run(s, slots, (most + 15) & ~(int64_t)15);

  uint64_t direct = 0;  // outputs the program writes in place
  for (int32_t o = 0; o < outputs; o++) {
    const output_plan *out = &map->output[o];
    const operand_plan *at = &plan->operands[inputs + o];
    if (out->mode == VK_STORE && out->slot >= inputs) slots[out->slot] = worker->tiles + out->slot * stride;
    if (!out->in_place || at->lies != LIES_DIRECT) continue;
    if (writes_freely(out, plan->operands, at->pointer)) direct |= 1ull << o;
  }

  for (int64_t tile = first; tile < last; tile++) {
    int64_t rows = split - index[loops - 1] * plan->rows;
    if (rows > plan->rows) rows = plan->rows;
    const int64_t n = rows * plan->inner, padded = (n + 15) & ~(int64_t)15;
    const bool whole = n == padded;
    for (int32_t o = 0; o < inputs; o++) {
      const operand_plan *at = &plan->operands[o];
      if (at->fixed) continue;
      const uint8_t type = map->input_types[o];
      const char *base = (const char *)at->pointer + offset[o] * vk_dtype_size(type);
      char *own = worker->tiles + o * stride;
      if (at->lies == LIES_DIRECT) {
        if (type == native && whole) {
          slots[o] = (char *)base;
        } else {
          slots[o] = own;
          if (type == native) fill_words(own, base, n * words);
          else load_lanes(class_, type, base, own, n);
        }
      } else if (worker->held[o] != base) {
        worker->held[o] = base;
        // A short tile is a prefix of a whole one, except that it need not be readable past its end.
        if (at->lies == LIES_SPLAT) {
          splat_lanes(class_, type, base, own, most);
        } else if (type == native) {
          gather_lanes(at, lane_size, base, own, n);
        } else {
          gather_lanes(at, vk_dtype_size(type), base, worker->spare, n);
          load_lanes(class_, type, worker->spare, own, n);
        }
        if (n < most && at->lies != LIES_SPLAT) worker->held[o] = NULL;
      }
    }
    for (int32_t o = 0; o < outputs; o++) {
      if (!(direct >> o & 1)) continue;
      const uint16_t slot = map->output[o].slot;
      slots[slot] = whole ? (char *)plan->operands[inputs + o].pointer + offset[inputs + o] * lane_size
                          : worker->tiles + slot * stride;
    }
    slots[map->slots] = look_ahead(map, plan, offset, index[loops - 1] + 1 < plan->extent[loops - 1], worker);
    for (const lane_step *s = body; s != end; s++) s->run(s, slots, padded);
    if (map->reduces) {  // before any store: a stored output may lie on an input that is folded
      for (int32_t o = 0; o < outputs; o++) {
        const output_plan *out = &map->output[o];
        const operand_plan *at = &plan->operands[inputs + o];
        double *sums = worker->accumulators + at->accumulators + offset[inputs + o];
        if (out->mode != VK_STORE) fold_lanes(class_, out->mode, at, slots[out->slot], n, plan->inner, sums);
      }
    }
    for (int32_t o = 0; o < outputs; o++) {
      const output_plan *out = &map->output[o];
      const operand_plan *at = &plan->operands[inputs + o];
      const char *value = slots[out->slot];
      if (out->mode != VK_STORE) continue;
      char *base = (char *)at->pointer + offset[inputs + o] * vk_dtype_size(out->type);
      if (at->lies == LIES_DIRECT) {
        if (out->type != native) store_lanes(class_, out->type, base, value, n);
        else if (value != base) copy_words(base, value, n * words);
      } else if (out->type == native) {
        scatter_lanes(at, lane_size, base, value, n);
      } else {
        store_lanes(class_, out->type, worker->spare, value, n);
        scatter_lanes(at, vk_dtype_size(out->type), base, worker->spare, n);
      }
    }
    if (++index[loops - 1] < plan->extent[loops - 1]) {
      for (int32_t o = 0; o < inputs + outputs; o++) offset[o] += plan->operands[o].step[loops - 1];
    } else {
      int32_t k = loops - 1;
      for (; k > 0 && index[k] == plan->extent[k]; k--) { index[k] = 0; index[k - 1]++; }
      for (int32_t o = 0; o < inputs + outputs; o++) {
        offset[o] = 0;
        for (int32_t j = 0; j < loops; j++) offset[o] += index[j] * plan->operands[o].step[j];
      }
    }
  }
}
