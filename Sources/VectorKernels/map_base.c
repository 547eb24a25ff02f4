// The lane operations for any processor.
#include "map_internal.h"
#define LEVEL 0
#define WIDE 16
#define LEVEL_INLINE static inline __attribute__((always_inline, unused))
#include "map_lanes.h"
#include "map_moments.h"
#include "map_tiles.h"
const lane_table vk_lanes_base = {{f32_operations, f64_operations, i64_operations}, f32_tailed, f32_moments, run_range, open_flat, run_slice};
