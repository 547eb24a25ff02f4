// The iteration space of a segment: axes ordered and joined, cut into tiles, and how each operand lies in a tile.
#include "map_internal.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  int32_t rank, operands;
  int64_t dims[VK_MAP_RANK];
  int64_t strides[VK_MAP_OPERANDS][VK_MAP_RANK];
} space;

static int64_t distance(int64_t stride) { return stride < 0 ? -stride : stride; }

/// How far apart neighbours along an axis lie: in the leading operand, else in any.
static int64_t axis_reach(const space *s, int32_t leader, int32_t axis) {
  int64_t reach = distance(s->strides[leader][axis]);
  for (int32_t o = 0; reach == 0 && o < s->operands; o++) reach = distance(s->strides[o][axis]);
  return reach;
}

static void swap_axes(space *s, int32_t a, int32_t b) {
  int64_t held = s->dims[a]; s->dims[a] = s->dims[b]; s->dims[b] = held;
  for (int32_t o = 0; o < s->operands; o++) {
    held = s->strides[o][a]; s->strides[o][a] = s->strides[o][b]; s->strides[o][b] = held;
  }
}

/// Sorts axes by the strides of the leading operand (a stored output, else the fullest input), then joins neighbours
/// that are one axis for every operand.
static void simplify(space *s, int32_t inputs, const output_plan *output) {
  int32_t leader = 0, fullest = -1;
  for (int32_t o = 0; o < s->operands; o++) {
    int32_t full = 0;
    for (int32_t k = 0; k < s->rank; k++) full += s->strides[o][k] != 0;
    if (o >= inputs && output[o - inputs].mode == VK_STORE) full += 2 * VK_MAP_RANK;
    if (full > fullest) { fullest = full; leader = o; }
  }
  for (int32_t i = 1; i < s->rank; i++)
    for (int32_t k = i; k > 0 && axis_reach(s, leader, k - 1) < axis_reach(s, leader, k); k--) swap_axes(s, k - 1, k);
  for (int32_t k = s->rank - 2; k >= 0; k--) {
    bool one = true;
    for (int32_t o = 0; o < s->operands; o++) one &= s->strides[o][k] == s->strides[o][k + 1] * s->dims[k + 1];
    if (!one) continue;
    s->dims[k] *= s->dims[k + 1];
    for (int32_t o = 0; o < s->operands; o++) s->strides[o][k] = s->strides[o][k + 1];
    for (int32_t j = k + 1; j < s->rank - 1; j++) {
      s->dims[j] = s->dims[j + 1];
      for (int32_t o = 0; o < s->operands; o++) s->strides[o][j] = s->strides[o][j + 1];
    }
    s->rank--;
  }
}

/// Offsets of the lanes of a whole tile.
static int64_t *lane_offsets(const segment_plan *plan, const int64_t *strides, int32_t split, int64_t rows) {
  int64_t lanes = rows * plan->inner, *offsets = malloc((size_t)lanes * sizeof *offsets);
  for (int64_t i = 0; offsets && i < lanes; i++) {
    int64_t rest = i, offset = 0;
    for (int32_t k = plan->rank - 1; k > split; k--) {
      offset += rest % plan->dims[k] * strides[k];
      rest /= plan->dims[k];
    }
    offsets[i] = offset + rest * strides[split];
  }
  return offsets;
}

static bool place_operand(const segment_plan *plan, operand_plan *at, const int64_t *strides, int32_t split, bool folds) {
  int64_t rows = plan->rows < plan->split ? plan->rows : plan->split, expected = 1;
  bool direct = true, inner_direct, inner_zero = true;
  for (int32_t k = plan->rank - 1; k > split; k--) {
    direct &= strides[k] == expected;
    inner_zero &= strides[k] == 0;
    expected *= plan->dims[k];
  }
  inner_direct = direct;
  if (rows > 1) direct &= strides[split] == expected;
  for (int32_t k = 0; k < split; k++) at->step[k] = strides[k];
  at->step[split] = strides[split] * plan->rows;
  at->row_step = strides[split];
  bool zero = inner_zero && (rows == 1 || strides[split] == 0);
  if (folds) {
    at->fold = zero ? FOLD_ALL : direct ? FOLD_LANES : inner_zero ? FOLD_ROWS
      : inner_direct && strides[split] == 0 ? FOLD_PERIOD : FOLD_TABLE;
  } else {
    at->run = plan->inner;
    at->run_stride = inner_direct && !inner_zero;
    at->lies = direct ? LIES_DIRECT : zero ? LIES_SPLAT
      : plan->inner >= 8 && (inner_direct || inner_zero) ? LIES_RUNS : LIES_TABLE;
    at->fixed = zero;
    for (int32_t k = 0; k <= split; k++) at->fixed &= at->step[k] == 0;
  }
  if (folds ? at->fold != FOLD_TABLE : at->lies == LIES_DIRECT || at->lies == LIES_SPLAT) return true;
  at->offsets = lane_offsets(plan, strides, split, rows);
  return at->offsets != NULL;
}

static bool refuse(char *message, size_t capacity, const char *text, int32_t segment, int32_t operand) {
  if (message && capacity) snprintf(message, capacity, text, segment, operand);
  return false;
}

