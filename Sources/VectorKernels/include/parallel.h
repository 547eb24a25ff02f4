// The one thread pool. Kernels enter oneDNN's own OpenMP pool, handed over at start-up; until then they run serially.
#ifndef VK_PARALLEL_H
#define VK_PARALLEL_H
#include <stdint.h>
#include <stddef.h>

#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wnullability-completeness"

/// Work of one member of a team: `thread` in 0..<threads.
typedef void (*vk_body)(void *context, int thread, int threads);

/// Hands over libgomp's entry points (GOMP_parallel, omp_get_thread_num, omp_get_num_threads).
void vk_use_openmp(void (*_Nonnull parallel)(void (*_Nonnull)(void *_Nullable), void *_Nullable, unsigned, unsigned),
                   int (*_Nonnull thread_num)(void), int (*_Nonnull team_size)(void));

/// Cores this process may run on: its affinity, not the machine's size; 0 where that is not known.
int vk_available_cores(void);

/// Threads a parallel region may use (1 until set).
void vk_set_threads(int threads);
int vk_threads(void);

/// Runs `body` on `threads` members (clamped to vk_threads()); on the caller alone when that is 1.
void vk_parallel(vk_body body, void *context, int threads);

/// Contiguous share of `count` items for one member, in multiples of `grain`.
static inline void vk_share(int64_t count, int64_t grain, int thread, int threads, int64_t *first, int64_t *last) {
  int64_t blocks = (count + grain - 1) / grain, each = blocks / threads, extra = blocks % threads;
  int64_t a = thread * each + (thread < extra ? thread : extra), b = a + each + (thread < extra ? 1 : 0);
  *first = a * grain < count ? a * grain : count;
  *last = b * grain < count ? b * grain : count;
}
#pragma clang diagnostic pop
#endif
