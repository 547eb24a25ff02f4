// From a description's registers to steps on slots: checks, peepholes, hoisting of uniform steps, allocation of tiles.
#include "map_values.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
      if (k >= vk_arity(in->op)) { s->source[k] = s->source[0]; continue; }
      if (p->maker[s->source[k]] == -2)
        return refuse(message, capacity, "map: instruction %d: register %d is read before it is written", i,
                      s->source[k]);
      p->uses[s->source[k]]++;
    }
    p->maker[in->dst] = p->count++;
  }
  return true;
}

/// Drops steps nobody reads, from the last to the first.
static void drop_unread(program *p) {
  for (int32_t i = p->count - 1; i >= 0; i--) {
    value_step *s = &p->steps[i];
    if (p->maker[s->d] != i || p->uses[s->d] > 0 || s->op == STEP_MOMENTS) continue;
    p->maker[s->d] = -2;
    for (int k = 0; k < SOURCES; k++) if (vk_reads(s, k)) p->uses[s->source[k]]--;
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
  for (int32_t k = 0; k < map->inputs; k++) p->uniform[k] = map->uniform >> k & 1;
  vk_map_merge(p, map);
  drop_unread(p);

  // Steps on nothing but uniform values run once per segment, constants once in a lifetime.
  int32_t order[VALUES], prologue = 0, body = 0;
  for (int pass = 0; pass < 2; pass++) {
    for (int32_t i = 0; i < p->count; i++) {
      value_step *s = &p->steps[i];
      if (p->maker[s->d] != i) continue;
      bool uniform = true;
      for (int k = 0; k < SOURCES; k++) uniform &= !vk_reads(s, k) || p->uniform[s->source[k]];
      if (pass == 0 && uniform) { p->uniform[s->d] = true; kept[s->d] = true; order[prologue++] = i; }
      if (pass == 1 && !uniform) order[prologue + body++] = i;
    }
  }
  for (int v = 0; v < VALUES; v++) { last[v] = -1; slot[v] = -1; }
  for (int32_t i = 0; i < body; i++) {
    const value_step *s = &p->steps[order[prologue + i]];
    for (int k = 0; k < SOURCES; k++) if (vk_reads(s, k)) last[s->source[k]] = i;
    if (s->op == STEP_MOMENTS) kept[s->also[0]] = kept[s->also[1]] = true;
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
    for (int k = 0; i >= prologue && k < SOURCES; k++) {
      if (!vk_reads(s, k)) continue;
      uint16_t v = s->source[k];
      bool again = false;
      for (int j = 0; j < k; j++) again |= vk_reads(s, j) && s->source[j] == v;
      if (!kept[v] && !again && last[v] == i - prologue) unused[free_count++] = slot[v];
    }
    if (slot[s->d] < 0) slot[s->d] = free_count ? unused[--free_count] : slots++;
    lane_step *step = &map->steps[i];
    bool affine = s->op < VK_CONSTANT && !vk_plain(s);
    uint16_t own = (uint16_t)slot[s->d];
    int n = vk_arity(s->op);
    const lane_operation run = s->op == STEP_MOMENTS ? map->lanes->moments : s->tail ? map->lanes->tailed[s->op]
                               : table[affine ? VK_OPERATIONS + s->op : s->op];
    *step = (lane_step){run, own, n > 0 ? (uint16_t)slot[s->source[0]] : own, 0, 0, s->op, s->tail, s->scale, s->shift,
                        s->tail_scale, s->tail_shift, {0}, {0}};
    step->b = n > 1 ? (uint16_t)slot[s->source[1]] : step->a;
    step->c = vk_reads(s, 2) ? (uint16_t)slot[s->source[2]] : step->a;
    for (int k = 3; k < n; k++) step->more[k - 3] = (uint16_t)slot[s->source[k]];
    for (int k = 0; k < 2 && s->op == STEP_MOMENTS; k++) step->also[k] = (uint16_t)slot[s->also[k]];
  }
  for (int32_t i = 0; i < prologue + body; i++)
    if (vk_costly(map->steps[i].op) && !map->steps[i].tail) map->steps[i].c = (uint16_t)slots;
  map->prologue = prologue;
  map->body = body;
  map->slots = slots;
  for (int32_t o = 0; o < map->outputs; o++) {
    output_plan *out = &map->output[o];
    uint16_t v = made[o];
    out->slot = (uint16_t)slot[v];
    int32_t at = -1;
    for (int32_t i = 0; i < body; i++) if (p->maker[v] == order[prologue + i]) at = i;
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
