// Time, spinning and sleeping for the pool.
#ifndef THREAD_POOL_WAITING_H
#define THREAD_POOL_WAITING_H
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static inline int64_t clock_nanoseconds(clockid_t clock) {
  struct timespec time = {0, 0};
  clock_gettime(clock, &time);
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

/// The processor's own counter where it has a steady one, else nanoseconds.
static inline uint64_t ticks(void) {
#if defined(__x86_64__)
  return __builtin_ia32_rdtsc();
#elif defined(__aarch64__)
  uint64_t count;
  __asm__ volatile("mrs %0, cntvct_el0" : "=r"(count));
  return count;
#else
  return (uint64_t)clock_nanoseconds(CLOCK_MONOTONIC);
#endif
}

/// Nanoseconds of a tick, from what both clocks have counted since the program started.
double pool_tick_length(void);

static inline int64_t nanoseconds_since(uint64_t start) {
  return (int64_t)((double)(int64_t)(ticks() - start) * pool_tick_length());
}
static inline uint64_t ticks_of(int64_t nanoseconds) { return (uint64_t)((double)nanoseconds / pool_tick_length()); }

/// What a thread has computed so far; 0 when that cannot be told.
static inline int64_t processor_nanoseconds(pthread_t thread) {
  clockid_t clock;
  return pthread_getcpuclockid(thread, &clock) == 0 ? clock_nanoseconds(clock) : 0;
}

static inline void relax(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("isb");
#endif
}

/// Sleeps while the word has the value, at most some nanoseconds (0: without end).
static inline void rest(_Atomic uint32_t *word, uint32_t value, int64_t nanoseconds) {
  const struct timespec limit = {nanoseconds / 1000000000, nanoseconds % 1000000000};
  syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, nanoseconds ? &limit : NULL, NULL, 0);
}
static inline void wake_all(_Atomic uint32_t *word) {
  syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, INT32_MAX, NULL, NULL, 0);
}
/// Wakes the thread that sleeps while the word is not 0.
static inline void wake(_Atomic uint32_t *word) {
  atomic_store(word, 0);
  wake_all(word);
}

/// 0 free, 1 held, 2 held and waited for.
static inline void hold(_Atomic uint32_t *lock) {
  uint32_t free = 0;
  if (atomic_compare_exchange_strong(lock, &free, 1)) return;
  for (int turn = 0; turn < 1000; turn++) {
    relax();
    free = 0;
    if (atomic_load_explicit(lock, memory_order_relaxed) == 0 && atomic_compare_exchange_strong(lock, &free, 1)) return;
  }
  while (atomic_exchange(lock, 2) != 0) rest(lock, 2, 0);
}
static inline void release(_Atomic uint32_t *lock) {
  if (atomic_exchange(lock, 0) == 2) syscall(SYS_futex, lock, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}
#endif
