// The threads of a parallel region. One pool serves the whole process: Cajal's own kernels enter it by `pool_run`, and
// oneDNN's OpenMP calls are led here by `pool_adopt`, so that one policy decides how threads wait and what happens when
// other programs want the cores. A region always has the shares that were asked for, whoever computes them, so results
// do not depend on how busy the machine is.
#ifndef THREAD_POOL_H
#define THREAD_POOL_H
#include <stddef.h>
#include <stdint.h>

/// Computes share `thread` of `threads`.
typedef void (*pool_body)(void *context, int thread, int threads);

/// Threads of a region that does not say how many, including the one that calls; 1 until set.
int pool_threads(void);

/// 1 to 4096; takes effect with the next region.
void pool_set_threads(int threads);

/// Runs `body` for each of `threads` shares (at most 4096) and returns when all are done. Inside another region, or with
/// one thread, the caller runs its only share itself. Callers from several threads take turns.
void pool_run(pool_body body, void *context, int threads);

/// Waits until every share of the region has come here; only for bodies that run more than one share.
void pool_barrier(void);

/// Contiguous part of `count` items for one share, in multiples of `grain`.
static inline void pool_part(int64_t count, int64_t grain, int thread, int threads, int64_t *first, int64_t *last) {
  int64_t blocks = (count + grain - 1) / grain, each = blocks / threads, extra = blocks % threads;
  int64_t a = thread * each + (thread < extra ? thread : extra), b = a + each + (thread < extra ? 1 : 0);
  *first = a * grain < count ? a * grain : count;
  *last = b * grain < count ? b * grain : count;
}

/// Cores this process may run on: its affinity, not the machine's size; 0 where that is not known.
int pool_available_cores(void);

/// Median time of a region in which all threads only meet, in nanoseconds, over `repeats` (1 to 1000) of them after one
/// that starts the threads. Far above 10 000 means that other programs keep the cores busy.
int64_t pool_fork_nanoseconds(int repeats);

/// Leads a loaded library's calls of OpenMP (GNU's entry points) to this pool. `library` is what `dlopen` gave.
///
/// Returns 0; or -1, with the reason in `message`, when the library uses entry points that the pool does not offer or
/// cannot be changed: then nothing is changed, and the library keeps threads of its own.
int pool_adopt(void *library, char *message, size_t size);
#endif
