// Vectors of sixteen floats, for the bodies that levels/*.c compile once per processor level. A body sees VK_LEVEL(name)
// for its entry points and VK_MASKS where the processor has masked loads and stores.
#ifndef VK_LANES_H
#define VK_LANES_H
#include <math.h>
#include <stdint.h>
#include <string.h>

typedef float lanes __attribute__((ext_vector_type(16)));
typedef float lanes_at __attribute__((ext_vector_type(16), aligned(4)));
typedef int32_t whole __attribute__((ext_vector_type(16)));
typedef uint8_t small_at __attribute__((ext_vector_type(16), aligned(1)));

#define INLINE static inline __attribute__((always_inline))
#pragma clang fp contract(fast)

INLINE lanes load(const float *p) { return *(const lanes_at *)p; }
INLINE void store(float *p, lanes v) { *(lanes_at *)p = v; }
INLINE lanes splat(float value) { return (lanes)(value); }
INLINE lanes choose(whole where, lanes yes, lanes no) {
  whole y, n, r;
  memcpy(&y, &yes, sizeof y), memcpy(&n, &no, sizeof n);
  r = (where & y) | (~where & n);
  lanes out;
  memcpy(&out, &r, sizeof out);
  return out;
}
typedef struct {
  float lowest, highest;
} lane_limits;
/// Not below the lowest and not above the highest; NaN stays.
INLINE lanes limited(lanes v, lane_limits limits) {
  v = choose(v < limits.lowest, splat(limits.lowest), v);
  return choose(v > limits.highest, splat(limits.highest), v);
}
/// The first `count` (0...16) elements, the rest zero.
INLINE lanes load_part(const float *p, int64_t count) {
#ifdef VK_MASKS
  return (lanes)_mm512_maskz_loadu_ps((__mmask16)((1u << count) - 1), p);
#else
  if (count == 16) return load(p);
  float held[16] = {0};
  for (int64_t i = 0; i < count; i++) held[i] = p[i];
  return load(held);
#endif
}
INLINE void store_part(float *p, lanes v, int64_t count) {
#ifdef VK_MASKS
  _mm512_mask_storeu_ps(p, (__mmask16)((1u << count) - 1), (__m512)v);
#else
  if (count == 16) {
    store(p, v);
    return;
  }
  for (int64_t i = 0; i < count; i++) p[i] = v[i];
#endif
}

INLINE float sum_of(lanes v) {
  typedef float eight __attribute__((ext_vector_type(8)));
  typedef float four __attribute__((ext_vector_type(4)));
  eight a = v.lo + v.hi;
  four b = a.lo + a.hi;
  return (b.x + b.z) + (b.y + b.w);
}
/// The largest element; NaN is passed over.
INLINE float maximum_of(lanes v) {
  lanes w = __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7);
  v = choose(v > w, v, w);
  w = __builtin_shufflevector(v, v, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3);
  v = choose(v > w, v, w);
  float a = v[0] > v[1] ? v[0] : v[1], b = v[2] > v[3] ? v[2] : v[3];
  return a > b ? a : b;
}

/// The lanes before `count` of `v`, the others `rest`.
INLINE lanes keep_part(lanes v, int64_t count, float rest) {
  const whole index = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  return choose(index < (int32_t)count, v, splat(rest));
}

/// Element i of the result is the sum of vector i of `v` (which is spent).
INLINE lanes sums_of(lanes *v) {
#define FOLD(n, evens, odds) \
  for (int i = 0; i < n; i++) { \
    lanes a = v[2 * i], b = v[2 * i + 1]; \
    v[i] = evens + odds; \
  }
  FOLD(8, __builtin_shufflevector(a, b, 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30),
       __builtin_shufflevector(a, b, 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31))
  FOLD(4, __builtin_shufflevector(a, b, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29),
       __builtin_shufflevector(a, b, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31))
  FOLD(2, __builtin_shufflevector(a, b, 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27),
       __builtin_shufflevector(a, b, 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31))
  FOLD(1, __builtin_shufflevector(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23),
       __builtin_shufflevector(a, b, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31))
#undef FOLD
  return v[0];
}

/// e^x - 1 = p, with e^x = (1 + p) 2^n: x = n ln 2 + r, |r| <= ln 2 / 2, p by a polynomial of degree seven.
INLINE lanes exponential_parts(lanes x, lanes *n) {
  lanes k = __builtin_elementwise_roundeven(x * 1.44269504f);
  lanes r = x - k * 0.693359375f + k * 2.12194440e-4f;
  lanes p = r * 1.9875691500e-4f + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  *n = k;
  return p * (r * r) + r;
}
/// 2^n for whole n in -126...127.
INLINE lanes power_of_two(lanes n) {
  whole bits = (__builtin_convertvector(n, whole) + 127) << 23;
  lanes result;
  memcpy(&result, &bits, sizeof result);
  return result;
}
/// e^x to 2 ulp; 0 below -104, infinity above 88.73, NaN for NaN.
INLINE lanes exponential(lanes x) {
  lanes n, inside = choose(x > 89.f, splat(89.f), choose(x < -104.f, splat(-104.f), x));
  inside = choose(x != x, splat(0.f), inside);
  lanes p = exponential_parts(inside, &n);
  lanes half = __builtin_elementwise_roundeven(n * 0.5f);
  lanes y = (p * power_of_two(half) + power_of_two(half)) * power_of_two(n - half);
  return choose(x != x, x, choose(x < -104.f, splat(0.f), y));
}
/// tanh x = (e^2x - 1) / (e^2x + 1), without cancellation near zero.
INLINE lanes hyperbolic_tangent(lanes x) {
  lanes n, t = choose(x > 10.f, splat(10.f), choose(x < -10.f, splat(-10.f), x));
  t = choose(x != x, splat(0.f), t);
  lanes p = exponential_parts(t + t, &n), s = power_of_two(n);
  lanes minus_one = p * s + (s - 1.f);
  return choose(x != x, x, minus_one / (minus_one + 2.f));
}
/// 1 / (1 + e^-x)
INLINE lanes logistic(lanes x) { return 1.f / (1.f + exponential(-x)); }
#endif
