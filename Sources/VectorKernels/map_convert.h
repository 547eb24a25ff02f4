// Conversions between the storage types and the arithmetic types, for one instruction set. Lengths are exact here:
// nothing outside [0, n) is read from or written to the arrays of the caller.

LEVEL_INLINE float bfloat_to_float(uint16_t h) { uint32_t u = (uint32_t)h << 16; float f; memcpy(&f, &u, 4); return f; }
LEVEL_INLINE uint16_t float_to_bfloat(float f) {
  uint32_t u; memcpy(&u, &f, 4);
  uint32_t rounded = (u + 0x7fff + ((u >> 16) & 1)) >> 16, quiet = (u >> 16) | 0x40;
  return (uint16_t)((u & 0x7fffffff) > 0x7f800000 ? quiet : rounded);
}
#if LEVEL >= 3 || defined(__aarch64__)
LEVEL_INLINE float half_to_float(uint16_t h) { _Float16 f; memcpy(&f, &h, 2); return (float)f; }
LEVEL_INLINE uint16_t float_to_half(float x) { _Float16 f = (_Float16)x; uint16_t h; memcpy(&h, &f, 2); return h; }
#else
LEVEL_INLINE float half_to_float(uint16_t h) {
  uint32_t u = (uint32_t)(h & 0x7fff) << 13; float f;
  memcpy(&f, &u, 4); f *= 0x1p112f; memcpy(&u, &f, 4);   // exact, subnormals too
  if ((h & 0x7c00) == 0x7c00) u = 0x7f800000 | (uint32_t)(h & 0x3ff) << 13;
  u |= (uint32_t)(h & 0x8000) << 16;
  memcpy(&f, &u, 4); return f;
}
LEVEL_INLINE uint16_t float_to_half(float x) {
  uint32_t u; memcpy(&u, &x, 4);
  uint32_t sign = (u >> 16) & 0x8000, a = u & 0x7fffffff;
  if (a > 0x7f800000) return (uint16_t)(sign | 0x7e00 | ((a >> 13) & 0x3ff));
  if (a >= 0x477ff000) return (uint16_t)(sign | 0x7c00);
  if (a < 0x38800000) {                                   // subnormal: let the addition round
    float f; memcpy(&f, &a, 4); f += 0.5f; memcpy(&a, &f, 4);
    return (uint16_t)(sign | (a - 0x3f000000));
  }
  a += 0xc8000fff + ((a >> 13) & 1);
  return (uint16_t)(sign | (a >> 13));
}
#endif
/// Rounds to odd, so that a second rounding to fewer bits is the right one.
LEVEL_INLINE float double_to_odd_float(double x) {
  float f = (float)x;
  if ((double)f == x || x != x || fabsf(f) == __builtin_inff()) return f;
  uint32_t u; memcpy(&u, &f, 4);
  if (fabs((double)f) > fabs(x)) u -= 1;
  u |= 1; memcpy(&f, &u, 4); return f;
}
#define SATURATE(name, T, U, low, high) \
  LEVEL_INLINE U name(T x) { \
    return x >= (T)(high) ? (U)((high) - 1) : x > (T)(low) ? (U)x : x <= (T)(low) ? (U)(low) : (U)0; \
  }
