// The lane operations of one instruction set: every operation in every class, and the conversions of the storage types.
// Included by map_v4.c, map_v3.c and map_base.c, which choose the instruction set and the width of the vectors.
// Operations work on whole vectors of STEP_LANES: tiles are padded, so lanes past the end are computed, never stored.
#include <math.h>
#include <string.h>

#if defined(__clang__)
#pragma clang diagnostic ignored "-Wpsabi"        // wide vectors only pass between functions that are inlined
#pragma clang diagnostic ignored "-Wpass-failed"
#endif

typedef float f16x __attribute__((ext_vector_type(16), aligned(4)));
typedef int32_t i16x __attribute__((ext_vector_type(16), aligned(4)));
typedef float fwide __attribute__((ext_vector_type(WIDE), aligned(4)));
typedef int32_t iwide __attribute__((ext_vector_type(WIDE), aligned(4)));
typedef float narrow __attribute__((ext_vector_type(16)));
typedef int32_t narrow_int __attribute__((ext_vector_type(16)));
typedef float broad __attribute__((ext_vector_type(WIDE)));
typedef int32_t broad_int __attribute__((ext_vector_type(WIDE)));

#if LEVEL == 4
LEVEL_INLINE narrow scalef_narrow(narrow p, narrow n) { return (narrow)_mm512_scalef_ps((__m512)p, (__m512)n); }
LEVEL_INLINE broad scalef_broad(broad p, broad n) {
  union { broad whole; __m512 part[WIDE / 16]; } u = {p}, v = {n};
  for (int i = 0; i < WIDE / 16; i++) u.part[i] = _mm512_scalef_ps(u.part[i], v.part[i]);
  return u.whole;
}
#define F_SCALEF scalef_narrow
/// 2^(k / 16) for the last four bits k of each lane.
static const float sixteenths[16] = {
  1.0f, 1.04427378f, 1.09050773f, 1.13878863f, 1.18920712f, 1.24185781f, 1.29683955f, 1.35425555f,
  1.41421356f, 1.47682615f, 1.54221083f, 1.61049033f, 1.68179283f, 1.75625216f, 1.83400809f, 1.91520656f};
LEVEL_INLINE narrow sixteenth_narrow(narrow t) {
  return (narrow)_mm512_permutexvar_ps((__m512i)t, _mm512_loadu_ps(sixteenths));
}
LEVEL_INLINE broad sixteenth_broad(broad t) {
  union { broad whole; __m512 part[WIDE / 16]; } u = {t};
  for (int i = 0; i < WIDE / 16; i++) u.part[i] = (__m512)sixteenth_narrow((narrow)u.part[i]);
  return u.whole;
}
#define F_SIXTEENTH sixteenth_narrow
/// The square root by one step of Newton from the processor's guess; what is not a normal number goes the long way, 0 apart.
LEVEL_INLINE __m512 quick_root(__m512 y) {
  const __m512 guess = _mm512_rsqrt14_ps(y), half = _mm512_mul_ps(guess, _mm512_set1_ps(0.5f));
  const __mmask16 normal = _mm512_cmp_ps_mask(y, _mm512_set1_ps(1.17549435e-38f), _CMP_GE_OQ) &
                           _mm512_cmp_ps_mask(y, _mm512_set1_ps(__builtin_inff()), _CMP_LT_OQ);
  __m512 s = _mm512_maskz_mul_ps(normal, y, guess);
  s = _mm512_maskz_fmadd_ps(normal, _mm512_fnmadd_ps(s, s, y), half, s);
  const __mmask16 odd = (__mmask16)~normal & _mm512_cmp_ps_mask(y, _mm512_setzero_ps(), _CMP_NEQ_UQ);
  if (__builtin_expect(odd, 0)) s = _mm512_mask_sqrt_ps(s, odd, y);
  return s;
}
LEVEL_INLINE narrow root_narrow(narrow y) { return (narrow)quick_root((__m512)y); }
LEVEL_INLINE broad root_broad(broad y) {
  union { broad whole; __m512 part[WIDE / 16]; } u = {y};
  for (int i = 0; i < WIDE / 16; i++) u.part[i] = quick_root(u.part[i]);
  return u.whole;
}
#define F_ROOT root_narrow
#endif
#define F narrow
#define I narrow_int
#include "map_math.h"
#undef F
#undef I
#undef F_SCALEF
#undef F_SIXTEENTH
#undef F_ROOT
#if WIDE > 16
#undef LANE
#if LEVEL == 4
#define F_SCALEF scalef_broad
#define F_SIXTEENTH sixteenth_broad
#define F_ROOT root_broad
#endif
#define F broad
#define I broad_int
#include "map_math.h"
#undef F
#undef I
#endif

