// Steps of a program that become one: the map kernel passes over its tile once for each.
#include "map_values.h"

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
    if (!right || (s->op == VK_MUL && (!left || !vk_plain(right)))) continue;
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
  if (!root || !vk_plain(root)) return false;
  absorb(p, sum->source[0]);
  absorb(p, below);
  *s = (value_step){s->d, {s->source[0], root->source[0], s->source[0]}, VK_OVER_ROOT, TAIL_NONE, sum->scale,
                    sum->shift, 1, 0};
  return true;
}

/// Whether a value is one number in every segment.
static bool uniform(const program *p, uint16_t value) {
  if (p->maker[value] < 0) return p->uniform[value];
  const value_step *made = &p->steps[p->maker[value]];
  for (int k = 0; k < 3; k++) if (vk_reads(made, k) && !uniform(p, made->source[k])) return false;
  return true;
}

/// Steps before number `end` that read a value.
static int readers(const program *p, uint16_t value, int32_t end) {
  int count = 0;
  for (int32_t i = 0; i < end; i++) {
    const value_step *s = &p->steps[i];
    if (p->maker[s->d] != i) continue;
    for (int k = 0; k < SOURCES; k++) count += vk_reads(s, k) && s->source[k] == value;
  }
  return count;
}

/// An average on its way to a value: average + (toward - average) · share.
typedef struct { uint16_t average, toward, share; } average_step;

/// Reads `value` as a moving average, whose difference and product have no other reader.
static bool moves(const program *p, uint16_t value, average_step *found) {
  if (p->maker[value] < 0) return false;
  const value_step *sum = &p->steps[p->maker[value]];
  if (sum->op != VK_FMA) return false;
  for (int side = 0; side < 2; side++) {
    const value_step *difference = only_reader(p, sum->source[side], VK_SUB);
    if (!difference || difference->source[1] != sum->source[2]) continue;
    *found = (average_step){sum->source[2], difference->source[0], sum->source[1 - side]};
    return uniform(p, found->share);
  }
  return false;
}

/// Step number i, w - m' · rate / (√v' · scale + shift) with the moving averages m' of g and v' of g², becomes one step with
/// what makes m' and v', which nothing but results and later steps may read besides.
static bool merge_moments(program *p, int32_t i) {
  value_step *s = &p->steps[i];
  const value_step *quotient = only_reader(p, s->source[1], VK_OVER_ROOT);
  const value_step *scaled = quotient ? only_reader(p, quotient->source[0], VK_MUL) : NULL;
  if (!scaled) return false;
  const int side = uniform(p, scaled->source[1]) ? 0 : 1;
  const uint16_t mean = scaled->source[side], rate = scaled->source[1 - side], square = quotient->source[1];
  average_step first, second;
  if (!uniform(p, rate) || mean == square || !moves(p, mean, &first) || !moves(p, square, &second)) return false;
  const value_step *squared = only_reader(p, second.toward, VK_SQUARE);
  const uint16_t gradient = first.toward, w = s->source[0];
  if (!squared || !vk_plain(squared) || squared->source[0] != gradient || uniform(p, gradient)) return false;
  if (readers(p, mean, i) != 1 || readers(p, square, i) != 1 || w == mean || w == square) return false;
  const value_step merged = {s->d, {gradient, first.average, second.average, w, first.share, second.share, rate},
                             STEP_MOMENTS, TAIL_NONE, quotient->scale, quotient->shift, 1, 0, {mean, square}};
  const uint16_t gone[] = {p->steps[p->maker[mean]].source[0], p->steps[p->maker[mean]].source[1],
                           p->steps[p->maker[square]].source[0], p->steps[p->maker[square]].source[1], second.toward,
                           quotient->source[0], s->source[1]};
  for (size_t k = 0; k < sizeof gone / sizeof *gone; k++)
    if (gone[k] != first.share && gone[k] != second.share) absorb(p, gone[k]);
  // What was read twice, by a difference and its sum or by two averages, is read once now.
  p->uses[gradient]--;
  p->uses[first.average]--;
  p->uses[second.average]--;
  p->uses[mean]--;
  p->uses[square]--;
  p->maker[mean] = p->maker[square] = i;
  *s = merged;
  return true;
}

/// a · b then + c becomes one step, as does c - a · b; an affine step melts into the unary step that reads it.
static void merge_steps(program *p, const struct vk_map *map) {
  const lane_operation *table = map->lanes->operations[map->class_];
  for (int32_t i = 0; i < p->count; i++) {
    value_step *s = &p->steps[i];
    if ((s->op == VK_MUL || s->op == VK_ADD) && merge_pair(p, s, table)) continue;
    if (s->op == VK_DIV && merge_root(p, s, table)) continue;
    if (s->op == VK_SUB && map->class_ == VK_CLASS_F32 && merge_moments(p, i)) continue;
    if (s->op == VK_ADD || s->op == VK_SUB) {
      for (int side = 1; side >= 0; side--) {
        uint16_t from = s->source[side], other = s->source[1 - side];
        if (p->maker[from] < 0 || p->uses[from] != 1 || (s->op == VK_SUB && side == 0)) continue;
        const value_step *product = &p->steps[p->maker[from]];
        if (product->op != VK_MUL && !(product->op == VK_SQUARE && vk_plain(product))) continue;
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
      const uint16_t from = s->source[side], other = s->source[sides == 2 ? 1 - side : vk_arity(s->op) - 1];
      if (p->maker[from] < 0 || p->uses[from] != 1) continue;
      const value_step made = p->steps[p->maker[from]];
      if (!vk_costly(made.op) || made.tail != TAIL_NONE) continue;
      absorb(p, from);
      *s = (value_step){s->d, {made.source[0], made.source[1], other}, made.op, tail, made.scale, made.shift, s->scale,
                        s->shift};
      break;
    }
  }
}

void vk_map_merge(program *p, const struct vk_map *map) {
  if (map->class_ != VK_CLASS_I64) merge_steps(p, map);
  if (map->class_ == VK_CLASS_F32) merge_tails(p);
}
