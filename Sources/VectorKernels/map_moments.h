// STEP_MOMENTS in one pass: its eight steps apart would each go through the first-level cache.
static void f32_moments(OP_ARGUMENTS) {
  POINTERS(float)
  const float scale = (float)step->scale, shift = (float)step->shift;
  const float *w = (const float *)slots[step->more[0]];
  const float share = *(const float *)slots[step->more[1]], share_of_square = *(const float *)slots[step->more[2]];
  const float rate = *(const float *)slots[step->more[3]];
  float *mean = (float *)slots[step->also[0]], *square = (float *)slots[step->also[1]];
  for (int64_t i = 0; i < lanes; i += 16) {
    const narrow g = *(const f16x *)(a + i), m = *(const f16x *)(b + i), v = *(const f16x *)(c + i);
    const narrow x = *(const f16x *)(w + i), squared = g * g;
    const narrow first = (g - m) * share + m, second = (squared - v) * share_of_square + v;
    const narrow moved = first * rate, by = moved / (__builtin_elementwise_sqrt(second) * scale + shift);
    *(f16x *)(mean + i) = first;
    *(f16x *)(square + i) = second;
    *(f16x *)(d + i) = x - by;
  }
}
