// A program of the map kernel between its description and its steps on slots: values instead of slots.
#ifndef VK_MAP_VALUES_H
#define VK_MAP_VALUES_H
#include "map_internal.h"

enum { VALUES = 256 + VK_MAP_OPERANDS, SOURCES = 7 };

/// How many values an operation reads.
static inline int vk_arity(int op) {
  return op == STEP_MOMENTS ? SOURCES : op < VK_CONSTANT ? 1 : op == VK_CONSTANT ? 0 : op <= VK_COMBINE ? 2 : 3;
}

/// The operations of FLOAT_COSTLY: their third argument is their tail's, or else what they fetch ahead.
static inline bool vk_costly(uint8_t op) {
  switch (op) {
  case VK_EXP: case VK_EXPM1: case VK_LOG: case VK_LOG1P: case VK_TANH: case VK_SIGMOID: case VK_SOFTPLUS: case VK_ERF:
  case VK_GATE: return true;
  default: return false;
  }
}

typedef struct {
  uint16_t d, source[SOURCES];
  uint8_t op, tail;
  double scale, shift, tail_scale, tail_shift;
  uint16_t also[2];           // the other results of STEP_MOMENTS
} value_step;

/// Whether a step reads its source k.
static inline bool vk_reads(const value_step *s, int k) {
  return k < vk_arity(s->op) || (k == 2 && s->tail > TAIL_AFFINE);
}
static inline bool vk_plain(const value_step *s) { return s->scale == 1 && s->shift == 0; }

typedef struct {
  value_step steps[VALUES];
  int32_t count, inputs;
  int32_t maker[VALUES];      // step that makes a value; -1: an input; -2: nothing
  int32_t uses[VALUES];
  bool uniform[VALUES];       // one number in every segment
} program;

/// Fewer steps for the same results.
void vk_map_merge(program *p, const struct vk_map *map);
#endif
