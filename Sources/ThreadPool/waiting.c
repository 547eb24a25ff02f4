#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "waiting.h"

static uint64_t first_tick;
static int64_t first_nanosecond;
static _Atomic double length;

__attribute__((constructor)) static void begin_counting(void) {
  first_tick = ticks();
  first_nanosecond = clock_nanoseconds(CLOCK_MONOTONIC);
}

double pool_tick_length(void) {
  const double known = atomic_load_explicit(&length, memory_order_relaxed);
  if (known > 0) return known;
  // Measured anew until a hundredth of a second has passed, which makes it good to a thousandth.
  const int64_t passed = clock_nanoseconds(CLOCK_MONOTONIC) - first_nanosecond;
  const uint64_t counted = ticks() - first_tick;
  const double measured = counted ? (double)passed / (double)counted : 1;
  if (passed > 10000000) atomic_store_explicit(&length, measured, memory_order_relaxed);
  return measured;
}
