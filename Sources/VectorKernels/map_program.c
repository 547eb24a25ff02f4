// From a description's registers to steps on slots: checks, peepholes, hoisting of uniform steps, allocation of tiles.
#include "map_internal.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { VALUES = 256 + VK_MAP_OPERANDS };

static int arity(uint8_t op) {
  return op < VK_CONSTANT ? 1 : op == VK_CONSTANT ? 0 : op <= VK_COMBINE ? 2 : 3;
}

/// The operations of FLOAT_COSTLY: their third argument is their tail's, or else what they fetch ahead.
static bool costly(uint8_t op) {
  switch (op) {
  case VK_EXP: case VK_EXPM1: case VK_LOG: case VK_LOG1P: case VK_TANH: case VK_SIGMOID: case VK_SOFTPLUS: case VK_ERF:
  case VK_GATE: return true;
  default: return false;
  }
}

typedef struct {
  uint16_t d, source[3];
  uint8_t op, tail;
  double scale, shift, tail_scale, tail_shift;
} value_step;

/// Whether a step reads its source k.
static bool reads(const value_step *s, int k) { return k < arity(s->op) || (k == 2 && s->tail > TAIL_AFFINE); }

typedef struct {
  value_step steps[VALUES];
  int32_t count, inputs;
  int32_t maker[VALUES];      // step that makes a value; -1: an input; -2: nothing
  int32_t uses[VALUES];
  bool uniform[VALUES];
} program;

static bool refuse(char *message, size_t capacity, const char *text, int index, int given) {
  if (message && capacity) snprintf(message, capacity, text, index, given);
  return false;
}

static bool read_steps(program *p, const vk_map_description *description, const lane_operation *table, char *message,
                       size_t capacity) {
  for (int v = 0; v < VALUES; v++) p->maker[v] = v < p->inputs ? -1 : -2;
  for (int32_t i = 0; i < description->instructions; i++) {
    const vk_instruction *in = &description->instruction[i];
    if (in->op >= VK_OPERATIONS || !table[in->op])
      return refuse(message, capacity, "map: instruction %d: operation %d does not exist in this class", i, in->op);
    if (in->dst >= VK_MAP_REGISTERS || p->maker[in->dst] != -2)
      return refuse(message, capacity, "map: instruction %d: register %d is written twice or out of range", i, in->dst);
    value_step *s = &p->steps[p->count];
    *s = (value_step){in->dst, {in->a, in->b, in->c}, in->op, TAIL_NONE, in->scale, in->shift, 1, 0};
    for (int k = 0; k < 3; k++) {
      if (k >= arity(in->op)) { s->source[k] = s->source[0]; continue; }
      if (p->maker[s->source[k]] == -2)
        return refuse(message, capacity, "map: instruction %d: register %d is read before it is written", i,
                      s->source[k]);
      p->uses[s->source[k]]++;
    }
    p->maker[in->dst] = p->count++;
  }
  return true;
}

static bool plain(const value_step *s) { return s->scale == 1 && s->shift == 0; }

/// Removes `from`'s step, whose only reader is `s`.
static void absorb(program *p, uint16_t from) {
  p->uses[from] = 0;
  p->maker[from] = -2;
}

/// The step that makes a value, if it has the operation and no other reader.
static const value_step *only_reader(const program *p, uint16_t value, uint8_t op) {
  if (p->maker[value] < 0 || p->uses[value] != 1) return NULL;
  const value_step *made = &p->steps[p->maker[value]];
  return made->op == op ? made : NULL;
}

/// tanh(x) · sigmoid(y) becomes a gate, which divides once; a + relu(b) becomes one step.
static bool merge_pair(program *p, value_step *s, const lane_operation *table) {
  const uint8_t merged = s->op == VK_MUL ? VK_GATE : VK_ADD_RELU;
  if (!table[merged]) return false;
  for (int side = 0; side < 2; side++) {
    uint16_t first = s->source[side], second = s->source[1 - side];
    const value_step *right = only_reader(p, second, s->op == VK_MUL ? VK_SIGMOID : VK_RELU);
    const value_step *left = s->op == VK_MUL ? only_reader(p, first, VK_TANH) : NULL;
    if (!right || (s->op == VK_MUL && (!left || !plain(right)))) continue;
    const value_step *scaled = left ? left : right;
    *s = (value_step){s->d, {left ? left->source[0] : first, right->source[0], 0}, merged, TAIL_NONE, scaled->scale,
                      scaled->shift, 1, 0};
    s->source[2] = s->source[0];
    absorb(p, second);
    if (left) absorb(p, first);
    return true;
  }
  return false;
}

/// x / (√y · scale + shift), as optimizers divide, becomes one step.
static bool merge_root(program *p, value_step *s, const lane_operation *table) {
  if (!table[VK_OVER_ROOT]) return false;
  const uint16_t below = s->source[1];
  const value_step *sum = only_reader(p, below, VK_AFFINE);
  const value_step *root = sum ? only_reader(p, sum->source[0], VK_SQRT) : NULL;
  if (!root || !plain(root)) return false;
  absorb(p, sum->source[0]);
  absorb(p, below);
  *s = (value_step){s->d, {s->source[0], root->source[0], s->source[0]}, VK_OVER_ROOT, TAIL_NONE, sum->scale,
                    sum->shift, 1, 0};
  return true;
}

