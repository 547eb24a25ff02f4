#include "execute.h"
#include <string.h>
#include <time.h>

void vk_execute(const vk_step *steps, size_t count) {
  for (const vk_step *step = steps, *end = steps + count; step != end; step++) step->run(step->args);
}

static uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

void vk_execute_profiled(const vk_step *steps, size_t count, uint64_t *nanoseconds) {
  uint64_t before = now();
  for (size_t i = 0; i < count; i++) {
    steps[i].run(steps[i].args);
    uint64_t after = now();
    nanoseconds[i] += after - before;
    before = after;
  }
}

static void copy_all(const vk_loop_copy *copies, size_t count, int64_t iteration) {
  for (size_t i = 0; i < count; i++) {
    const vk_loop_copy *copy = &copies[i];
    char *target = (char *)copy->target + iteration * copy->target_step;
    const char *source = (const char *)copy->source + iteration * copy->source_step;
    if (target != source) memcpy(target, source, (size_t)copy->bytes);
  }
}

void vk_loop(void *argument) {
  const vk_loop_args *args = argument;
  for (int64_t t = 0; t < args->iterations; t++) {
    copy_all(args->before, args->before_count, t);
    vk_execute(args->steps, args->count);
    copy_all(args->after, args->after_count, t);
  }
}