// MARK: - Single precision

#define OP_ARGUMENTS const lane_step *step, char *const *slots, int64_t lanes
#define POINTERS(T) \
  T *d = (T *)slots[step->d]; const T *a = (const T *)slots[step->a], *b = (const T *)slots[step->b], \
    *c = (const T *)slots[step->c]; (void)a; (void)b; (void)c;

#define LOADED(type) *(const type *)(c + i)
#define FETCHED(type) (F)(0.0f)  // the place is another's: its lines are asked for, never read
/// Runs over floats, wide and then narrow; `expression` uses x, y, z (a, b, c), scale and shift.
#define FLOAT_PASSES(THIRD, prepare, expression) \
  { \
    int64_t i = 0; \
    for (; i + WIDE <= lanes; i += WIDE) { \
      typedef broad F; typedef broad_int I; \
      F x = *(const fwide *)(a + i), y = *(const fwide *)(b + i), z = THIRD(fwide); \
      (void)x; (void)y; (void)z; (void)sizeof(I); \
      prepare \
      *(fwide *)(d + i) = (expression); \
    } \
    for (; i < lanes; i += 16) { \
      typedef narrow F; typedef narrow_int I; \
      F x = *(const f16x *)(a + i), y = *(const f16x *)(b + i), z = THIRD(f16x); \
      (void)x; (void)y; (void)z; (void)sizeof(I); \
      prepare \
      *(f16x *)(d + i) = (expression); \
    } \
  }
#define FLOAT_LOOP(name, THIRD, prepare, expression) \
  static void name(OP_ARGUMENTS) { \
    POINTERS(float) \
    const float scale = (float)step->scale, shift = (float)step->shift; (void)scale; (void)shift; \
    FLOAT_PASSES(THIRD, prepare, expression) \
  }
#define FLOAT_OPERATION(name, prepare, expression) FLOAT_LOOP(name, LOADED, prepare, expression)
/// Operations costly enough to fetch lines of memory meanwhile, at the place of the third argument.
#define FETCH for (int k = 0; k < (int)sizeof(F) / 64; k++) __builtin_prefetch(c + i + 16 * k, 1, 2);
/// The same with the cheap step that reads the result: what it reads besides is the third argument.
#define FLOAT_TAILED(name, expression) \
  static void f32_##name##_tailed(OP_ARGUMENTS) { \
    POINTERS(float) \
    const float scale = (float)step->scale, shift = (float)step->shift; \
    const float by = (float)step->tail_scale, plus = (float)step->tail_shift; \
    switch (step->tail) { \
      case TAIL_AFFINE: FLOAT_PASSES(LOADED, x = x * scale + shift;, (expression) * by + plus) break; \
      case TAIL_ADD: FLOAT_PASSES(LOADED, x = x * scale + shift;, (expression) + z) break; \
      case TAIL_ADD_RELU: \
        FLOAT_PASSES(LOADED, x = x * scale + shift; z = z * by + plus;, (expression) + most(z, (F)(0.0f))) break; \
      case TAIL_MUL: FLOAT_PASSES(LOADED, x = x * scale + shift;, (expression) * z) break; \
      default: break; \
    } \
  }
