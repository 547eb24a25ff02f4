// The lane operations for processors with AVX-512.
#include "map_internal.h"
#if defined(__x86_64__)
#include <immintrin.h>
#include <math.h>
#include <string.h>
#define LEVEL 4
#define WIDE 64
#define LEVEL_INLINE static inline __attribute__((always_inline, unused))
#pragma clang attribute push(__attribute__((target("arch=x86-64-v4"), min_vector_width(512))), apply_to = function)
#include "map_lanes.h"
#include "map_moments.h"
#include "map_tiles.h"
const lane_table vk_lanes_v4 = {{f32_operations, f64_operations, i64_operations}, f32_tailed, f32_moments, run_range, open_flat, run_slice};
#pragma clang attribute pop
#endif
