// The OpenMP pool: how long its threads spin, and what entering it costs now.
#include "COneDNN.h"
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

static int openmp_came_first;

/// libgomp reads its environment when it is loaded, which is later than this: it arrives with oneDNN.
__attribute__((constructor)) static void bound_spinning(void) {
  void *gomp = dlopen("libgomp.so.1", RTLD_NOLOAD | RTLD_LAZY);
  if (gomp) {
    openmp_came_first = 1;
    dlclose(gomp);
  }
  if (!getenv("GOMP_SPINCOUNT") && !getenv("OMP_WAIT_POLICY")) setenv("GOMP_SPINCOUNT", "20000", 0);
}

int onednn_openmp_came_first(void) { return openmp_came_first; }

static void nothing(void *context) { (void)context; }

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static int ascending(const void *left, const void *right) {
  int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
  return (a > b) - (a < b);
}

int64_t onednn_fork_nanoseconds(int repeats) {
  const OneDNN *table = onednn_table();
  if (!table || !table->gomp_parallel) return -1;
  if (repeats < 1) repeats = 1;
  if (repeats > 1000) repeats = 1000;
  int64_t times[1000];
  unsigned threads = (unsigned)table->max_threads();
  table->gomp_parallel(nothing, NULL, threads, 0);
  for (int i = 0; i < repeats; i++) {
    int64_t start = now();
    table->gomp_parallel(nothing, NULL, threads, 0);
    times[i] = now() - start;
  }
  qsort(times, (size_t)repeats, sizeof *times, ascending);
  return times[repeats / 2];
}