/// a · b then + c becomes one step, as does c - a · b; an affine step melts into the unary step that reads it.
static void merge_steps(program *p, const lane_operation *table) {
  for (int32_t i = 0; i < p->count; i++) {
    value_step *s = &p->steps[i];
    if ((s->op == VK_MUL || s->op == VK_ADD) && merge_pair(p, s, table)) continue;
    if (s->op == VK_DIV && merge_root(p, s, table)) continue;
    if (s->op == VK_ADD || s->op == VK_SUB) {
      for (int side = 1; side >= 0; side--) {
        uint16_t from = s->source[side], other = s->source[1 - side];
        if (p->maker[from] < 0 || p->uses[from] != 1 || (s->op == VK_SUB && side == 0)) continue;
        const value_step *product = &p->steps[p->maker[from]];
        if (product->op != VK_MUL && !(product->op == VK_SQUARE && plain(product))) continue;
        uint16_t left = product->source[0], right = product->op == VK_MUL ? product->source[1] : left;
        absorb(p, from);
        if (product->op == VK_SQUARE) p->uses[left]++;
        *s = (value_step){s->d, {left, right, other}, s->op == VK_ADD ? VK_FMA : VK_FNMA, TAIL_NONE, 1, 0, 1, 0};
        break;
      }
    } else if (s->op < VK_CONSTANT) {
      uint16_t from = s->source[0];
      if (p->maker[from] < 0 || p->uses[from] != 1) continue;
      const value_step *affine = &p->steps[p->maker[from]];
      if (affine->op != VK_AFFINE) continue;
      double scale = s->scale * affine->scale, shift = s->scale * affine->shift + s->shift;
      bool sane = scale < 1e30 && scale > -1e30 && shift < 1e30 && shift > -1e30 && (scale > 1e-30 || scale < -1e-30);
      if (!sane) continue;
      uint16_t origin = affine->source[0];
      absorb(p, from);
      s->source[0] = s->source[1] = s->source[2] = origin;
      s->scale = scale;
      s->shift = shift;
    }
  }
}

/// A costly step does the cheap one that alone reads it in its own loop, so that results go to memory at an even pace.
static void merge_tails(program *p) {
  for (int32_t i = 0; i < p->count; i++) {
    value_step *s = &p->steps[i];
    const uint8_t tail = s->op == VK_AFFINE ? TAIL_AFFINE : s->op == VK_ADD ? TAIL_ADD : s->op == VK_MUL ? TAIL_MUL
                         : s->op == VK_ADD_RELU ? TAIL_ADD_RELU : TAIL_NONE;
    if (tail == TAIL_NONE || p->maker[s->d] != i) continue;
    const int sides = tail == TAIL_ADD || tail == TAIL_MUL ? 2 : 1;
    for (int side = 0; side < sides; side++) {
      const uint16_t from = s->source[side], other = s->source[sides == 2 ? 1 - side : arity(s->op) - 1];
      if (p->maker[from] < 0 || p->uses[from] != 1) continue;
      const value_step made = p->steps[p->maker[from]];
      if (!costly(made.op) || made.tail != TAIL_NONE) continue;
      absorb(p, from);
      *s = (value_step){s->d, {made.source[0], made.source[1], other}, made.op, tail, made.scale, made.shift, s->scale,
                        s->shift};
      break;
    }
  }
}

/// Drops steps nobody reads, from the last to the first.
static void drop_unread(program *p) {
  for (int32_t i = p->count - 1; i >= 0; i--) {
    value_step *s = &p->steps[i];
    if (p->maker[s->d] != i || p->uses[s->d] > 0) continue;
    p->maker[s->d] = -2;
    for (int k = 0; k < 3; k++) if (reads(s, k)) p->uses[s->source[k]]--;
  }
}

