// Reductions of a tile into accumulators, for one instruction set. Inside a tile sums run in the arithmetic type over
// several partial sums; across tiles they run in double precision (int64 for integers).

#define SUM_OF(s, x) ((s) + (x))
#define PROD_OF(s, x) ((s) * (x))
#define MAX_OF(s, x) ((x) > (s) || (x) != (x) ? (x) : (s))
#define MIN_OF(s, x) ((x) < (s) || (x) != (x) ? (x) : (s))
#define ALL_OF(s, x) ((s) != 0 && (x) != 0 ? 1 : 0)
#define ANY_OF(s, x) ((s) != 0 || (x) != 0 ? 1 : 0)
#define SUM_OF_V(s, x) ((s) + (x))
#define PROD_OF_V(s, x) ((s) * (x))
#define MAX_OF_V(s, x) pick((x) != (x), (x), pick((x) > (s), (x), (s)))
#define MIN_OF_V(s, x) pick((x) != (x), (x), pick((x) < (s), (x), (s)))
#define ALL_OF_V(s, x) truth(((s) != 0.0f) & ((x) != 0.0f))
#define ANY_OF_V(s, x) truth(((s) != 0.0f) | ((x) != 0.0f))

/// Reduces n neighbouring lanes to one value.
#define LINE_FLOAT(STEP, identity) \
  narrow p0 = (narrow)(identity), p1 = p0, p2 = p0, p3 = p0; \
  int64_t i = 0; \
  for (; i + 64 <= n; i += 64) { \
    p0 = STEP##_V(p0, *(const f16x *)(x + i)); p1 = STEP##_V(p1, *(const f16x *)(x + i + 16)); \
    p2 = STEP##_V(p2, *(const f16x *)(x + i + 32)); p3 = STEP##_V(p3, *(const f16x *)(x + i + 48)); \
  } \
  for (; i + 16 <= n; i += 16) p0 = STEP##_V(p0, *(const f16x *)(x + i)); \
  p0 = STEP##_V(p0, p1); p2 = STEP##_V(p2, p3); p0 = STEP##_V(p0, p2); \
  float lanes[16]; *(f16x *)lanes = p0; \
  if (n >= 16) for (int w = 8; w; w >>= 1) for (int k = 0; k < w; k++) lanes[k] = STEP(lanes[k], lanes[k + w]); \
  float value = lanes[0]; \
  for (; i < n; i++) value = STEP(value, x[i]); \
  return value;
#define LINE_PLAIN(T, STEP, identity) \
  T part[8]; for (int k = 0; k < 8; k++) part[k] = (T)(identity); \
  int64_t i = 0; \
  for (; i + 8 <= n; i += 8) for (int k = 0; k < 8; k++) part[k] = STEP(part[k], x[i + k]); \
  for (; i < n; i++) part[0] = STEP(part[0], x[i]); \
  for (int k = 1; k < 8; k++) part[0] = STEP(part[0], part[k]); \
  return part[0];

/// Reduces the 16 columns from j on of the whole periods of a tile.
#define COLUMN_FLOAT(T, STEP) { \
  narrow s = *(const f16x *)(x + j); \
  for (int64_t row = period; row + period <= n; row += period) s = STEP##_V(s, *(const f16x *)(x + row + j)); \
  *(f16x *)(part + j) = s; \
}
#define COLUMN_PLAIN(T, STEP) { \
  for (int64_t row = period; row + period <= n; row += period) \
    for (int k = 0; k < 16; k++) part[j + k] = STEP(part[j + k], x[row + j + k]); \
}