bool vk_map_layout(struct vk_map *map, int32_t index, const vk_map_description *description, char *message,
                   size_t capacity) {
  const vk_segment *given = &description->segment[index];
  segment_plan *plan = &map->segment[index];
  const int32_t inputs = map->inputs, operands = inputs + map->outputs;
  space s = {.operands = operands};
  if (given->rank < 0 || given->rank > VK_MAP_RANK)
    return refuse(message, capacity, "map: segment %d: expected a rank of 0 to 8, given %d", index, given->rank);
  plan->operands = calloc((size_t)operands, sizeof *plan->operands);
  plan->strides = calloc((size_t)operands * VK_MAP_RANK, sizeof *plan->strides);
  plan->compact = calloc((size_t)operands * VK_MAP_RANK, sizeof *plan->compact);
  if (!plan->operands || !plan->strides || !plan->compact)
    return refuse(message, capacity, "map: segment %d: out of memory", index, 0);
  for (int32_t o = 0; o < operands; o++) plan->operands[o].pointer = given->pointers ? given->pointers[o] : NULL;

  plan->elements = 1;
  for (int32_t k = 0; k < given->rank; k++) {
    if (given->dims[k] < 0) return refuse(message, capacity, "map: segment %d: axis %d has a negative length", index, k);
    if (__builtin_mul_overflow(plan->elements, given->dims[k], &plan->elements))
      return refuse(message, capacity, "map: segment %d: too many elements, at axis %d", index, k);
    if (given->dims[k] == 1) continue;
    s.dims[s.rank] = given->dims[k];
    for (int32_t o = 0; o < operands; o++) {
      int64_t stride = given->strides[o * given->rank + k];
      if (o >= inputs && map->output[o - inputs].mode == VK_STORE && stride == 0 && given->dims[k] > 1)
        return refuse(message, capacity, "map: segment %d: stored output %d has stride 0 along a longer axis", index, o - inputs);
      if (o >= inputs && map->output[o - inputs].across && stride != 0)
        return refuse(message, capacity, "map: segment %d: output %d is reduced across segments and must have strides 0", index,
                      o - inputs);
      s.strides[o][s.rank] = stride;
    }
    s.rank++;
  }
  if (s.rank == 0) {
    s.rank = 1;
    s.dims[0] = 1;
    for (int32_t o = 0; o < operands; o++) s.strides[o][0] = 0;
  }
  if (plan->elements > 0) simplify(&s, inputs, map->output);

  // Inner axes join a tile while several of their repetitions fit; the tile spans indices of the axis before them.
  int32_t split = s.rank - 1;
  plan->inner = 1;
  while (split > 0 && plan->elements && plan->inner * s.dims[split] * 2 <= LANES) plan->inner *= s.dims[split--];
  plan->rank = s.rank;
  memcpy(plan->dims, s.dims, sizeof plan->dims);
  plan->split = s.dims[split];
  int64_t rows = LANES / plan->inner, unit = 1;
  while (unit * plan->inner % STEP_LANES) unit++;
  if (unit <= rows) rows -= rows % unit;
  plan->rows = rows;
  plan->loops = split + 1;
  plan->tiles = plan->elements ? 1 : 0;
  for (int32_t k = 0; k <= split && plan->tiles; k++) {
    plan->extent[k] = k < split ? s.dims[k] : (plan->split + rows - 1) / rows;
    plan->tiles *= plan->extent[k];
  }
  plan->grain = 1;
  for (int32_t o = 0; o < operands; o++) {
    int64_t *strides = plan->strides + o * VK_MAP_RANK, *compact = plan->compact + o * VK_MAP_RANK;
    memcpy(strides, s.strides[o], sizeof s.strides[o]);
    operand_plan *at = &plan->operands[o];
    bool folds = o >= inputs && map->output[o - inputs].mode != VK_STORE;
    if (folds) {
      output_plan *out = &map->output[o - inputs];
      at->count = 1;
      for (int32_t k = s.rank - 1; k >= 0; k--) {
        compact[k] = strides[k] ? at->count : 0;
        if (strides[k]) at->count *= s.dims[k];
      }
      if (out->across && index > 0) {
        at->accumulators = map->segment[0].operands[o].accumulators;
        at->count = 0;
      } else {
        at->accumulators = map->accumulators;
        map->accumulators += at->count;
      }
      if (compact[0] == 0) map->private_accumulators = true;
      if (plan->tiles) plan->grain = plan->tiles / plan->extent[0];
    }
    if (plan->tiles && !place_operand(plan, at, folds ? compact : strides, split, folds))
      return refuse(message, capacity, "map: segment %d: out of memory", index, 0);
    if (o < inputs && map->uniform >> o & 1) { at->fixed = true; at->lies = LIES_SPLAT; }
  }
  const uint8_t native = map->class_ == VK_CLASS_F32 ? VK_F32 : map->class_ == VK_CLASS_F64 ? VK_F64 : VK_I64;
  plan->flat = plan->tiles > 0 && plan->loops == 1;
  for (int32_t o = 0; o < operands; o++) {
    const operand_plan *at = &plan->operands[o];
    const bool lies = at->lies == LIES_DIRECT && plan->inner == 1;
    if (o < inputs) plan->flat &= map->input_types[o] == native && (at->fixed || lies);
    else plan->flat &= map->output[o - inputs].mode == VK_STORE && map->output[o - inputs].type == native && lies;
  }
  plan->fetches = plan->elements >= 1 << 17;
  map->elements += plan->elements;
  return true;
}
