// The lane operations for processors with AVX2 and fused multiply-add.
#include "map_internal.h"
#if defined(__x86_64__)
#include <immintrin.h>
#include <math.h>
#include <string.h>
#define LEVEL 3
#define WIDE 16
#define LEVEL_INLINE static inline __attribute__((always_inline, unused))
#pragma clang attribute push(__attribute__((target("arch=x86-64-v3"))), apply_to = function)
#include "map_lanes.h"
#include "map_moments.h"
#include "map_tiles.h"
const lane_table vk_lanes_v3 = {{f32_operations, f64_operations, i64_operations}, f32_tailed, f32_moments, run_range, open_flat, run_slice};
#pragma clang attribute pop
#endif
