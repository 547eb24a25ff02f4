#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <sched.h>
#include "parallel.h"

static void (*gomp_parallel)(void (*)(void *), void *, unsigned, unsigned);
static int (*gomp_thread_num)(void);
static int (*gomp_team_size)(void);
static int allowed = 1;

void vk_use_openmp(void (*parallel)(void (*)(void *), void *, unsigned, unsigned),
                   int (*thread_num)(void), int (*team_size)(void)) {
  gomp_parallel = parallel;
  gomp_thread_num = thread_num;
  gomp_team_size = team_size;
}

void vk_set_threads(int threads) { allowed = threads > 1 ? threads : 1; }
int vk_threads(void) { return gomp_parallel ? allowed : 1; }

struct region {
  vk_body body;
  void *context;
};

static void member(void *argument) {
  struct region *region = argument;
  region->body(region->context, gomp_thread_num(), gomp_team_size());
}

void vk_parallel(vk_body body, void *context, int threads) {
  int most = vk_threads();
  if (threads > most) threads = most;
  if (threads <= 1) {
    body(context, 0, 1);
    return;
  }
  struct region region = {body, context};
  gomp_parallel(member, &region, (unsigned)threads, 0);
}

int vk_available_cores(void) {
#ifdef __linux__
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
#endif
  return 0;
}
