// GNU OpenMP's entry points, as far as oneDNN calls them, in terms of the pool.
#include "openmp.h"
#include "region.h"
#include <stdbool.h>

/// The loop a share is in: iterations by chunks in turn, or one block each.
static _Thread_local struct {
  long next, step, end;       // chunks: first iteration of the next one, distance between two of this share's, end
  long chunk;
} loop;

static void outlined(void *context, int thread, int threads) {
  (void)thread, (void)threads;
  void **pair = context;
  ((void (*)(void *))pair[0])(pair[1]);
}

/// What a region begun here computes; it lasts from `parallel_start` to `parallel_end`.
static _Thread_local void *begun[2];

static void parallel_start(void (*body)(void *), void *context, unsigned threads) {
  if (pool_share.depth == 0) {
    begun[0] = (void *)body;
    begun[1] = context;
  }
  pool_begin(outlined, begun, (int)threads, (const void *)body);
}

static void parallel(void (*body)(void *), void *context, unsigned threads, unsigned flags) {
  (void)flags;
  parallel_start(body, context, threads);
  body(context);
  pool_end();
}

static int max_threads(void) { return pool_threads(); }
static int team_size(void) { return pool_share.depth == 1 ? pool_share.threads : 1; }
static int thread_number(void) { return pool_share.depth == 1 ? pool_share.thread : 0; }
static int in_parallel(void) { return pool_share.depth > 0 && pool_share.threads > 1; }

static bool next_chunk(long *from, long *to) {
  const bool up = loop.chunk > 0;
  if (up ? loop.next >= loop.end : loop.next <= loop.end) return false;
  *from = loop.next;
  *to = loop.next + loop.chunk;
  if (up ? *to > loop.end : *to < loop.end) *to = loop.end;
  loop.next += loop.step;
  return true;
}

static bool static_start(long start, long end, long increment, long chunk, long *from, long *to) {
  const long team = team_size(), mine = thread_number();
  if (chunk > 0) {
    loop.chunk = chunk * increment;
    loop.next = start + mine * loop.chunk;
    loop.step = team * loop.chunk;
    loop.end = end;
  } else {
    const long count = (end - start + increment - (increment > 0 ? 1 : -1)) / increment, each = count / team;
    const long extra = count % team, first = mine * each + (mine < extra ? mine : extra);
    const long length = each + (mine < extra);
    loop.next = start + first * increment;
    loop.end = start + (first + length) * increment;
    loop.step = loop.chunk = (length ? length : 1) * increment;
  }
  return next_chunk(from, to);
}

static void loop_end(void) {}

const openmp_entry pool_openmp[] = {
  {"GOMP_parallel", (void *)parallel},
  {"GOMP_parallel_start", (void *)parallel_start},
  {"GOMP_parallel_end", (void *)pool_end},
  {"GOMP_barrier", (void *)pool_barrier},
  {"GOMP_loop_static_start", (void *)static_start},
  {"GOMP_loop_static_next", (void *)next_chunk},
  {"GOMP_loop_end_nowait", (void *)loop_end},
  {"omp_get_max_threads", (void *)max_threads},
  {"omp_get_num_threads", (void *)team_size},
  {"omp_get_thread_num", (void *)thread_number},
  {"omp_in_parallel", (void *)in_parallel},
  {0},
};