bool vk_map_program(struct vk_map *map, const vk_map_description *description, char *message, size_t capacity) {
  const lane_operation *table = map->lanes->operations[map->class_];
  program *p = calloc(1, sizeof *p);
  bool *kept = calloc(VALUES, sizeof *kept);       // values that own a slot
  int32_t *last = malloc(VALUES * sizeof *last);   // last body step that reads a value
  int32_t *slot = malloc(VALUES * sizeof *slot);
  bool good = p && kept && last && slot;
  if (!good) { refuse(message, capacity, "map: out of memory", 0, 0); goto done; }
  p->inputs = map->inputs;
  if (!(good = read_steps(p, description, table, message, capacity))) goto done;
  uint16_t made[VK_MAP_OPERANDS];
  for (int32_t o = 0; o < map->outputs; o++) {
    made[o] = description->output[o].reg;
    if (p->maker[made[o]] == -2) {
      good = refuse(message, capacity, "map: output %d: register %d is never written", o, made[o]);
      goto done;
    }
    // An input that is stored goes through a copy, so that storing other outputs cannot disturb it.
    if (p->maker[made[o]] == -1 && map->output[o].mode == VK_STORE) {
      uint16_t copy = (uint16_t)(256 + o);
      p->uses[made[o]]++;
      p->steps[p->count] = (value_step){copy, {made[o], made[o], made[o]}, VK_AFFINE, TAIL_NONE, 1, 0, 1, 0};
      p->maker[copy] = p->count++;
      made[o] = copy;
    }
    p->uses[made[o]]++;
  }
  if (map->class_ != VK_CLASS_I64) merge_steps(p, table);
  if (map->class_ == VK_CLASS_F32) merge_tails(p);
  drop_unread(p);

  // Steps on nothing but uniform values run once per segment, constants once in a lifetime.
  for (int32_t k = 0; k < map->inputs; k++) p->uniform[k] = map->uniform >> k & 1;
  int32_t order[VALUES], prologue = 0, body = 0;
  for (int pass = 0; pass < 2; pass++) {
    for (int32_t i = 0; i < p->count; i++) {
      value_step *s = &p->steps[i];
      if (p->maker[s->d] != i) continue;
      bool uniform = true;
      for (int k = 0; k < 3; k++) uniform &= !reads(s, k) || p->uniform[s->source[k]];
      if (pass == 0 && uniform) { p->uniform[s->d] = true; kept[s->d] = true; order[prologue++] = i; }
      if (pass == 1 && !uniform) order[prologue + body++] = i;
    }
  }
  for (int v = 0; v < VALUES; v++) { last[v] = -1; slot[v] = -1; }
  for (int32_t i = 0; i < body; i++) {
    const value_step *s = &p->steps[order[prologue + i]];
    for (int k = 0; k < 3; k++) if (reads(s, k)) last[s->source[k]] = i;
  }
  int32_t slots = map->inputs;
  for (int32_t k = 0; k < map->inputs; k++) { slot[k] = k; kept[k] = true; }
  for (int32_t o = 0; o < map->outputs; o++) kept[made[o]] = true;
  for (int v = map->inputs; v < VALUES; v++) if (kept[v] && p->maker[v] >= 0) slot[v] = slots++;

  map->steps = calloc((size_t)(prologue + body) + 1, sizeof *map->steps);
  if (!map->steps) { good = refuse(message, capacity, "map: out of memory", 0, 0); goto done; }
  int32_t unused[VALUES], free_count = 0;
  for (int32_t i = 0; i < prologue + body; i++) {
    const value_step *s = &p->steps[order[i]];
    for (int k = 0; i >= prologue && k < 3; k++) {
      if (!reads(s, k)) continue;
      uint16_t v = s->source[k];
      bool again = false;
      for (int j = 0; j < k; j++) again |= reads(s, j) && s->source[j] == v;
      if (!kept[v] && !again && last[v] == i - prologue) unused[free_count++] = slot[v];
    }
    if (slot[s->d] < 0) slot[s->d] = free_count ? unused[--free_count] : slots++;
    lane_step *step = &map->steps[i];
    bool affine = s->op < VK_CONSTANT && !plain(s);
    uint16_t own = (uint16_t)slot[s->d];
    int n = arity(s->op);
    *step = (lane_step){s->tail ? map->lanes->tailed[s->op] : table[affine ? VK_OPERATIONS + s->op : s->op], own,
                        n > 0 ? (uint16_t)slot[s->source[0]] : own, 0, 0, s->op, s->tail, s->scale, s->shift,
                        s->tail_scale, s->tail_shift};
    step->b = n > 1 ? (uint16_t)slot[s->source[1]] : step->a;
    step->c = reads(s, 2) ? (uint16_t)slot[s->source[2]] : step->a;
  }
  for (int32_t i = 0; i < prologue + body; i++)
    if (costly(map->steps[i].op) && !map->steps[i].tail) map->steps[i].c = (uint16_t)slots;
  map->prologue = prologue;
  map->body = body;
  map->slots = slots;
  for (int32_t o = 0; o < map->outputs; o++) {
    output_plan *out = &map->output[o];
    uint16_t v = made[o];
    out->slot = (uint16_t)slot[v];
    int32_t at = -1;
    for (int32_t i = 0; i < body; i++) if (p->steps[order[prologue + i]].d == v) at = i;
    out->in_place = out->mode == VK_STORE && at >= 0 &&
      out->type == (map->class_ == VK_CLASS_F32 ? VK_F32 : map->class_ == VK_CLASS_F64 ? VK_F64 : VK_I64);
    for (int32_t j = 0; j < o; j++)
      if (map->output[j].slot == out->slot && map->output[j].in_place) out->in_place = false;
    for (int32_t k = 0; k < map->inputs; k++) {
      bool later = last[k] > at;
      for (int32_t j = 0; j < map->outputs; j++) later |= made[j] == k;
      if (later) out->read_later |= 1ull << k;
    }
  }
done:
  free(p); free(kept); free(last); free(slot);
  return good;
}