#define FOLD_FUNCTION(name, T, A, STEP, identity, LINE, COLUMN) \
  LEVEL_INLINE T name##_line(const T *x, int64_t n) { LINE } \
  static void name(const operand_plan *plan, const T *x, int64_t n, int64_t inner, A *sum) { \
    switch (plan->fold) { \
      case FOLD_ALL: *sum = STEP(*sum, (A)name##_line(x, n)); break; \
      case FOLD_LANES: for (int64_t i = 0; i < n; i++) sum[i] = STEP(sum[i], (A)x[i]); break; \
      case FOLD_PERIOD: { \
        int64_t period = inner; \
        while ((period % 16 || period < 128) && period * 2 <= n && period * 2 <= LANES) period *= 2; \
        if (period % 16) period = inner; \
        T part[LANES]; int64_t i = period; \
        memcpy(part, x, (size_t)period * sizeof(T)); \
        if (period % 16 == 0) { \
          for (int64_t j = 0; j < period; j += 16) COLUMN(T, STEP) \
          i = n / period * period; \
        } else { \
          for (; i + period <= n; i += period) for (int64_t j = 0; j < period; j++) part[j] = STEP(part[j], x[i + j]); \
        } \
        for (int64_t j = 0; i + j < n; j++) part[j] = STEP(part[j], x[i + j]); \
        for (int64_t k = 0; k < period; k += inner) \
          for (int64_t j = 0; j < inner; j++) sum[j] = STEP(sum[j], (A)part[k + j]); \
        break; \
      } \
      case FOLD_ROWS: { \
        int64_t step = plan->row_step; \
        if (inner >= 16) { \
          for (int64_t i = 0; i < n; i += inner, sum += step) *sum = STEP(*sum, (A)name##_line(x + i, inner)); \
        } else { \
          for (int64_t i = 0; i < n; i += inner, sum += step) { \
            T value = x[i]; \
            for (int64_t j = 1; j < inner; j++) value = STEP(value, x[i + j]); \
            *sum = STEP(*sum, (A)value); \
          } \
        } \
        break; \
      } \
      default: for (int64_t i = 0; i < n; i++) { A *s = sum + plan->offsets[i]; *s = STEP(*s, (A)x[i]); } \
    } \
  }
#define FOLD_MODES(prefix, T, A, LINE, COLUMN, lowest, highest) \
  FOLD_FUNCTION(prefix##_sum, T, A, SUM_OF, 0, LINE(SUM_OF, 0), COLUMN) \
  FOLD_FUNCTION(prefix##_prod, T, A, PROD_OF, 1, LINE(PROD_OF, 1), COLUMN) \
  FOLD_FUNCTION(prefix##_max, T, A, MAX_OF, lowest, LINE(MAX_OF, lowest), COLUMN) \
  FOLD_FUNCTION(prefix##_min, T, A, MIN_OF, highest, LINE(MIN_OF, highest), COLUMN) \
  FOLD_FUNCTION(prefix##_all, T, A, ALL_OF, 1, LINE(ALL_OF, 1), COLUMN) \
  FOLD_FUNCTION(prefix##_any, T, A, ANY_OF, 0, LINE(ANY_OF, 0), COLUMN) \
  static void prefix##_fold(uint8_t mode, const operand_plan *plan, const T *x, int64_t n, int64_t inner, A *sum) { \
    switch (mode) { \
      case VK_REDUCE_SUM: prefix##_sum(plan, x, n, inner, sum); break; \
      case VK_REDUCE_PROD: prefix##_prod(plan, x, n, inner, sum); break; \
      case VK_REDUCE_MAX: prefix##_max(plan, x, n, inner, sum); break; \
      case VK_REDUCE_MIN: prefix##_min(plan, x, n, inner, sum); break; \
      case VK_REDUCE_ALL: prefix##_all(plan, x, n, inner, sum); break; \
      default: prefix##_any(plan, x, n, inner, sum); \
    } \
  }
#define LINE_F64(STEP, identity) LINE_PLAIN(double, STEP, identity)
#define LINE_I64(STEP, identity) LINE_PLAIN(int64_t, STEP, identity)
FOLD_MODES(fold_f32, float, double, LINE_FLOAT, COLUMN_FLOAT, -__builtin_inff(), __builtin_inff())
FOLD_MODES(fold_f64, double, double, LINE_F64, COLUMN_PLAIN, -__builtin_inf(), __builtin_inf())
FOLD_MODES(fold_i64, int64_t, int64_t, LINE_I64, COLUMN_PLAIN, INT64_MIN, INT64_MAX)

LEVEL_INLINE void fold_lanes(int32_t class_, uint8_t mode, const operand_plan *plan, const void *x, int64_t n,
                             int64_t inner, void *sum) {
  if (class_ == VK_CLASS_F32) fold_f32_fold(mode, plan, x, n, inner, sum);
  else if (class_ == VK_CLASS_F64) fold_f64_fold(mode, plan, x, n, inner, sum);
  else fold_i64_fold(mode, plan, x, n, inner, sum);
}
