// The map kernel: an elementwise program over arrays, evaluated in one pass over memory, tile by tile in the
// first-level cache. Results are stored, reduced, or both. One kernel may run the program over several segments
// (all parameters of a model).
#ifndef VK_MAP_H
#define VK_MAP_H
#include <stddef.h>
#include <stdint.h>

enum { VK_MAP_RANK = 8, VK_MAP_OPERANDS = 64, VK_MAP_REGISTERS = 255 };

typedef enum { VK_F32, VK_F64, VK_F16, VK_BF16, VK_I8, VK_U8, VK_I32, VK_I64, VK_BOOL } vk_dtype;

/// Arithmetic of a program. F32 and F64 load every storage type by conversion; I64 is exact for integers and booleans.
/// Storing rounds to nearest even; a float stored as an integer is truncated and saturated, NaN becomes 0; an integer
/// stored in a narrower one wraps around. The functions of F32 are within 4 units in the last place.
typedef enum { VK_CLASS_F32, VK_CLASS_F64, VK_CLASS_I64 } vk_class;

typedef enum {
  // One argument: f(scale * a + shift).
  VK_AFFINE, VK_NEG, VK_ABS, VK_SIGN, VK_EXP, VK_EXPM1, VK_LOG, VK_LOG1P, VK_SQRT, VK_RSQRT, VK_RECIPROCAL, VK_SQUARE,
  VK_TANH, VK_SIGMOID, VK_RELU, VK_SOFTPLUS, VK_ERF, VK_SIN, VK_COS, VK_TAN, VK_ASIN, VK_ACOS, VK_ATAN, VK_SINH,
  VK_COSH,
  VK_ASINH, VK_ACOSH, VK_ATANH, VK_FLOOR, VK_CEIL, VK_ROUND, VK_TRUNC, VK_NOT, VK_ISFINITE, VK_ISNAN,
  // No argument: shift.
  VK_CONSTANT,
  // Two arguments. Comparisons and logic give 0 or 1; VK_MOD has the divisor's sign; VK_ATAN2 is the angle of the point
  // (x = b, y = a). Integers: division rounds down, by zero it gives 0, as does VK_MOD.
  VK_ADD, VK_SUB, VK_MUL, VK_DIV, VK_POW, VK_MAX, VK_MIN, VK_MOD, VK_ATAN2,
  VK_EQ, VK_NE, VK_LT, VK_LE, VK_GT, VK_GE, VK_AND, VK_OR,
  VK_GATE,              // tanh(scale * a + shift) * sigmoid(b); 0 where that is below the normal numbers of F32
  VK_ADD_RELU,          // a + relu(scale * b + shift)
  VK_OVER_ROOT,         // a / (scale * sqrt(b) + shift), the root within one unit in the last place
  VK_COMBINE,           // scale * a + shift * b
  // Three arguments.
  VK_SELECT,            // c ≠ 0 ? a : b
  VK_FMA,               // a * b + c
  VK_FNMA,              // c - a * b
  VK_COMBINE_PRODUCT,   // scale * a + shift * b * c
  VK_COMBINE_QUOTIENT,  // scale * a + shift * b / c
  VK_OPERATIONS
} vk_operation;

/// One step: register `dst` becomes the operation of registers `a`, `b`, `c`. Registers 0..<inputs hold the inputs;
/// every other register is written once, before it is read. A plain unary step has scale 1 and shift 0. A product that
/// is only added, and an affine step read by one unary step, are joined with their reader and not rounded between.
typedef struct {
  uint8_t op, dst, a, b, c;
  double scale, shift;
} vk_instruction;

typedef enum {
  VK_STORE, VK_REDUCE_SUM, VK_REDUCE_MAX, VK_REDUCE_MIN, VK_REDUCE_PROD, VK_REDUCE_ALL, VK_REDUCE_ANY
} vk_mode;

/// What becomes of a register. A reduced output is reduced over the axes along which its stride is 0 and multiplied by
/// `scale` (0 means 1) at the end: a mean is a sum with scale 1/n. Empty reductions give the identity of the mode.
typedef struct {
  uint8_t reg, type, mode;
  uint8_t across_segments;  // reduced over every segment too, into the pointer of segment 0; all its strides are 0
  double scale;
} vk_output;

/// One iteration space: dims[rank], strides[(inputs + outputs) * rank] in elements (0 broadcasts, any sign), pointers
/// of inputs, then outputs. A stored output may be exactly one of the inputs (same pointer, type and strides).
typedef struct {
  int32_t rank;
  const int64_t *dims;
  const int64_t *strides;
  void *const *pointers;
} vk_segment;

typedef struct {
  int32_t class_, threads;
  int32_t inputs, outputs, instructions, segments;
  const uint8_t *input_types;
  const vk_output *output;
  const vk_instruction *instruction;
  const vk_segment *segment;
} vk_map_description;

typedef struct vk_map vk_map;

/// Prepares a kernel; everything is copied. NULL, with the reason in `message`, if the description is impossible.
vk_map *vk_map_create(const vk_map_description *description, char *message, size_t capacity);

/// Runs the kernel: `void kernel(void *)`. The same thread count gives the same bits.
void vk_map_run(void *map);

/// Where the kernel keeps a pointer, to be patched between runs; NULL if there is no such operand.
void **vk_map_pointer(vk_map *map, int32_t segment, int32_t operand);

void vk_map_destroy(vk_map *map);

/// Whether the map's only segment is several numbers side by side, or one for all elements, in the type of its arithmetic, and all
/// its results are stored: then parts of it can be run as their turn comes.
int32_t vk_map_is_flat(const vk_map *map);

/// The addresses of a flat map's inputs that are not one number for all; returns how many there are, at most `capacity`.
int32_t vk_map_arrays(const vk_map *map, int32_t except, const float **arrays, int32_t capacity);

/// Prepares a thread (0..<threads of the map) for slices of a flat map; once in a run.
void vk_map_open(vk_map *map, int32_t thread);

/// Elements first ..< first + count of a flat map, on the calling thread, which is the one named. Input number `operand`
/// is read from `values`, its element `first` being the first there; -1 for none.
void vk_map_slice(vk_map *map, int32_t thread, int64_t first, int64_t count, int32_t operand, const void *values);

/// A flat map that moves parameters w by the first and second moments m and v of their gradient g, in place or not: with
/// m' = m + (g - m) share and v' = v + (g² - v) share_of_square, w' = w - m' rate / (√v' scale + shift).
typedef struct {
  const float *m, *v, *w;
  float *new_m, *new_v, *new_w;
  float share, share_of_square, rate, scale, shift;
} vk_moments;

/// Whether an opened flat map is just that, of the gradient which is its input number `gradient`.
int32_t vk_map_moments(const vk_map *map, int32_t thread, int32_t gradient, vk_moments *moments);

/// Limits kernels created from now on to an instruction set: 4 AVX-512, 3 AVX2 with FMA, 0 any processor. For tests.
void vk_map_limit(int32_t level);
#endif