#define SATURATES(name, T) \
  SATURATE(name##_to_i8, T, int8_t, -128, 128) SATURATE(name##_to_u8, T, uint8_t, 0, 256) \
  SATURATE(name##_to_i32, T, int32_t, -2147483648.0, 2147483648.0) \
  LEVEL_INLINE int64_t name##_to_i64(T x) { \
    return x >= (T)0x1p63 ? INT64_MAX : x > (T)-0x1p63 ? (int64_t)x : x <= (T)-0x1p63 ? INT64_MIN : 0; \
  }
SATURATES(float, float)
SATURATES(double, double)

#define EACH(expression) for (int64_t i = 0; i < n; i++) d[i] = (expression); break
#define LOAD_CASE(T, value) { const T *s = source; EACH(value); }
#define LOAD_FUNCTION(name, T, from_float, from_double) \
  static __attribute__((unused)) void name(uint8_t type, const void *source, T *d, int64_t n) { \
    switch (type) { \
      case VK_F32: LOAD_CASE(float, from_float(s[i])) \
      case VK_F64: LOAD_CASE(double, from_double(s[i])) \
      case VK_F16: LOAD_CASE(uint16_t, from_float(half_to_float(s[i]))) \
      case VK_BF16: LOAD_CASE(uint16_t, from_float(bfloat_to_float(s[i]))) \
      case VK_I8: LOAD_CASE(int8_t, s[i]) \
      case VK_U8: LOAD_CASE(uint8_t, s[i]) \
      case VK_I32: LOAD_CASE(int32_t, (T)s[i]) \
      case VK_I64: LOAD_CASE(int64_t, (T)s[i]) \
      case VK_BOOL: LOAD_CASE(uint8_t, s[i] != 0) \
    } \
  }
LOAD_FUNCTION(load_f32, float, (float), (float))
LOAD_FUNCTION(load_f64, double, (double), (double))
LOAD_FUNCTION(load_i64, int64_t, float_to_i64, double_to_i64)

#define STORE_CASE(T, value) { T *d = target; EACH(value); }
#define STORE_FUNCTION(name, T, half, bfloat, i8, u8, i32, i64) \
  static __attribute__((unused)) void name(uint8_t type, void *target, const T *s, int64_t n) { \
    switch (type) { \
      case VK_F32: STORE_CASE(float, (float)s[i]) \
      case VK_F64: STORE_CASE(double, (double)s[i]) \
      case VK_F16: STORE_CASE(uint16_t, float_to_half(half(s[i]))) \
      case VK_BF16: STORE_CASE(uint16_t, float_to_bfloat(bfloat(s[i]))) \
      case VK_I8: STORE_CASE(int8_t, i8(s[i])) \
      case VK_U8: STORE_CASE(uint8_t, u8(s[i])) \
      case VK_I32: STORE_CASE(int32_t, i32(s[i])) \
      case VK_I64: STORE_CASE(int64_t, i64(s[i])) \
      case VK_BOOL: STORE_CASE(uint8_t, s[i] != 0) \
    } \
  }
STORE_FUNCTION(store_f32, float, , , float_to_i8, float_to_u8, float_to_i32, float_to_i64)
STORE_FUNCTION(store_f64, double, double_to_odd_float, double_to_odd_float, double_to_i8, double_to_u8, double_to_i32,
               double_to_i64)
STORE_FUNCTION(store_i64, int64_t, (double), (double), (int8_t), (uint8_t), (int32_t), (int64_t))

LEVEL_INLINE void load_lanes(int32_t class_, uint8_t type, const void *source, void *tile, int64_t n) {
  if (class_ == VK_CLASS_F32) load_f32(type, source, tile, n);
  else if (class_ == VK_CLASS_F64) load_f64(type, source, tile, n);
  else load_i64(type, source, tile, n);
}
LEVEL_INLINE void store_lanes(int32_t class_, uint8_t type, void *target, const void *tile, int64_t n) {
  if (class_ == VK_CLASS_F32) store_f32(type, target, tile, n);
  else if (class_ == VK_CLASS_F64) store_f64(type, target, tile, n);
  else store_i64(type, target, tile, n);
}

/// Copies 4 n bytes; short lengths are the usual case.
LEVEL_INLINE void copy_words(void *target, const void *source, int64_t n) {
#if LEVEL == 4
  float *d = target; const float *s = source;
  for (; n >= 16; n -= 16, d += 16, s += 16) _mm512_storeu_ps(d, _mm512_loadu_ps(s));
  if (n) {
    __mmask16 mask = (__mmask16)((1u << n) - 1);
    _mm512_mask_storeu_ps(d, mask, _mm512_maskz_loadu_ps(mask, s));
  }
#else
  memcpy(target, source, (size_t)n * 4);
#endif
}
/// Copies into a padded tile: writes whole vectors, reads n words.
LEVEL_INLINE void fill_words(void *tile, const void *source, int64_t n) {
#if LEVEL == 4
  float *d = tile; const float *s = source;
  for (; n >= 16; n -= 16, d += 16, s += 16) _mm512_storeu_ps(d, _mm512_loadu_ps(s));
  if (n) _mm512_storeu_ps(d, _mm512_maskz_loadu_ps((__mmask16)((1u << n) - 1), s));
#else
  memcpy(tile, source, (size_t)n * 4);
#endif
}

#define BY_SIZE(size, body) \
  switch (size) { \
    case 1: { typedef uint8_t T; body break; } \
    case 2: { typedef uint16_t T; body break; } \
    case 4: { typedef uint32_t T; body break; } \
    default: { typedef uint64_t T; body } \
  }
/// Gathers n lanes of an operand that does not lie side by side.
static __attribute__((unused)) void gather_lanes(const operand_plan *plan, int64_t size, const void *base, void *target,
                                                 int64_t n) {
  if (plan->lies == LIES_RUNS) {
    BY_SIZE(size, {
      const T *s = base; T *d = target;
      for (int64_t i = 0; i < n; i += plan->run, s += plan->row_step, d += plan->run) {
        if (plan->run_stride) memcpy(d, s, (size_t)plan->run * sizeof(T));
        else { T value = *s; for (int64_t j = 0; j < plan->run; j++) d[j] = value; }
      }
    })
  } else {
    const int64_t *offsets = plan->offsets;
    BY_SIZE(size, { const T *s = base; T *d = target; for (int64_t i = 0; i < n; i++) d[i] = s[offsets[i]]; })
  }
}
static __attribute__((unused)) void scatter_lanes(const operand_plan *plan, int64_t size, void *base,
                                                  const void *source, int64_t n) {
  const int64_t *offsets = plan->offsets;
  BY_SIZE(size, { T *d = base; const T *s = source; for (int64_t i = 0; i < n; i++) d[offsets[i]] = s[i]; })
}
