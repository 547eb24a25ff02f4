// Working memory of batch normalization: rows with a number for each channel.
#ifndef VK_BATCH_NORMALIZATION_PLAN_H
#define VK_BATCH_NORMALIZATION_PLAN_H
#include "batch_normalization.h"

/// Each thread has two totals and two sums of the chunk at hand; all share the numbers that a pass multiplies by and adds.
enum { BATCH_THREAD_ROWS = 4, BATCH_SHARED_ROWS = 5 };

static inline int64_t batch_width(int64_t channels) { return (channels + 15) / 16 * 16; }
#endif