#define FLOAT_COSTLY(name, expression) \
  FLOAT_LOOP(f32_##name, FETCHED, FETCH, expression) \
  FLOAT_LOOP(f32_##name##_affine, FETCHED, FETCH x = x * scale + shift;, expression) \
  FLOAT_TAILED(name, expression)
#define FLOAT_UNARY(name, expression) \
  FLOAT_OPERATION(f32_##name, , expression) \
  FLOAT_OPERATION(f32_##name##_affine, x = x * scale + shift;, expression)
#define FLOAT_NARY(name, expression) FLOAT_OPERATION(f32_##name, , expression)

FLOAT_UNARY(affine, x)
FLOAT_UNARY(neg, -x)
FLOAT_UNARY(abs, magnitude(x))
FLOAT_UNARY(sign, pick(x == x, with_sign(truth(x != 0.0f), x), x))
FLOAT_COSTLY(exp, exp_of(x))
FLOAT_COSTLY(expm1, expm1_of(x))
FLOAT_COSTLY(log, log_of(x))
FLOAT_COSTLY(log1p, log1p_of(x))
FLOAT_UNARY(sqrt, __builtin_elementwise_sqrt(x))
FLOAT_UNARY(rsqrt, (F)(1.0f) / __builtin_elementwise_sqrt(x))
FLOAT_UNARY(reciprocal, (F)(1.0f) / x)
FLOAT_UNARY(square, x * x)
FLOAT_COSTLY(tanh, tanh_of(x))
FLOAT_COSTLY(sigmoid, sigmoid_of(x))
FLOAT_UNARY(relu, most(x, (F)(0.0f)))
FLOAT_COSTLY(softplus, softplus_of(x))
FLOAT_COSTLY(erf, erf_of(x))
FLOAT_UNARY(floor, __builtin_elementwise_floor(x))
FLOAT_UNARY(ceil, __builtin_elementwise_ceil(x))
FLOAT_UNARY(round, __builtin_elementwise_roundeven(x))
FLOAT_UNARY(trunc, __builtin_elementwise_trunc(x))
FLOAT_UNARY(not, truth(x == 0.0f))
FLOAT_UNARY(isfinite, truth(magnitude(x) < __builtin_inff()))
FLOAT_UNARY(isnan, truth(x != x))
FLOAT_NARY(constant, (F)(shift))
FLOAT_NARY(add, x + y)
FLOAT_NARY(sub, x - y)
FLOAT_NARY(mul, x * y)
FLOAT_NARY(div, x / y)
FLOAT_NARY(max, pick(x != x, x, pick(x > y, x, y)))
FLOAT_NARY(min, pick(x != x, x, pick(x < y, x, y)))
FLOAT_NARY(eq, truth(x == y))
FLOAT_NARY(ne, truth(x != y))
FLOAT_NARY(lt, truth(x < y))
FLOAT_NARY(le, truth(x <= y))
FLOAT_NARY(gt, truth(x > y))
FLOAT_NARY(ge, truth(x >= y))
FLOAT_NARY(and, truth((x != 0.0f) & (y != 0.0f)))
FLOAT_NARY(or, truth((x != 0.0f) | (y != 0.0f)))
FLOAT_LOOP(f32_gate, FETCHED, FETCH, gate_of(x * scale + shift, y))
FLOAT_TAILED(gate, gate_of(x, y))
FLOAT_NARY(over_root, x / (root_of(y) * scale + shift))
FLOAT_NARY(add_relu, x + most(y * scale + shift, (F)(0.0f)))
FLOAT_NARY(combine, scale * x + shift * y)
FLOAT_NARY(select, pick(z != 0.0f, x, y))
FLOAT_NARY(fma, x * y + z)
FLOAT_NARY(fnma, z - x * y)
FLOAT_NARY(combine_product, scale * x + (shift * y) * z)
FLOAT_NARY(combine_quotient, scale * x + (shift * y) / z)

// MARK: - Scalar loops: double precision, integers, and the rarely used functions of single precision

#define SCALAR_OPERATION(name, T, expression) \
  static void name(OP_ARGUMENTS) { \
    POINTERS(T) \
    const T scale = (T)step->scale, shift = (T)step->shift; (void)scale; (void)shift; \
    for (int64_t i = 0; i < lanes; i++) { \
      T x = a[i], y = b[i], z = c[i]; (void)x; (void)y; (void)z; \
      d[i] = (expression); \
    } \
  }
#define SCALAR_UNARY(prefix, name, T, expression) \
  SCALAR_OPERATION(prefix##_##name, T, expression) \
  static void prefix##_##name##_affine(OP_ARGUMENTS) { \
    POINTERS(T) \
    const T scale = (T)step->scale, shift = (T)step->shift; \
    for (int64_t i = 0; i < lanes; i++) { T x = scale * a[i] + shift; d[i] = (expression); } \
  }

LEVEL_INLINE float floor_mod_f32(float x, float y) {
  float r = fmodf(x, y);
  return r != 0 && (r < 0) != (y < 0) ? r + y : r;
}
LEVEL_INLINE double floor_mod_f64(double x, double y) {
  double r = fmod(x, y);
  return r != 0 && (r < 0) != (y < 0) ? r + y : r;
}
#define F32_LIBRARY(name) SCALAR_UNARY(f32, name, float, name##f(x))
F32_LIBRARY(tan) F32_LIBRARY(asin) F32_LIBRARY(acos) F32_LIBRARY(atan) F32_LIBRARY(sinh) F32_LIBRARY(cosh)
F32_LIBRARY(asinh) F32_LIBRARY(acosh) F32_LIBRARY(atanh)
#if LEVEL == 0 && defined(__x86_64__)
F32_LIBRARY(sin) F32_LIBRARY(cos)  // the reduction of `circle` needs fused multiply-add
#else
/// Circular functions: large arguments, rare, go to the mathematical library one by one.
#define FLOAT_CIRCLE(name, turn) \
  static void f32_##name(OP_ARGUMENTS) { \
    POINTERS(float) \
    const float scale = (float)step->scale, shift = (float)step->shift; \
    const bool plain = scale == 1.0f && shift == 0.0f; \
    for (int64_t i = 0; i < lanes; i += 16) { \
      narrow x = *(const f16x *)(a + i); \
      if (!plain) x = x * scale + shift; \
      narrow result = circle(x, turn); \
      if (__builtin_reduce_or((narrow_int)(magnitude(x) > 30000.0f))) \
        for (int k = 0; k < 16; k++) if (fabsf(x[k]) > 30000.0f) result[k] = name##f(x[k]); \
      *(f16x *)(d + i) = result; \
    } \
  }
FLOAT_CIRCLE(sin, 0)
FLOAT_CIRCLE(cos, 1)
#define f32_sin_affine f32_sin
#define f32_cos_affine f32_cos
#endif
SCALAR_OPERATION(f32_pow, float, powf(x, y))
SCALAR_OPERATION(f32_mod, float, floor_mod_f32(x, y))
SCALAR_OPERATION(f32_atan2, float, atan2f(x, y))

#define F64_UNARY(name, expression) SCALAR_UNARY(f64, name, double, expression)
#define F64_NARY(name, expression) SCALAR_OPERATION(f64_##name, double, expression)
#define F64_LIBRARY(name) F64_UNARY(name, name(x))
F64_LIBRARY(exp) F64_LIBRARY(expm1) F64_LIBRARY(log) F64_LIBRARY(log1p) F64_LIBRARY(tanh) F64_LIBRARY(erf)
F64_LIBRARY(sin) F64_LIBRARY(cos) F64_LIBRARY(tan) F64_LIBRARY(asin) F64_LIBRARY(acos) F64_LIBRARY(atan)
F64_LIBRARY(sinh) F64_LIBRARY(cosh) F64_LIBRARY(asinh) F64_LIBRARY(acosh) F64_LIBRARY(atanh)
F64_UNARY(affine, x)
F64_UNARY(neg, -x)
F64_UNARY(abs, fabs(x))
F64_UNARY(sign, x > 0 ? 1.0 : x < 0 ? -1.0 : x)
F64_UNARY(sqrt, __builtin_elementwise_sqrt(x))
F64_UNARY(rsqrt, 1.0 / __builtin_elementwise_sqrt(x))
F64_UNARY(reciprocal, 1.0 / x)
F64_UNARY(square, x * x)
F64_UNARY(sigmoid, (x < 0 ? exp(x) : 1.0) / (1.0 + exp(-fabs(x))))
F64_UNARY(relu, x < 0 ? 0.0 : x)
F64_UNARY(softplus, (x > 0 ? x : 0.0) + log1p(exp(-fabs(x))) + (x != x ? x : 0.0))
F64_UNARY(floor, __builtin_elementwise_floor(x))
F64_UNARY(ceil, __builtin_elementwise_ceil(x))
F64_UNARY(round, __builtin_elementwise_roundeven(x))
F64_UNARY(trunc, __builtin_elementwise_trunc(x))
F64_UNARY(not, x == 0 ? 1.0 : 0.0)
F64_UNARY(isfinite, fabs(x) < __builtin_inf() ? 1.0 : 0.0)
F64_UNARY(isnan, x != x ? 1.0 : 0.0)
F64_NARY(constant, shift)
F64_NARY(add, x + y)
F64_NARY(sub, x - y)
F64_NARY(mul, x * y)
F64_NARY(div, x / y)
F64_NARY(pow, pow(x, y))
F64_NARY(max, y < x || x != x ? x : y)
F64_NARY(min, x < y || x != x ? x : y)
F64_NARY(mod, floor_mod_f64(x, y))
F64_NARY(atan2, atan2(x, y))
F64_NARY(eq, x == y ? 1.0 : 0.0)
F64_NARY(ne, x != y ? 1.0 : 0.0)
F64_NARY(lt, x < y ? 1.0 : 0.0)
F64_NARY(le, x <= y ? 1.0 : 0.0)
F64_NARY(gt, x > y ? 1.0 : 0.0)
F64_NARY(ge, x >= y ? 1.0 : 0.0)
F64_NARY(and, x != 0 && y != 0 ? 1.0 : 0.0)
F64_NARY(or, x != 0 || y != 0 ? 1.0 : 0.0)
F64_NARY(gate, tanh(scale * x + shift) / (1.0 + exp(-y)))
F64_NARY(over_root, x / (scale * __builtin_elementwise_sqrt(y) + shift))
F64_NARY(add_relu, x + (scale * y + shift < 0 ? 0.0 : scale * y + shift))
F64_NARY(combine, scale * x + shift * y)
F64_NARY(select, z != 0 ? x : y)
F64_NARY(fma, x * y + z)
F64_NARY(fnma, z - x * y)
F64_NARY(combine_product, scale * x + shift * y * z)
F64_NARY(combine_quotient, scale * x + shift * y / z)

// Integers wrap around; dividing by zero gives 0; quotients and remainders are those of floor division.
#define WRAP(expression) ((int64_t)(expression))
LEVEL_INLINE int64_t floor_divide(int64_t x, int64_t y) {
  if (y == 0) return 0;
  if (y == -1) return WRAP(-(uint64_t)x);
  int64_t q = x / y;
  return x % y != 0 && (x < 0) != (y < 0) ? q - 1 : q;
}
LEVEL_INLINE int64_t floor_mod_i64(int64_t x, int64_t y) {
  if (y == 0 || y == -1) return 0;
  int64_t r = x % y;
  return r != 0 && (r < 0) != (y < 0) ? r + y : r;
}
LEVEL_INLINE int64_t power_i64(int64_t x, int64_t y) {
  if (y < 0) return x == 1 ? 1 : x == -1 ? (y & 1 ? -1 : 1) : 0;
  uint64_t result = 1, base = (uint64_t)x;
  for (; y; y >>= 1, base *= base) if (y & 1) result *= base;
  return (int64_t)result;
}
#define I64_UNARY(name, expression) \
  SCALAR_OPERATION(i64_##name, int64_t, expression) \
  static void i64_##name##_affine(OP_ARGUMENTS) { \
    POINTERS(int64_t) \
    const int64_t scale = (int64_t)step->scale, shift = (int64_t)step->shift; \
    for (int64_t i = 0; i < lanes; i++) { \
      int64_t x = WRAP((uint64_t)scale * (uint64_t)a[i] + (uint64_t)shift); (void)x; \
      d[i] = (expression); \
    } \
  }
#define I64_NARY(name, expression) SCALAR_OPERATION(i64_##name, int64_t, expression)
#define U(value) ((uint64_t)(value))
I64_UNARY(affine, x)
I64_UNARY(neg, WRAP(-U(x)))
I64_UNARY(abs, x < 0 ? WRAP(-U(x)) : x)
I64_UNARY(sign, (x > 0) - (x < 0))
I64_UNARY(square, WRAP(U(x) * U(x)))
I64_UNARY(relu, x > 0 ? x : 0)
I64_UNARY(not, x == 0)
I64_UNARY(isfinite, 1)
I64_UNARY(isnan, 0)
I64_NARY(constant, shift)
I64_NARY(add, WRAP(U(x) + U(y)))
I64_NARY(sub, WRAP(U(x) - U(y)))
I64_NARY(mul, WRAP(U(x) * U(y)))
I64_NARY(div, floor_divide(x, y))
I64_NARY(pow, power_i64(x, y))
I64_NARY(max, x > y ? x : y)
I64_NARY(min, x < y ? x : y)
I64_NARY(mod, floor_mod_i64(x, y))
I64_NARY(eq, x == y)
I64_NARY(ne, x != y)
I64_NARY(lt, x < y)
I64_NARY(le, x <= y)
I64_NARY(gt, x > y)
I64_NARY(ge, x >= y)
I64_NARY(and, x != 0 && y != 0)
I64_NARY(or, x != 0 || y != 0)
I64_NARY(combine, WRAP(U(scale) * U(x) + U(shift) * U(y)))
I64_NARY(select, z != 0 ? x : y)
I64_NARY(fma, WRAP(U(x) * U(y) + U(z)))
I64_NARY(fnma, WRAP(U(z) - U(x) * U(y)))
I64_NARY(combine_product, WRAP(U(scale) * U(x) + U(shift) * U(y) * U(z)))

#define UNARY_ROW(p, OP, name) [OP] = p##_##name, [VK_OPERATIONS + OP] = p##_##name##_affine
#define COMMON_ROWS(p) \
  UNARY_ROW(p, VK_AFFINE, affine), UNARY_ROW(p, VK_NEG, neg), UNARY_ROW(p, VK_ABS, abs), UNARY_ROW(p, VK_SIGN, sign), \
  UNARY_ROW(p, VK_SQUARE, square), UNARY_ROW(p, VK_RELU, relu), UNARY_ROW(p, VK_NOT, not), \
  UNARY_ROW(p, VK_ISFINITE, isfinite), UNARY_ROW(p, VK_ISNAN, isnan), [VK_CONSTANT] = p##_constant, \
  [VK_ADD] = p##_add, [VK_SUB] = p##_sub, [VK_MUL] = p##_mul, [VK_DIV] = p##_div, [VK_POW] = p##_pow, \
  [VK_MAX] = p##_max, [VK_MIN] = p##_min, [VK_MOD] = p##_mod, [VK_EQ] = p##_eq, [VK_NE] = p##_ne, \
  [VK_LT] = p##_lt, [VK_LE] = p##_le, [VK_GT] = p##_gt, \
  [VK_GE] = p##_ge, [VK_AND] = p##_and, [VK_OR] = p##_or, [VK_COMBINE] = p##_combine, [VK_SELECT] = p##_select, \
  [VK_FMA] = p##_fma, [VK_FNMA] = p##_fnma, [VK_COMBINE_PRODUCT] = p##_combine_product
#define REAL_ROWS(p) \
  UNARY_ROW(p, VK_EXP, exp), UNARY_ROW(p, VK_EXPM1, expm1), UNARY_ROW(p, VK_LOG, log), UNARY_ROW(p, VK_LOG1P, log1p), \
  UNARY_ROW(p, VK_SQRT, sqrt), UNARY_ROW(p, VK_RSQRT, rsqrt), UNARY_ROW(p, VK_RECIPROCAL, reciprocal), \
  UNARY_ROW(p, VK_TANH, tanh), UNARY_ROW(p, VK_SIGMOID, sigmoid), UNARY_ROW(p, VK_SOFTPLUS, softplus), \
  UNARY_ROW(p, VK_ERF, erf), UNARY_ROW(p, VK_SIN, sin), UNARY_ROW(p, VK_COS, cos), UNARY_ROW(p, VK_TAN, tan), \
  UNARY_ROW(p, VK_ASIN, asin), UNARY_ROW(p, VK_ACOS, acos), UNARY_ROW(p, VK_ATAN, atan), UNARY_ROW(p, VK_SINH, sinh), \
  UNARY_ROW(p, VK_COSH, cosh), UNARY_ROW(p, VK_ASINH, asinh), UNARY_ROW(p, VK_ACOSH, acosh), \
  UNARY_ROW(p, VK_ATANH, atanh), UNARY_ROW(p, VK_FLOOR, floor), UNARY_ROW(p, VK_CEIL, ceil), \
  UNARY_ROW(p, VK_ROUND, round), UNARY_ROW(p, VK_TRUNC, trunc), [VK_ATAN2] = p##_atan2, \
  [VK_COMBINE_QUOTIENT] = p##_combine_quotient
static const lane_operation f32_operations[2 * VK_OPERATIONS] = {COMMON_ROWS(f32), REAL_ROWS(f32),
  [VK_GATE] = f32_gate, [VK_OVER_ROOT] = f32_over_root, [VK_ADD_RELU] = f32_add_relu};
static const lane_operation f32_tailed[VK_OPERATIONS] = {
  [VK_EXP] = f32_exp_tailed, [VK_EXPM1] = f32_expm1_tailed, [VK_LOG] = f32_log_tailed, [VK_LOG1P] = f32_log1p_tailed,
  [VK_TANH] = f32_tanh_tailed, [VK_SIGMOID] = f32_sigmoid_tailed, [VK_SOFTPLUS] = f32_softplus_tailed,
  [VK_ERF] = f32_erf_tailed, [VK_GATE] = f32_gate_tailed};
static const lane_operation f64_operations[2 * VK_OPERATIONS] = {COMMON_ROWS(f64), REAL_ROWS(f64),
  [VK_GATE] = f64_gate, [VK_OVER_ROOT] = f64_over_root, [VK_ADD_RELU] = f64_add_relu};
static const lane_operation i64_operations[2 * VK_OPERATIONS] = {
  COMMON_ROWS(i64), UNARY_ROW(i64, VK_FLOOR, affine), UNARY_ROW(i64, VK_CEIL, affine), UNARY_ROW(i64, VK_ROUND, affine),
  UNARY_ROW(i64, VK_TRUNC, affine)};
