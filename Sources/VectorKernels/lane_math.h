// Elementary functions on vectors of sixteen floats: those of the map kernel.
#ifndef VK_LANE_MATH_H
#define VK_LANE_MATH_H
#define F lanes
#define I whole
#ifdef VK_MASKS
INLINE lanes scaled(lanes p, lanes n) { return (lanes)_mm512_scalef_ps((__m512)p, (__m512)n); }
#define F_SCALEF scaled
/// 2^(k / 16) for the last four bits k of each lane.
INLINE lanes sixteenth_power(lanes t) {
  const lanes powers = {1.0f, 1.04427378f, 1.09050773f, 1.13878863f, 1.18920712f, 1.24185781f, 1.29683955f, 1.35425555f,
                        1.41421356f, 1.47682615f, 1.54221083f, 1.61049033f, 1.68179283f, 1.75625216f, 1.83400809f, 1.91520656f};
  return (lanes)_mm512_permutexvar_ps((__m512i)t, (__m512)powers);
}
#define F_SIXTEENTH sixteenth_power
#endif
#include "map_math.h"
#undef F
#undef I
#undef F_SCALEF
#undef F_SIXTEENTH
#undef LANE
INLINE lanes gate(lanes x) { return 1.f / (exp_of(-x) + 1.f); }
#endif
