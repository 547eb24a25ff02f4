// How kernels divide their work among the threads of ThreadPool.
#ifndef VK_PARALLEL_H
#define VK_PARALLEL_H
#include <stdint.h>
#include <stddef.h>
#include "ThreadPool.h"

#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wnullability-completeness"

/// Cores this process may run on: its affinity, not the machine's size; 0 where that is not known.
int vk_available_cores(void);

/// Contiguous share of `count` items for one member, in multiples of `grain`.
static inline void vk_share(int64_t count, int64_t grain, int thread, int threads, int64_t *first, int64_t *last) {
  int64_t blocks = (count + grain - 1) / grain, each = blocks / threads, extra = blocks % threads;
  int64_t a = thread * each + (thread < extra ? thread : extra), b = a + each + (thread < extra ? 1 : 0);
  *first = a * grain < count ? a * grain : count;
  *last = b * grain < count ? b * grain : count;
}
#pragma clang diagnostic pop
#endif
